"""The formats that are read: magic bytes, MIME type, file suffix."""

from ..errors import UnsupportedImage

MIME = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "GIF": "image/gif",
    "WEBP": "image/webp",
    "BMP": "image/bmp",
    "TIFF": "image/tiff",
    "AVIF": "image/avif",
}

SUFFIX = {
    "JPEG": ".jpg",
    "PNG": ".png",
    "GIF": ".gif",
    "WEBP": ".webp",
    "BMP": ".bmp",
    "TIFF": ".tif",
    "AVIF": ".avif",
}

ACCEPTED = "JPEG, PNG, GIF, WEBP, BMP, TIFF and, where Pillow reads it, AVIF"

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
    if not data:
        raise UnsupportedImage("The image is empty (0 bytes).")
    raise UnsupportedImage(f"Not an image in a format that is read here: {ACCEPTED}.")


def _has_avif_brand(data: bytes) -> bool:
    box = data[8 : min(int.from_bytes(data[:4], "big"), 256)]
    brands = {box[start : start + 4] for start in range(0, len(box), 4)}
    return not brands.isdisjoint({b"avif", b"avis"})
