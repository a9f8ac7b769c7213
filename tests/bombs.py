"""Small files of many pixels: what they cost is decoding them."""

import struct
import zlib
from collections.abc import Callable, Sequence

from PIL import Image, features

from . import images

WIDTH, HEIGHT = 9000, 8800  # 79 megapixels, below the cap of 80


def webp(width: int = WIDTH, height: int = HEIGHT) -> bytes:
    """One colour, lossless: every prefix code has one symbol, so pixels take no bits."""
    bits = [(0x2F, 8), (width - 1, 14), (height - 1, 14), (0, 1), (0, 3)]
    bits += [(0, 1)] * 3  # no transform, no colour cache, no meta prefix
    bits += [(0b0001, 4)] * 5  # a simple code of one symbol, 0
    value = position = 0
    for number, length in bits:
        value |= number << position
        position += length
    data = value.to_bytes(-(-position // 8), "little")
    data += bytes(len(data) % 2)
    chunk = b"WEBPVP8L" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(chunk)) + chunk


def gif(width: int = WIDTH, height: int = HEIGHT) -> bytes:
    """A transparent canvas with one pixel on it."""
    canvas = b"GIF89a" + struct.pack("<HH", width, height) + b"\x80\x00\x00" + bytes(6)
    frame = b"!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
    return canvas + frame


def png(colour: int, depth: int = 8, width: int = WIDTH, height: int = HEIGHT) -> bytes:
    """`colour`: PNG's type; 3 is a palette, with a transparent entry."""
    samples = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    packer = zlib.compressobj(9)
    row = bytes(1 + (width * samples * depth + 7) // 8)
    packed = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    chunks = [(b"IHDR", head)]
    if colour == 3:
        chunks += [(b"PLTE", bytes(768)), (b"tRNS", b"\x40")]
    chunks += [(b"IDAT", packed), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(images.png_chunk(*chunk) for chunk in chunks)


def tiff(
    depth: int, kind: int, samples: int = 1, width: int = WIDTH, height: int = HEIGHT
) -> bytes:
    """`kind`: SampleFormat, 1 whole numbers, 3 floats; all strips are the same bytes."""
    rows = 100
    strip = zlib.compress(bytes(width * rows * samples * depth // 8), 9)
    count = -(-height // rows)
    after = 8 + 2 + 12 * 12 + 4
    offsets, lengths, depths = after, after + 4 * count, after + 8 * count
    data_at = depths + 2 * samples
    depth_value = (samples, depths) if samples > 2 else (1, depth)
    tags = [
        (256, 4, 1, width),
        (257, 4, 1, height),
        (258, 3, *depth_value),
        (259, 3, 1, 8),
        (262, 3, 1, 2 if samples > 2 else 1),
        (273, 4, count, offsets),
        (277, 3, 1, samples),
        (278, 4, 1, rows),
        (279, 4, count, lengths),
        (282, 4, 1, 72),
        (284, 3, 1, 1),
        (339, 3, 1, kind),
    ]
    entries = b"".join(struct.pack("<HHII", *tag) for tag in tags)
    head = b"II*\x00\x08\x00\x00\x00" + struct.pack("<H", len(tags)) + entries + bytes(4)
    body = struct.pack(f"<{count}I", *[data_at] * count)
    body += struct.pack(f"<{count}I", *[len(strip)] * count)
    return head + body + struct.pack(f"<{samples}H", *[depth] * samples) + strip


def jpeg(*, progressive: bool) -> bytes:
    """Of one colour; a thousandth of its pixels as bytes."""
    flat = Image.new("RGB", (WIDTH, HEIGHT), "olive")
    return images.encoded(flat, "JPEG", progressive=progressive, subsampling=0, quality=1)


def avif() -> bytes:
    """Of one colour."""
    return images.encoded(Image.new("RGB", (WIDTH, HEIGHT), "olive"), "AVIF", speed=10, quality=1)


BOMBS: dict[str, Callable[[], bytes]] = {
    "WebP": webp,
    "GIF": gif,
    "PNG, palette and transparency": lambda: png(3),
    "PNG, colours and transparency": lambda: png(6),
    "PNG, grey of 16 bits": lambda: png(0, 16),
    "PNG, colours of 16 bits": lambda: png(2, 16),
    "TIFF, floats": lambda: tiff(32, 3),
    "TIFF, whole numbers": lambda: tiff(32, 1),
    "TIFF, colours of 16 bits": lambda: tiff(16, 1, 3),
    "JPEG": lambda: jpeg(progressive=False),
    "JPEG, progressive": lambda: jpeg(progressive=True),
}
if "avif" in features.modules:
    BOMBS["AVIF"] = avif
NAMES: Sequence[str] = tuple(BOMBS)
