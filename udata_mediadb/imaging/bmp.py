"""BMP: file and info header (Microsoft, "Bitmap Header Types")."""

import struct

from ..errors import UnsupportedImage
from .container import Container

_RLE = (1, 2)
# Pillow unpacks run lengths in Python, about 10 megapixels a second: a 6 kB file could keep it busy
# for ten seconds. Real ones are icons and old charts.
MAX_RLE_PIXELS = 4_000_000


def parse(data: bytes) -> Container:
    """Raises struct.error or UnsupportedImage."""
    (header_bytes,) = struct.unpack_from("<I", data, 14)
    if header_bytes == 12:
        width, height = struct.unpack_from("<HH", data, 18)
        return Container("BMP", width, height, data)
    width, height, _, _, compression = struct.unpack_from("<iiHHI", data, 18)
    if compression in _RLE and abs(width * height) > MAX_RLE_PIXELS:
        raise UnsupportedImage(
            f"Run-length coded BMP above {MAX_RLE_PIXELS} pixels: send it as PNG."
        )
    return Container("BMP", width, abs(height), data)
