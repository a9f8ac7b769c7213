"""WebP: RIFF chunks (RFC 9649). Passed on whole: libwebp copies metadata without parsing it."""

import struct

from ..errors import UnsupportedImage
from .container import MAX_ICC_BYTES, Container, exif_orientation

# VP8X, ICCP, ANIM, EXIF, XMP, and one a frame: beyond it, EXIF is not looked for any more.
MAX_CHUNKS = 10_000


def parse(data: bytes) -> Container:
    """Raises struct.error or UnsupportedImage for a file without its first chunk, or cut off."""
    (riff_bytes,) = struct.unpack_from("<I", data, 4)
    if riff_bytes + 8 > len(data):
        raise UnsupportedImage(f"Truncated WebP: {riff_bytes + 8 - len(data)} bytes are missing.")
    width, height = _size(data)
    extended = data[12:16] == b"VP8X"
    parts = _metadata(data) if extended else {}
    icc = parts.get(b"ICCP", b"")
    return Container(
        "WEBP",
        width,
        height,
        data,
        exif_orientation(parts.get(b"EXIF", b"")),
        animated=extended and bool(data[20] & 0x02),
        icc=icc if 0 < len(icc) <= MAX_ICC_BYTES else None,
    )


def _size(data: bytes) -> tuple[int, int]:
    """Pixels of the canvas, from the first chunk (RFC 9649 sections 2.5 to 2.7)."""
    kind = data[12:16]
    if kind == b"VP8X":
        low_w, high_w, low_h, high_h = struct.unpack_from("<HBHB", data, 24)
        return (low_w | high_w << 16) + 1, (low_h | high_h << 16) + 1
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    raise UnsupportedImage("WebP that does not begin with VP8, VP8L or VP8X.")


def _metadata(data: bytes) -> dict[bytes, bytes]:
    """EXIF and ICCP chunks, where present."""
    found: dict[bytes, bytes] = {}
    position = 12
    for _ in range(MAX_CHUNKS):
        if position + 8 > len(data):
            break
        kind, length = struct.unpack_from("<4sI", data, position)
        if kind in (b"EXIF", b"ICCP"):
            found.setdefault(kind, data[position + 8 : position + 8 + length])
        position += 8 + length + (length & 1)
    return found
