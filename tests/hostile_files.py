"""Files as nobody sends them by mistake: the project's own generator, the same for one seed.

Truncations, flipped bits, parts doubled or cut out, two formats in one file, lengths and sizes that
lie, tags and chunks without end, and bombs. Each with a name that says what it is.
"""

import struct
import zlib
from collections.abc import Callable, Iterator

import numpy as np
from PIL import Image, features

from . import bombs, images

Made = tuple[str, bytes]
_SIDES = (160, 120)
_INTEGERS = (0, 1, 0x7F, 0xFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF)


def hostile_files(count: int, seed: int = 0) -> Iterator[Made]:
    """(name, bytes) of so many files; what is known to hurt comes first."""
    random = np.random.default_rng(seed)
    made = 0
    for name, data in _known():
        if made == count:
            return
        yield name, data
        made += 1
    seeds = _seeds()
    names = sorted(seeds)
    changes = sorted(_CHANGES)
    while made < count:
        name, change = str(random.choice(names)), str(random.choice(changes))
        yield f"{name}, {change} {made}", _CHANGES[change](seeds[name], random)
        made += 1


def _known() -> Iterator[Made]:
    for name, make in bombs.BOMBS.items():
        yield f"bomb: {name}", make()
    yield from _tags()
    yield from _polyglots()
    yield from _lies()


def _seeds() -> dict[str, bytes]:
    pixels = images.photo(1, *_SIDES)
    picture = Image.fromarray(pixels)
    grey = picture.convert("L")
    seeds = {
        "JPEG": images.encoded(pixels, "JPEG", exif=images.exif(6)),
        "progressive JPEG": images.encoded(pixels, "JPEG", progressive=True),
        "CMYK JPEG": images.encoded(picture.convert("CMYK"), "JPEG"),
        "PNG": images.encoded(pixels, "PNG"),
        "palette PNG": images.encoded(picture.convert("P"), "PNG", transparency=3),
        "16-bit PNG": images.encoded(Image.new("I;16", _SIDES, 999), "PNG"),
        "GIF": images.encoded(pixels, "GIF", save_all=True, append_images=[grey, picture]),
        "WebP": images.encoded(pixels, "WEBP"),
        "animated WebP": images.encoded(pixels, "WEBP", save_all=True, append_images=[grey]),
        "BMP": images.encoded(pixels, "BMP"),
        "TIFF": images.encoded(pixels, "TIFF"),
        "LZW TIFF": images.encoded(pixels, "TIFF", compression="tiff_lzw"),
        "float TIFF": images.encoded(grey.convert("F"), "TIFF"),
    }
    if "avif" in features.modules:
        seeds["AVIF"] = images.encoded(pixels, "AVIF", speed=10)
    return seeds


def _tags() -> Iterator[Made]:
    """Metadata out of measure."""
    jpeg = images.jpeg(1, *_SIDES)
    progressive = images.encoded(images.photo(1, *_SIDES), "JPEG", progressive=True)
    last = progressive.rindex(b"\xff\xda")
    png = images.encoded(images.photo(1, *_SIDES), "PNG")
    for marker in (0xE1, 0xE2, 0xED, 0xFE):
        yield (
            f"tags: 9,000 segments {marker:x}",
            images.jpeg_with_segments(jpeg, *[(marker, b"")] * 9000),
        )
    for filler in (b"\xff\xe5\x00\x02", b"\xff", b"\x00", b"\xff\x01"):
        yield (
            f"tags: 7 MB of {filler.hex()} among scans",
            (progressive[:last] + filler * (7_000_000 // len(filler)) + progressive[last:]),
        )
    for kind in (b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"iCCP", b"abCd"):
        chunk = images.png_chunk(kind, b"a\x00\x00" + zlib.compress(bytes(1_000_000), 9))
        yield f"tags: 190 chunks {kind.decode()}", png[:33] + chunk * 190 + png[33:]
    for tag in (273, 279, 700, 33723, 34665, 34675, 37724):
        count = 1_500_000
        data = b"II*\x00\x08\x00\x00\x00" + struct.pack("<H", 6)
        sizes = [(256, 4, 1, 64), (257, 4, 1, 64), (258, 3, 1, 8), (262, 3, 1, 1), (259, 3, 1, 1)]
        data += b"".join(
            struct.pack("<HHII", *one) for one in sorted([*sizes, (tag, 4, count, 200)])
        )
        yield f"tags: TIFF {tag} of 1,500,000 values", data.ljust(200, b"\0") + bytes(4 * count)


def _polyglots() -> Iterator[Made]:
    """Two formats in one file."""
    seeds = _seeds()
    others = {
        "html": b"<html><script>alert(1)</script></html>",
        "zip": b"PK\x03\x04" + bytes(60) + b"PK\x05\x06" + bytes(18),
        "pdf": b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF",
        "svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    }
    for name in ("JPEG", "PNG", "GIF", "WebP", "BMP", "TIFF"):
        for other, data in others.items():
            yield f"polyglot: {name} then {other}", seeds[name] + data
        yield f"polyglot: {name} behind html", others["html"] + seeds[name]
        yield f"polyglot: {name} twice", seeds[name] * 2
    for name in ("JPEG", "PNG"):
        for other in ("GIF", "WebP", "TIFF"):
            yield f"polyglot: {name} with the head of {other}", seeds[other][:16] + seeds[name][16:]


def _lies() -> Iterator[Made]:
    """Sizes in headers that are not those of the pixels."""
    seeds = _seeds()
    for value in _INTEGERS:
        png = bytearray(seeds["PNG"])
        png[16:20] = struct.pack(">I", value)
        png[29:33] = struct.pack(">I", zlib.crc32(png[12:29]))
        yield f"lie: PNG {value} wide", bytes(png)
        bmp = bytearray(seeds["BMP"])
        bmp[18:22] = struct.pack("<I", value)
        yield f"lie: BMP {value} wide", bytes(bmp)
        gif = bytearray(seeds["GIF"])
        gif[6:8] = struct.pack("<H", value & 0xFFFF)
        yield f"lie: GIF {value & 0xFFFF} wide", bytes(gif)
        webp = bytearray(seeds["WebP"])
        webp[4:8] = struct.pack("<I", value)
        yield f"lie: WebP of {value} bytes", bytes(webp)


def _truncated(data: bytes, random: np.random.Generator) -> bytes:
    return data[: int(random.integers(1, len(data)))]


def _flipped(data: bytes, random: np.random.Generator) -> bytes:
    changed = bytearray(data)
    for _ in range(int(random.integers(1, 32))):
        changed[int(random.integers(len(data)))] ^= 1 << int(random.integers(8))
    return bytes(changed)


def _with_extremes(data: bytes, random: np.random.Generator) -> bytes:
    """Numbers of four bytes in the header become large or none."""
    changed = bytearray(data)
    for _ in range(int(random.integers(1, 5))):
        at = int(random.integers(2, min(len(data), 200) - 4))
        value = int(random.choice(_INTEGERS))
        changed[at : at + 4] = struct.pack(str(random.choice(["<I", ">I"])), value)
    return bytes(changed)


def _cut_out(data: bytes, random: np.random.Generator) -> bytes:
    start, end = sorted(int(value) for value in random.integers(0, len(data), 2))
    return data[:start] + data[end:]


def _doubled(data: bytes, random: np.random.Generator) -> bytes:
    start, end = sorted(int(value) for value in random.integers(0, len(data), 2))
    return data[:end] + data[start:end] * int(random.integers(1, 200)) + data[end:]


_CHANGES: dict[str, Callable[[bytes, np.random.Generator], bytes]] = {
    "truncated": _truncated,
    "flipped": _flipped,
    "extreme numbers": _with_extremes,
    "cut out": _cut_out,
    "doubled": _doubled,
}
