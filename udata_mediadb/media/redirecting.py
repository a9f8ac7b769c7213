"""Answering a file by a redirect into the bucket: 302, to a link that ends soon.

Whoever has the link has the file until then, so it lives as long as a cache may keep the picture,
and that of one not everybody sees for a minute. The redirect itself is kept half as long as its
link lives: who follows it at last has the other half to begin.
"""

from dataclasses import dataclass

from flask import Response, request

from ..imaging import MIME
from . import files
from .derived import mime_of_end
from .download_name import as_download
from .links import version_of
from .models import Media
from .presigning import current_presigner
from .renditions import mime_of, rendition_name, requested_form
from .visibility import ends_in_s, is_held_back

PUBLIC_S = 3600
PRIVATE_S = 60
OUTDATED_S = 60  # by a link from before the picture was replaced
_END_BYTES = 8  # of a PNG; two of them of a JPEG
_NOT_KEPT = "private, no-store"


@dataclass(frozen=True)
class _Found:
    """A file that is there; `disposition`: as in Content-Disposition."""

    name: str
    mime: str
    disposition: str


def redirected(
    media: Media, kind: files.Kind, side: int | None, *, public: bool
) -> Response | None:
    """The redirect to the file; None where the portal has to answer.

    So it has where nothing is presigned, where the file is missing or is still to be made, and for
    HEAD: a link is signed for GET alone.
    """
    presigner = current_presigner()
    if presigner is None or request.method != "GET":
        return None
    life_s, kept = _life(media, kind, public=public)
    found = _found(media, kind, side) if life_s > 0 else None
    if found is None:
        return None
    answered = {
        "ContentType": found.mime,
        "ContentDisposition": found.disposition,
        "CacheControl": _NOT_KEPT if kept == _NOT_KEPT else f"{kept}, max-age={life_s}",
    }
    response = Response(status=302)
    response.location = presigner.link(found.name, life_s, answered)
    response.headers["Cache-Control"] = kept if kept == _NOT_KEPT else _kept(media, kept, life_s)
    response.headers["Referrer-Policy"] = "no-referrer"
    if side is not None:
        response.vary.add("Accept")
    return response


def _life(media: Media, kind: files.Kind, *, public: bool) -> tuple[int, str]:
    """Seconds that a link lives, at most until the picture is not shown any more; who keeps it."""
    if kind == "original" or is_held_back(media):
        return PRIVATE_S, _NOT_KEPT
    end = ends_in_s(media)
    longest = PUBLIC_S if public else PRIVATE_S
    return longest if end is None else min(longest, int(end)), "public" if public else "private"


def _kept(media: Media, who: str, life_s: int) -> str:
    """How long the redirect may be kept."""
    seconds = life_s // 2
    if who == "public" and request.args.get("version") != version_of(media).get("version"):
        seconds = min(OUTDATED_S, seconds)
    return f"{who}, max-age={seconds}"


def _found(media: Media, kind: files.Kind, side: int | None) -> _Found | None:
    """What is asked for, where it is stored and whole."""
    storage = files.current_storage()
    if kind == "original":
        name = files.key(media.application, media.picture_id, kind)
        mime, shown = MIME[media.format], as_download(media)
        return _Found(name, mime, shown) if files.exists(storage, name) else None
    if side is not None:
        form = requested_form()
        name = rendition_name(media, side, form)
        return _Found(name, mime_of(form), "inline") if files.exists(storage, name) else None
    name = files.key(media.application, media.picture_id, kind)
    end = files.read_end(storage, name, _END_BYTES)
    made = mime_of_end(end) if end else None
    return _Found(name, made, "inline") if made else None
