"""PNG: chunks (PNG specification, third edition, section 5). Keeps the five that hold pixels."""

import struct
import zlib

from ..errors import UnsupportedImage
from .container import MAX_ICC_BYTES, Container, exif_orientation

# Encoders write pixels in parts of 8 kB or more: 100,000 of them are beyond any byte limit.
MAX_CHUNKS = 100_000
_PIXEL_CHUNKS = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})


def parse(data: bytes) -> Container:
    """Raises struct.error or UnsupportedImage for a file without header, pixels or end.

    An animated PNG gives its default image, the one that viewers without animation show.
    """
    width, height = struct.unpack_from(">II", data, 16)
    if data[12:16] != b"IHDR":
        raise UnsupportedImage("PNG that does not begin with IHDR.")
    kept = [data[:8]]
    orientation, animated, icc, has_pixels = 1, False, None, False
    position = 8
    for _ in range(MAX_CHUNKS):
        (length,) = struct.unpack_from(">I", data, position)
        kind = data[position + 4 : position + 8]
        end = position + 12 + length
        if end > len(data):
            raise UnsupportedImage(f"Truncated PNG: {end - len(data)} bytes or more are missing.")
        if kind in _PIXEL_CHUNKS:
            kept.append(data[position:end])
        if kind == b"IEND":
            break
        body = memoryview(data)[position + 8 : end - 4]
        animated = animated or (kind == b"acTL" and not has_pixels)
        has_pixels = has_pixels or kind == b"IDAT"
        if kind == b"eXIf":
            orientation = exif_orientation(bytes(body))
        if kind == b"iCCP":
            icc = _profile(bytes(body))
        position = end
    else:
        raise UnsupportedImage(f"PNG with more than {MAX_CHUNKS} chunks.")
    if not has_pixels:
        raise UnsupportedImage("PNG without pixels (no IDAT chunk).")
    return Container("PNG", width, height, b"".join(kept), orientation, animated, icc)


def _profile(body: bytes) -> bytes | None:
    """The profile of an iCCP chunk; None when it is damaged or inflates beyond reason."""
    _, _, packed = body.partition(b"\x00")
    try:
        inflated = zlib.decompressobj().decompress(packed[1:], MAX_ICC_BYTES + 1)
    except zlib.error:
        return None
    return inflated if 0 < len(inflated) <= MAX_ICC_BYTES else None
