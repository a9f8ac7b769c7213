"""Links to the files of a media, and the check of those that are signed."""

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from flask import current_app, request, url_for

from ..application.models import Application
from ..authentication.keyring import current_keyring
from ..crypto.signatures import is_signature, sign_all
from ..hosts.current import endpoint_prefix
from .files import Kind
from .models import Media
from .visibility import is_held_back

FILE_ENDPOINT = "mediadb_media_file"
MEDIA_ENDPOINT = "mediadb_media"
PAGE_ENDPOINT = "mediadb_pages.picture"  # of dialects/pages
VERSION_LENGTH = 8  # two pictures of a media with one version: one chance in 4 * 10^9
PURPOSE = "file-link"  # of the signature
# Ends what is signed for one who sees a media under embargo: links of before show nothing then.
UNPUBLISHED = " unpublished"
_SHOWN: tuple[Kind, ...] = ("media", "thumbnail", "preview")
_NO_APPLICATION = "0" * 32
_NO_ID = "00000000-0000-0000-0000-000000000000"  # RFC 9562, 5.9: the nil UUID


def links(
    found: Sequence[Media], applications: Mapping[str, Application]
) -> dict[str, dict[str, str | None]]:
    """By media, all absolute: `uri` in the API, `page`, the picture and its smaller forms.

    `applications`: by id. Those to files are signed, with an end, where it is not public, and
    where the media is not: then for who sees it all the same, until it is.
    """
    prefix = endpoint_prefix()
    held_back = {media.id for media in found if is_held_back(media)}
    secret = [
        media
        for media in found
        if not applications[media.application].public or media.id in held_back
    ]
    signed = _signed(
        [(media, kind) for media in secret for kind in _SHOWN],
        {media.id: applications[media.application].links_generation for media in secret},
        held_back,
    )

    # One URL of each kind is built, for a media that there is not: to build one costs 30 us.
    uri = url_for(prefix + MEDIA_ENDPOINT, media=_NO_ID, _external=True)
    urls = {
        kind: url_for(prefix + FILE_ENDPOINT, media=_NO_ID, kind=kind, _external=True)
        for kind in _SHOWN
    }

    page = _page_url()

    def file(media: Media, kind: Kind) -> str:
        arguments = {**version_of(media), **signed.get((media.id, kind), {})}
        query = f"?{_query(arguments)}" if arguments else ""
        return urls[kind].replace(_NO_ID, media.id) + query

    return {
        media.id: {
            "uri": uri.replace(_NO_ID, media.id),
            "url": file(media, "media"),
            "thumbnail_url": file(media, "thumbnail"),
            "preview_url": file(media, "preview"),
            "page": _page(media, page),
        }
        for media in found
    }


def _query(arguments: Mapping[str, Any]) -> str:
    """As `urlencode`, of what needs no quoting: numbers, hexadecimals, and base64 for URLs."""
    return "&".join(f"{name}={value}" for name, value in arguments.items())


def page_of(media: str, application: str) -> str | None:
    """Where people see a media, None where there are no pages."""
    if PAGE_ENDPOINT not in current_app.view_functions:
        return None
    return url_for(PAGE_ENDPOINT, application=application, media=media, _external=True)


def _page_url() -> str | None:
    """Of the pages for people, where there are; an application and a media are to be put in."""
    if PAGE_ENDPOINT not in current_app.view_functions:
        return None
    return url_for(PAGE_ENDPOINT, application=_NO_APPLICATION, media=_NO_ID, _external=True)


def _page(media: Media, url: str | None) -> str | None:
    if url is None:
        return None
    return url.replace(_NO_APPLICATION, media.application).replace(_NO_ID, media.id)


def links_since(application: Application) -> datetime | None:
    """Since when its links are those that they are; None where they are the same for ever."""
    if application.public:
        return None
    lifetime = int(current_app.config["MEDIADB_LINK_LIFETIME_S"])
    return datetime.fromtimestamp(int(time.time()) // lifetime * lifetime, UTC)


def version_of(media: Media) -> dict[str, str]:
    """What links say once a picture was replaced: caches keep what they got by another link."""
    return {"version": media.picture_id[:VERSION_LENGTH]} if media.picture else {}


def link_arguments(media: Media, application: Application, kind: Kind) -> dict[str, Any]:
    """The query of a link to a file, for `is_signed`; unsigned where everybody may see it."""
    if application.public and not is_held_back(media):
        return version_of(media)
    generations = {media.id: application.links_generation}
    held_back = {media.id} if is_held_back(media) else set()
    return {**version_of(media), **_signed([(media, kind)], generations, held_back)[media.id, kind]}


def is_signed(media: Media, application: Application, kind: Kind) -> bool:
    """Whether this request's link to a file of the media is one that we signed and not ended.

    Links end by their time, by their owner (`links_generation`), and while the application is
    switched off.
    """
    if application.status != "Active":
        return False
    expires, signature = request.args.get("expires", ""), request.args.get("signature", "")
    if not (expires.isascii() and expires.isdigit() and len(expires) < 16):
        return False
    message = _message(media.id, kind, int(expires), application.links_generation)
    before = () if is_held_back(media) else (message,)
    is_ours = any(
        is_signature(signature, one, current_keyring(), PURPOSE)
        for one in (*before, message + UNPUBLISHED)
    )
    return is_ours and int(expires) > time.time()


def _signed(
    files: Sequence[tuple[Media, Kind]], generations: Mapping[str, int], held_back: set[str]
) -> dict[tuple[str, Kind], dict[str, Any]]:
    """The query of the link to each of these files, by media and kind; `generations` by media.

    `held_back`: those that not everybody sees at this moment.

    The end moves in steps of the lifetime, so the link of a picture stays the same for a while
    and browsers can keep what they fetched.
    """
    if not files:
        return {}
    lifetime = int(current_app.config["MEDIADB_LINK_LIFETIME_S"])
    expires = (int(time.time()) // lifetime + 2) * lifetime
    messages = [
        _message(media.id, kind, expires, generations[media.id])
        + (UNPUBLISHED if media.id in held_back else "")
        for media, kind in files
    ]
    signatures = sign_all(messages, current_keyring(), PURPOSE)
    return {
        (media.id, kind): {"expires": expires, "signature": signature}
        for (media, kind), signature in zip(files, signatures, strict=True)
    }


def _message(media: str, kind: str, expires: int, generation: int) -> str:
    first = f"{media} {kind} {expires}"  # as links were before there were generations
    return f"{first} {generation}" if generation else first
