"""The files that are made from an original: its thumbnail and the picture that is shown.

They can be made anew at any time, so one that is absent, empty or cut off counts as missing, and
one that cannot be stored is answered all the same.
"""

import logging
from typing import Literal

from ..errors import MediaDBError, NotFound
from ..imaging import reencode, thumbnail
from . import files
from .ingest import Ingest
from .models import PURGED, Media

logger = logging.getLogger(__name__)

Derived = Literal["thumbnail", "media"]
DERIVED: tuple[Derived, ...] = ("thumbnail", "media")
_JPEG_END = b"\xff\xd9"
_PNG_END = b"IEND\xaeB`\x82"


def derived_of(ingest: Ingest, media: Media, kind: Derived) -> bytes:
    """The file; made from the original where it is missing. NotFound where that is missing too."""
    name = files.key(media.application, media.picture_id, kind)
    content = files.read(ingest.storage, name)
    if content is not None and is_whole(content):
        return content
    content = _made(ingest, media, kind)
    keep_derived(ingest, media, name, content)
    return content


def keep_derived(ingest: Ingest, media: Media, name: str, content: bytes) -> None:
    """Store a file that was made of a picture, unless it is purged meanwhile."""
    try:
        files.write(ingest.storage, name, content)
    except files.STORAGE_ERRORS as exc:  # a full disk is no reason not to show it
        logger.warning("%s cannot be stored: %s", name, exc)
        return
    if Media.objects(id=media.id, state__ne=PURGED).only("id").first() is None:
        files.remove(
            ingest.storage, files.folder(media.application, media.picture_id)
        )  # purged meanwhile


def make_derived(ingest: Ingest, media: Media, kind: Derived) -> None:
    """Make the file from the original and store it in place of what is there."""
    content = _made(ingest, media, kind)
    files.write(ingest.storage, files.key(media.application, media.picture_id, kind), content)


def is_whole(end: bytes) -> bool:
    """Whether a file that ends so has its end; we encode these files, so nothing is behind it."""
    return mime_of_end(end) is not None


def mime_of_end(end: bytes) -> str | None:
    """The type of one of these files by its last bytes; None where its end is missing."""
    if end.endswith(_PNG_END):
        return "image/png"
    return "image/jpeg" if end.endswith(_JPEG_END) else None


def is_missing(ingest: Ingest, media: Media, kind: Derived, *, deep: bool = False) -> bool:
    """Whether it is to be made. The shown picture is made when asked for: only damage counts.

    `deep`: decode all of it, not only look at its end.
    """
    name = files.key(media.application, media.picture_id, kind)
    if not deep:
        found = files.read_end(ingest.storage, name, len(_PNG_END))
    else:
        found = files.read(ingest.storage, name)
    if found is None:
        return kind == "thumbnail"
    return not is_whole(found) or (deep and not _decodes(ingest, found))


def _made(ingest: Ingest, media: Media, kind: Derived) -> bytes:
    data = files.read(ingest.storage, files.key(media.application, media.picture_id, "original"))
    if data is None:
        raise NotFound("The file of this media is missing in the storage.")
    if kind == "thumbnail":
        picture = ingest.decode_stored(data)
        content, _mime = thumbnail(picture, side=ingest.thumbnail_side_px)
    else:
        content, _mime = reencode(
            data,
            max_pixels=ingest.max_pixels,
            max_side=ingest.served_side_px,
            room=ingest.budget.room_for,
        )
    return content


def _decodes(ingest: Ingest, content: bytes) -> bool:
    try:
        ingest.decode_stored(content)
    except MediaDBError:
        return False
    return True
