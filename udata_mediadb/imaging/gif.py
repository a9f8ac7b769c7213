"""GIF: blocks (GIF89a specification). Keeps the canvas and its first frame."""

import struct

from ..errors import UnsupportedImage
from .container import Container

# Blocks hold up to 255 bytes; a file of 100 MB in full blocks has 400,000.
MAX_BLOCKS = 500_000
_EXTENSION, _IMAGE, _GRAPHIC_CONTROL = 0x21, 0x2C, 0xF9


def parse(data: bytes) -> Container:
    """Raises struct.error, IndexError or UnsupportedImage for a file without a whole frame."""
    width, height, flags = struct.unpack_from("<HHB", data, 6)
    palette_end = 13 + _palette_bytes(flags)
    control, start = _find_image(data, palette_end)
    if start is None:
        raise UnsupportedImage("GIF without a frame.")
    left, top, frame_width, frame_height, frame_flags = struct.unpack_from(
        "<HHHHB", data, start + 1
    )
    end = _skip_blocks(data, start + 11 + _palette_bytes(frame_flags))
    # A frame may reach beyond the canvas: viewers grow it.
    width, height = max(width, left + frame_width), max(height, top + frame_height)
    if max(width, height) > 0xFFFF:
        raise UnsupportedImage("GIF with a frame beyond 65,535 pixels.")
    head = data[:6] + struct.pack("<HH", width, height) + data[10:palette_end]
    try:
        animated = _find_image(data, end)[1] is not None
    except IndexError:
        animated = False  # what follows the first frame is cut off: nothing that we need
    first_frame = head + control + data[start:end] + b";"
    return Container("GIF", width, height, first_frame, animated=animated)


def _palette_bytes(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _find_image(data: bytes, position: int) -> tuple[bytes, int | None]:
    """(graphic control extension, start) of the next frame; None as start where none follows."""
    control = b""
    while data[position] == _EXTENSION:
        if data[position + 1] == _GRAPHIC_CONTROL and data[position + 2] == 4:
            # The transparent colour only: delay and disposal say nothing about one frame.
            transparent = bytes([data[position + 3] & 1, 0, 0, data[position + 6]])
            control = b"\x21\xf9\x04" + transparent + b"\x00"
        position = _skip_blocks(data, position + 2)
    return control, position if data[position] == _IMAGE else None


def _skip_blocks(data: bytes, position: int) -> int:
    for _ in range(MAX_BLOCKS):
        length = data[position]
        position += 1 + length
        if not length:
            return position
    raise UnsupportedImage(f"GIF with more than {MAX_BLOCKS} blocks in one part.")
