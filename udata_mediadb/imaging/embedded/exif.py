"""EXIF: what cameras and telephones write, and Windows' own tags (EXIF 2.32)."""

import math
from typing import Any

from PIL import ExifTags, Image, ImageFile

from ..guards import quiet
from .dates import exif_date
from .facts import (
    CREATORS_COUNT,
    KEYWORD_LENGTH,
    KEYWORDS_COUNT,
    Facts,
    Place,
    in_default,
    line,
    lines,
    paragraph,
)

MAX_BYTES = 0xFFFF  # the longest that a JPEG segment holds
_XP_TITLE, _XP_COMMENT, _XP_AUTHOR, _XP_KEYWORDS = 0x9C9B, 0x9C9C, 0x9C9D, 0x9C9E
# What cameras put where a person would have described the picture.
_OF_CAMERAS = ("olympus digital camera", "sony dsc", "default", "digital camera", "minolta digital")


def exif_facts(image: ImageFile.ImageFile) -> Facts:
    """What its EXIF block says; nothing where there is none, or none that can be read."""
    exif = _exif(image)
    photo, gps = _part(exif, ExifTags.IFD.Exif), _part(exif, ExifTags.IFD.GPSInfo)
    try:
        return _facts(dict(exif), photo, gps)
    except Exception:  # tags of strangers: any value of any type
        return Facts()


def _facts(main: dict[int, Any], photo: dict[int, Any], gps: dict[int, Any]) -> Facts:
    description = paragraph(_text(main.get(ExifTags.Base.ImageDescription)))
    if description and description.lower().startswith(_OF_CAMERAS):
        description = None
    artists = _text(main.get(ExifTags.Base.Artist)) or _wide(main.get(_XP_AUTHOR)) or ""
    taken = exif_date(
        photo.get(ExifTags.Base.DateTimeOriginal), photo.get(ExifTags.Base.OffsetTimeOriginal)
    )
    return Facts(
        title=in_default(line(_wide(main.get(_XP_TITLE)))),
        description=in_default(description or paragraph(_wide(main.get(_XP_COMMENT)))),
        creators=lines(artists.split(";"), CREATORS_COUNT),
        copyright=line(_copyright(_text(main.get(ExifTags.Base.Copyright)))),
        taken_at=taken,
        keywords=lines(
            (_wide(main.get(_XP_KEYWORDS)) or "").split(";"), KEYWORDS_COUNT, KEYWORD_LENGTH
        ),
        place=_place(gps),
    )


def _exif(image: ImageFile.ImageFile) -> Image.Exif:
    """The block in `info`, also of a TIFF, whose own directory it is."""
    if image.format == "TIFF":
        tags: Any = getattr(image, "tag_v2", {})
        exif = Image.Exif()
        for tag in (ExifTags.Base.ImageDescription, ExifTags.Base.Artist, ExifTags.Base.Copyright):
            if tag in tags:
                exif[tag] = tags[tag]
        return exif
    exif, block = Image.Exif(), image.info.get("exif", b"")
    try:
        with quiet():
            exif.load(block[:MAX_BYTES])
    except Exception:  # SyntaxError, struct.error, ...
        return Image.Exif()
    return exif


def _part(exif: Image.Exif, which: ExifTags.IFD) -> dict[int, Any]:
    try:
        with quiet():
            return dict(exif.get_ifd(which))
    except Exception:  # struct.error, KeyError, ...
        return {}


def _text(value: object) -> str | None:
    """An ASCII tag, in which UTF-8 is common: Pillow gives its bytes as Latin-1."""
    if isinstance(value, bytes):
        value = value.decode("latin-1")
    if not isinstance(value, str):
        return None
    try:
        return value.encode("latin-1").decode("utf-8").strip("\0 ")
    except UnicodeError:
        return value.strip("\0 ")


def _wide(value: object) -> str | None:
    """A tag of Windows: UTF-16, little-endian."""
    if isinstance(value, tuple):
        value = bytes(part for part in value if isinstance(part, int) and 0 <= part < 256)
    return value.decode("utf-16-le", "replace").strip("\0 ") if isinstance(value, bytes) else None


def _copyright(text: str | None) -> str | None:
    """The photographer's and the editor's, which a NUL divides (4.6.4 D)."""
    return "; ".join(part.strip() for part in text.split("\0") if part.strip()) if text else None


def _place(gps: dict[int, Any]) -> Place | None:
    latitude = _degrees(gps.get(ExifTags.GPS.GPSLatitude), gps.get(ExifTags.GPS.GPSLatitudeRef))
    longitude = _degrees(gps.get(ExifTags.GPS.GPSLongitude), gps.get(ExifTags.GPS.GPSLongitudeRef))
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
        return None
    if latitude == 0 and longitude == 0:  # a receiver without a fix
        return None
    return Place(latitude=latitude, longitude=longitude)


def _degrees(parts: object, side: object) -> float | None:
    if not isinstance(parts, tuple) or len(parts) != 3 or str(side)[:1] not in tuple("NSEW"):
        return None
    degrees, minutes, seconds = (float(part) for part in parts)
    value = degrees + minutes / 60 + seconds / 3600
    if not math.isfinite(value):
        return None
    return round(-value if str(side)[:1] in ("S", "W") else value, 6)
