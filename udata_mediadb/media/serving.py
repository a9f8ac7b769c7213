"""Serving the files of a media.

Inline only what we encoded ourselves: no GPS, no second format hidden in the bytes. The original
goes out as a download, to those who may edit.
"""

from flask import Response, current_app, request

from ..errors import NotFound
from ..imaging import MIME
from . import files
from .derived import derived_of
from .download_name import as_download
from .files import current_storage
from .models import Media

CACHE_S = 3600
_JPEG, _PNG = "image/jpeg", "image/png"
_PNG_MAGIC = b"\x89PNG\r\n\x1a\n"


def serve(media: Media, kind: files.Kind) -> Response:
    """The response for a file; NotFound where it is missing in the storage."""
    if kind == "original":
        response = _response(_stored(media, kind), MIME[media.format])
        response.headers["Content-Disposition"] = as_download(media)
        response.headers["Cache-Control"] = "private, no-store"
        return response
    content = derived_of(current_app.extensions["mediadb"].ingest, media, kind)
    response = _response(content, _PNG if content.startswith(_PNG_MAGIC) else _JPEG)
    response.headers["Content-Disposition"] = "inline"
    response.headers["Cache-Control"] = f"private, max-age={CACHE_S}"
    response.set_etag(f"{media.sha256}-{kind}")
    response.make_conditional(request)
    return response


def picture_of(media: Media) -> bytes:
    """The re-encoded picture; made when first asked for, then kept."""
    return derived_of(current_app.extensions["mediadb"].ingest, media, "media")


def original_of(media: Media) -> bytes:
    """The file as it was uploaded; NotFound where it is missing."""
    return _stored(media, "original")


def _stored(media: Media, kind: files.Kind) -> bytes:
    name = files.key(media.application, media.id, kind)
    content = files.read(current_storage(), name)
    if content is None:
        raise NotFound("The file of this media is missing in the storage.")
    return content


def _response(content: bytes, mime: str) -> Response:
    response = Response(content, mimetype=mime)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
