"""Drawn, seeded pictures and the bytes of their files: the same on every machine and every run."""

import struct
import zlib
from io import BytesIO

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]

ORIENTATION_TAG = 0x0112
RED, GREEN, BLUE, WHITE = (220, 30, 30), (30, 160, 40), (30, 50, 210), (255, 255, 255)

# A JPEG up to its frame header: 65,500 x 65,500 pixels, grey.
SOI_SOF_65500 = b"\xff\xd8\xff\xc0\x00\x0b\x08\xff\xdc\xff\xdc\x01\x01\x11\x00"


def stream(data: bytes) -> BytesIO:
    """The bytes as an open file."""
    return BytesIO(data)


def photo(seed: int = 0, width: int = 640, height: int = 480) -> Pixels:
    """(height, width, 3) RGB that looks like a photograph to feature detectors.

    A smooth ground with a hundred overlapping shapes at all scales and a little sensor noise;
    different seeds have nothing in common.
    """
    random = np.random.default_rng(seed)
    ground = random.integers(40, 216, (4, 5, 3)).astype(np.uint8)
    canvas = cv2.resize(ground, (width, height), interpolation=cv2.INTER_CUBIC)
    for _ in range(100):
        _draw_shape(canvas, random)
    noise = random.normal(0, 3, canvas.shape)
    return np.clip(canvas + noise, 0, 255).astype(np.uint8)


def quadrants(width: int = 96, height: int = 64) -> Pixels:
    """Red, green / blue, white: tells every orientation and mirroring apart."""
    pixels = np.empty((height, width, 3), np.uint8)
    pixels[: height // 2, : width // 2] = RED
    pixels[: height // 2, width // 2 :] = GREEN
    pixels[height // 2 :, : width // 2] = BLUE
    pixels[height // 2 :, width // 2 :] = WHITE
    return pixels


def encoded(pixels: Pixels | Image.Image, format: str = "JPEG", **options: object) -> bytes:
    """The file; options are Pillow's for that format."""
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    out = BytesIO()
    image.save(out, format, **options)  # type: ignore[arg-type]
    return out.getvalue()


def jpeg(seed: int = 0, width: int = 640, height: int = 480) -> bytes:
    """A photograph as JPEG; what most tests want."""
    return encoded(photo(seed, width, height), "JPEG", quality=92)


def exif(orientation: int, *, gps: bool = False) -> bytes:
    """An EXIF block with that orientation, and a position in Paris if asked for."""
    block = Image.Exif()
    block[ORIENTATION_TAG] = orientation
    if gps:
        block[0x8825] = {1: "N", 2: (48.0, 51.0, 24.0), 3: "E", 4: (2.0, 21.0, 3.0)}
    return block.tobytes()


def stored_for(pixels: Pixels, orientation: int) -> Pixels:
    """The pixels that a camera held that way writes, so that `orientation` makes them upright."""
    stored = pixels
    if orientation in (3, 4, 7, 8):
        stored = stored[::-1]
    if orientation in (2, 3, 6, 7):
        stored = stored[:, ::-1]
    if orientation >= 5:
        stored = stored.swapaxes(0, 1)
    return np.ascontiguousarray(stored)


def png_chunk(kind: bytes, body: bytes) -> bytes:
    """Length, kind, body, checksum."""
    checksum = zlib.crc32(kind + body)
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", checksum)


def png_bomb(width: int = 30_000, height: int = 30_000) -> bytes:
    """A valid black 1-bit PNG: 900 megapixels in 109 kB."""
    packer = zlib.compressobj(9)
    row = b"\x00" * (1 + (width + 7) // 8)
    pixels = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", header)
        + png_chunk(b"IDAT", pixels)
        + png_chunk(b"IEND", b"")
    )


def png_interlaced(pixels: Pixels) -> bytes:
    """An 8-bit RGB PNG in the seven passes of Adam7, which Pillow reads but does not write."""
    height, width = pixels.shape[:2]
    passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4)]
    passes += [(1, 0, 2, 2), (0, 1, 1, 2)]
    parts = [pixels[y::step_y, x::step_x] for x, y, step_x, step_y in passes]
    rows = b"".join(b"\x00" + row.tobytes() for part in parts if part.size for row in part)
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 1))
        + png_chunk(b"IDAT", zlib.compress(rows))
        + png_chunk(b"IEND", b"")
    )


def png_with_chunks(pixels: Pixels, *chunks: bytes) -> bytes:
    """A PNG with these chunks after its header."""
    data = encoded(pixels, "PNG")
    return data[:33] + b"".join(chunks) + data[33:]


def jpeg_with_segments(data: bytes, *segments: tuple[int, bytes]) -> bytes:
    """A JPEG with these (marker, body) segments after its first two bytes."""
    made = (b"\xff" + bytes([m]) + struct.pack(">H", len(b) + 2) + b for m, b in segments)
    return data[:2] + b"".join(made) + data[2:]


def _draw_shape(canvas: Pixels, random: np.random.Generator) -> None:
    height, width = canvas.shape[:2]
    color = tuple(int(value) for value in random.integers(0, 256, 3))
    x, y = int(random.integers(width)), int(random.integers(height))
    size = max(2, int(min(width, height) * 0.02 * 10 ** random.uniform(0, 1)))
    kind = int(random.integers(3))
    if kind == 0:
        cv2.circle(canvas, (x, y), size, color, -1, cv2.LINE_AA)
    elif kind == 1:
        corners = np.array((x, y)) + random.integers(-size, size + 1, (4, 2))
        cv2.fillPoly(canvas, [corners.astype(np.int32)], color, cv2.LINE_AA)
    else:
        text = "".join(chr(int(code)) for code in random.integers(65, 91, 3))
        scale = max(0.3, size / 40)
        cv2.putText(canvas, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, scale, color, 2, cv2.LINE_AA)
