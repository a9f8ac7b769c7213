"""Links to the files of a media, and the check of those that are signed."""

import time
from collections.abc import Mapping, Sequence
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
PURPOSE = "file-link"  # of the signature
# Ends what is signed for one who sees a media under embargo: links of before show nothing then.
UNPUBLISHED = " unpublished"
_SHOWN: tuple[Kind, ...] = ("media", "thumbnail")


def links(
    found: Sequence[Media], applications: Mapping[str, Application]
) -> dict[str, dict[str, str]]:
    """By media: `uri` in the API, `url` of the picture and `thumbnail_url`, all absolute.

    `applications`: by id. Those to files are signed, with an end, where it is not public, and
    where the media is not: then for who sees it all the same, until it is.
    """
    prefix = endpoint_prefix()
    secret = [
        media
        for media in found
        if not applications[media.application].public or is_held_back(media)
    ]
    signed = _signed(
        [(media, kind) for media in secret for kind in _SHOWN],
        {media.id: applications[media.application].links_generation for media in secret},
    )

    def link(endpoint: str, **arguments: Any) -> str:
        return url_for(prefix + endpoint, _external=True, **arguments)

    def file(media: str, kind: Kind) -> str:
        return link(FILE_ENDPOINT, media=media, kind=kind, **signed.get((media, kind), {}))

    return {
        media.id: {
            "uri": link(MEDIA_ENDPOINT, media=media.id),
            "url": file(media.id, "media"),
            "thumbnail_url": file(media.id, "thumbnail"),
        }
        for media in found
    }


def page_of(media: str, application: str) -> str | None:
    """Where people see a media, None where there are no pages."""
    if PAGE_ENDPOINT not in current_app.view_functions:
        return None
    return url_for(PAGE_ENDPOINT, application=application, media=media, _external=True)


def link_arguments(media: Media, application: Application, kind: Kind) -> dict[str, Any]:
    """The query of a link to a file, for `is_signed`; none where the application is public."""
    if application.public and not is_held_back(media):
        return {}
    generations = {media.id: application.links_generation}
    return _signed([(media, kind)], generations)[media.id, kind]


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
    files: Sequence[tuple[Media, Kind]], generations: Mapping[str, int]
) -> dict[tuple[str, Kind], dict[str, Any]]:
    """The query of the link to each of these files, by media and kind; `generations` by media.

    The end moves in steps of the lifetime, so the link of a picture stays the same for a while
    and browsers can keep what they fetched.
    """
    if not files:
        return {}
    lifetime = int(current_app.config["MEDIADB_LINK_LIFETIME_S"])
    expires = (int(time.time()) // lifetime + 2) * lifetime
    messages = [
        _message(media.id, kind, expires, generations[media.id])
        + (UNPUBLISHED if is_held_back(media) else "")
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
