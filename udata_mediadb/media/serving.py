"""Serving the files of a media.

Inline only what we encoded ourselves: no GPS, no second format hidden in the bytes. The original
goes out as a download, to those who may edit.
"""

from collections.abc import Mapping
from typing import Any

from flask import Response, current_app, request

from ..errors import NotFound
from ..imaging import MIME
from . import files
from .derived import derived_of
from .download_name import as_download, download_of
from .files import current_storage
from .ingest import Ingest
from .links import version_of
from .models import Media
from .redirecting import OUTDATED_S, redirected
from .renditions import mime_of, rendition_of, requested_form, requested_side
from .visibility import ends_in_s, is_held_back

# Of an application that is not public: as long as a browser keeps what its link shows.
CACHE_S = 3600
# Of a public one: a picture never changes, but it may be deleted, or its application be closed.
PUBLIC_CACHE_S = 24 * 3600
_JPEG, _PNG = "image/jpeg", "image/png"
_PNG_MAGIC = b"\x89PNG\r\n\x1a\n"


def serve(media: Media, kind: files.Kind, *, public: bool) -> Response:
    """The response for a file, or the part of it that is asked for (`Range`), or a redirect to it.

    `public`: whether its application is, so that any cache may keep it. NotFound where the file is
    missing in the storage.
    """
    side = requested_side(kind)
    if (elsewhere := redirected(media, kind, side, public=public)) is not None:
        return elsewhere
    if kind == "original":
        response = _response(_stored(media, kind), MIME[media.format])
        response.headers["Content-Disposition"] = as_download(media)
        response.headers["Cache-Control"] = "private, no-store"
        return _conditional(response, f"{media.sha256}-{kind}")
    if side is not None:
        return _sized(media, side, public=public)
    content = derived_of(_ingest(), media, "thumbnail" if kind == "thumbnail" else "media")
    response = _response(content, _PNG if content.startswith(_PNG_MAGIC) else _JPEG)
    response.headers["Content-Disposition"] = "inline"
    response.headers["Cache-Control"] = _kept(media, public=public)
    return _conditional(response, f"{media.sha256}-{kind}")


def _sized(media: Media, side: int, *, public: bool) -> Response:
    form = requested_form()
    response = _response(rendition_of(_ingest(), media, side, form), mime_of(form))
    response.headers["Content-Disposition"] = "inline"
    response.headers["Cache-Control"] = _kept(media, public=public)
    response.vary.add("Accept")
    return _conditional(response, f"{media.sha256}-{form.lower()}-{side}")


def _kept(media: Media, *, public: bool) -> str:
    """How long a cache may keep its picture: never beyond the end of its publication."""
    if is_held_back(media):
        return "private, no-store"
    end = ends_in_s(media)
    longest = PUBLIC_CACHE_S if public else CACHE_S
    seconds = longest if end is None else min(longest, int(end))
    if not public:
        return f"private, max-age={seconds}"
    if request.args.get("version") != version_of(media).get("version"):
        return f"public, max-age={min(OUTDATED_S, seconds)}"
    return f"public, max-age={seconds}, immutable"


def _conditional(response: Response, tag: str) -> Response:
    """304 for what the client has, 206 for a part, 416 for a part that is not there (RFC 9110)."""
    response.set_etag(tag)
    in_bytes = request.range is not None and request.range.units == "bytes"  # others are ignored
    length = len(response.get_data())
    response.make_conditional(request, accept_ranges=in_bytes, complete_length=length)
    response.headers["Accept-Ranges"] = "bytes"
    return response


def serve_earlier(media: Media, earlier: Mapping[str, Any]) -> Response:
    """An earlier picture as it was uploaded, as a download."""
    name = files.key(media.application, earlier["picture"], "original")
    content = files.read(current_storage(), name)
    if content is None:
        raise NotFound("The file of this picture is missing in the storage.")
    response = _response(content, MIME[earlier["format"]])
    own = f"{earlier['picture']}.{earlier['format'].lower()}"
    named = download_of(earlier.get("filename") or own, own)
    response.headers["Content-Disposition"] = named
    response.headers["Cache-Control"] = "private, no-store"
    return _conditional(response, f"{earlier['sha256']}-original")


def picture_of(media: Media) -> bytes:
    """The re-encoded picture; made when first asked for, then kept."""
    return derived_of(_ingest(), media, "media")


def original_of(media: Media) -> bytes:
    """The file as it was uploaded; NotFound where it is missing."""
    return _stored(media, "original")


def _ingest() -> Ingest:
    found: Ingest = current_app.extensions["mediadb"].ingest
    return found


def _stored(media: Media, kind: files.Kind) -> bytes:
    name = files.key(media.application, media.picture_id, kind)
    content = files.read(current_storage(), name)
    if content is None:
        raise NotFound("The file of this media is missing in the storage.")
    return content


def _response(content: bytes, mime: str) -> Response:
    response = Response(content, mimetype=mime)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
