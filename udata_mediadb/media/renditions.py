"""A picture in a size that is asked for, as WebP where the client says that it takes that.

Made from the original when first asked for, then kept beside it. WebP is answered only to who names
it: `*/*` comes from programs that may know JPEG alone.
"""

from typing import Literal

from flask import request

from ..errors import InvalidFields, NotFound
from ..imaging import MIME
from ..imaging.encoding import rendition
from . import files
from .derived import keep_derived
from .ingest import Ingest
from .models import Media

Form = Literal["WEBP", "JPEG"]
SIZES_PX = (256, 512, 1024)
PREVIEW_PX = 512  # two thumbnails wide: what a phone shows, and a list on a dense screen


def requested_side(kind: files.Kind) -> int | None:
    """The long side that the request asks for, in pixels; None for the picture as it is shown.

    InvalidFields for other sizes, and of an original.
    """
    asked = request.args.get("size")
    if asked is None:
        return PREVIEW_PX if kind == "preview" else None
    if kind == "original":
        raise InvalidFields({"size": "an original has one size"})
    if asked not in map(str, SIZES_PX):
        raise InvalidFields({"size": f"one of {', '.join(map(str, SIZES_PX))}"})
    return int(asked)


def requested_form() -> Form:
    """WebP where `Accept` names it and wants JPEG no more than that."""
    wanted = {mime.lower(): quality for mime, quality in request.accept_mimetypes}
    webp = wanted.get("image/webp", 0)
    return "WEBP" if webp > 0 and webp >= wanted.get("image/jpeg", 0) else "JPEG"


def rendition_of(ingest: Ingest, media: Media, side: int, form: Form) -> bytes:
    """The picture with a long side of at most this; NotFound where its original is missing."""
    name = rendition_name(media, side, form)
    content = files.read(ingest.storage, name)
    if content is not None and _is_whole(content, form):
        return content
    original = files.read(
        ingest.storage, files.key(media.application, media.picture_id, "original")
    )
    if original is None:
        raise NotFound("The file of this media is missing in the storage.")
    made = rendition(
        original,
        max_pixels=ingest.max_pixels,
        side=side,
        form=form,
        room=ingest.budget.room_for,
    )
    keep_derived(ingest, media, name, made)
    return made


def rendition_name(media: Media, side: int, form: Form) -> str:
    """The name of its file."""
    return f"{files.folder(media.application, media.picture_id)}/{form.lower()}-{side}"


def mime_of(form: Form) -> str:
    return MIME[form]


def _is_whole(content: bytes, form: Form) -> bool:
    if form == "JPEG":
        return content.endswith(b"\xff\xd9")
    return content[:4] == b"RIFF" and int.from_bytes(content[4:8], "little") + 8 == len(content)
