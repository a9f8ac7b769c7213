"""The formats that are read: magic bytes, MIME type, file suffix."""

from ..errors import UnsupportedImage
from .heif import ADVICE as HEIF_ADVICE
from .heif import BRANDS as _HEIF_BRANDS
from .heif import HeifImageFile

MIME = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "GIF": "image/gif",
    "WEBP": "image/webp",
    "BMP": "image/bmp",
    "TIFF": "image/tiff",
    "AVIF": "image/avif",
    "HEIF": "image/heif",
}

ACCEPTED = "JPEG, PNG, GIF, WEBP, BMP, TIFF and, where Pillow reads it, AVIF"
if HeifImageFile is not None:
    ACCEPTED += ", and HEIC"

# What people send that is not read: the first bytes (at an offset) and what to do about it.
_AS_JPEG = "save it as JPEG or PNG"
_NAMED = (
    (0, b"\xff\x0a", "JPEG XL", _AS_JPEG),
    (0, b"\x00\x00\x00\x0cJXL ", "JPEG XL", _AS_JPEG),
    (0, b"\x00\x00\x00\x0cjP  ", "JPEG 2000", _AS_JPEG),
    (0, b"\xff\x4f\xff\x51", "JPEG 2000", _AS_JPEG),
    (0, b"II\xbc", "JPEG XR", _AS_JPEG),
    (0, b"8BPS", "a Photoshop document", _AS_JPEG),
    (0, b"gimp xcf", "a GIMP document", _AS_JPEG),
    (0, b"\x00\x00\x01\x00", "an icon (ICO)", "save it as PNG"),
    (0, b"FUJIFILM", "a camera's raw file", "develop it and save it as JPEG"),
    (0, b"\x00MRM", "a camera's raw file", "develop it and save it as JPEG"),
    (0, b"IIRO", "a camera's raw file", "develop it and save it as JPEG"),
    (0, b"IIU\x00", "a camera's raw file", "develop it and save it as JPEG"),
    (0, b"%PDF-", "a PDF", "save its pages as pictures, or take the pictures out of it"),
    (0, b"%!PS", "PostScript", _AS_JPEG),
    (0, b"\xc5\xd0\xd3\xc6", "PostScript (EPS)", _AS_JPEG),
    (0, b"\x01\x00\x00\x00", "a Windows metafile", "save it as PNG"),
    (0, b"\xd7\xcd\xc6\x9a", "a Windows metafile", "save it as PNG"),
    (0, b"AT&TFORM", "DjVu", "save its pages as pictures"),
    (0, b"PK\x03\x04", "a ZIP archive or an office document", "send the pictures in it"),
    (0, b"\x1f\x8b", "a gzip archive", "unpack it"),
    (0, b"\x1a\x45\xdf\xa3", "a video (Matroska, WebM)", "send a frame of it"),
    (8, b"AVI ", "a video (AVI)", "send a frame of it"),
    (0, b"farbfeld", "farbfeld", _AS_JPEG),
    (0, b"qoif", "QOI", _AS_JPEG),
    (0, b"v/1\x01", "OpenEXR", _AS_JPEG),
    (0, b"#?RADIANCE", "Radiance HDR", _AS_JPEG),
)
# Brands of ISO base media files ("ftyp", ISO/IEC 14496-12), as far as people send them.
_RAW_BRANDS = frozenset({b"crx "})
_MARKUP_BYTES = 1024  # an SVG names itself within these, behind comments and declarations

_MAGIC = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"BM", "BMP"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"II+\x00\x08\x00\x00\x00", "TIFF"),  # BigTIFF
    (b"MM\x00+\x00\x08\x00\x00", "TIFF"),
)


def sniff(data: bytes) -> str:
    """The format (a key of `MIME`) by the magic bytes; names and Content-Types are not asked.

    Raises UnsupportedImage (415) for anything else, empty bytes included.
    """
    for magic, name in _MAGIC:
        if data.startswith(magic):
            return name
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:8] == b"ftyp" and _has_avif_brand(data):
        return "AVIF"
    if HeifImageFile is not None and data[4:8] == b"ftyp" and _brands(data) & _HEIF_BRANDS:
        return "HEIF"
    if not data:
        raise UnsupportedImage("The image is empty (0 bytes).")
    raise UnsupportedImage(_refusal(data))


def _refusal(data: bytes) -> str:
    """What was sent, where that can be told, and what to send instead."""
    named = _name_of(data)
    if named is None:
        return f"Not an image in a format that is read here: {ACCEPTED}."
    name, advice = named
    return f"This is {name}, which is not read here: {advice}. Read are {ACCEPTED}."


def _name_of(data: bytes) -> tuple[str, str] | None:
    for offset, magic, name, advice in _NAMED:
        if data[offset:].startswith(magic):
            return name, advice
    if data[4:8] == b"ftyp":
        return _name_of_brands(_brands(data))
    head = data[:_MARKUP_BYTES].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith(b"<") and b"<svg" in head:
        return "an SVG drawing", "save it as PNG"
    if head.startswith((b"<!doctype html", b"<html")):
        return "a web page (HTML)", "send the picture itself, not the page that shows it"
    return None


def _name_of_brands(brands: set[bytes]) -> tuple[str, str]:
    if brands & _RAW_BRANDS:
        return "a camera's raw file", "develop it and save it as JPEG"
    if brands & _HEIF_BRANDS:
        return "HEIC/HEIF, as telephones save it", HEIF_ADVICE
    return "a video (MP4, MOV)", "send a frame of it"


def _has_avif_brand(data: bytes) -> bool:
    return not _brands(data).isdisjoint({b"avif", b"avis"})


def _brands(data: bytes) -> set[bytes]:
    """Of an ISO base media file; a box that claims more than 256 bytes is read up to there."""
    box = data[8 : min(int.from_bytes(data[:4], "big"), 256)]
    return {box[start : start + 4] for start in range(0, len(box), 4)}
