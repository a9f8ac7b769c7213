"""Pictures of too many pixels are refused by their headers."""

import struct
import warnings
import zlib

import pytest
from PIL import Image, ImageFile

from tests import images
from udata_mediadb.errors import TooLarge, UnsupportedImage
from udata_mediadb.imaging import decode, reencode
from udata_mediadb.imaging.opening import open_image

from .imaging_limits import MAX_PIXELS, SAMPLES


def test_a_png_of_900_megapixels_in_109_kb_is_too_large():
    bomb = images.png_bomb()
    assert len(bomb) < 112_000
    for read in (
        lambda: open_image(bomb, max_pixels=MAX_PIXELS),
        lambda: decode(bomb, max_pixels=MAX_PIXELS, side=64),
        lambda: reencode(bomb, max_pixels=MAX_PIXELS, max_side=64),
    ):
        with pytest.raises(TooLarge, match="30000x30000"):
            read()


def test_every_format_is_capped_by_its_header_alone():
    for data in SAMPLES.values():
        with pytest.raises(TooLarge):
            decode(data, max_pixels=2399, side=64)  # one below 60 x 40


def _webp_canvas(width: int, height: int) -> bytes:
    size = struct.pack("<HBHB", (width - 1) & 0xFFFF, width - 1 >> 16, (height - 1) & 0xFFFF, 0)
    return b"RIFF\x16\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x02\x00\x00\x00" + size


HUGE = {
    "GIF canvas": b"GIF89a\xff\xff\xff\xff\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00"
    b"\x02\x02D\x01\x00;",
    "GIF frame": b"GIF89a\x01\x00\x01\x00\x00\x00\x00,\x00\x00\x00\x00\xff\xff\xff\xff\x00"
    b"\x02\x02D\x01\x00;",
    "WebP canvas": _webp_canvas(1 << 24, 1 << 16),
    "BMP": b"BM" + bytes(12) + struct.pack("<IiiHHI", 40, 60_000, -60_000, 1, 24, 0) + bytes(20),
    "JPEG": images.SOI_SOF_65500 + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00\xff\xd9",
    "TIFF": b"II*\x00\x08\x00\x00\x00\x05\x00"
    + struct.pack("<HHII", 256, 4, 1, 0xFFFFFFFF)
    + struct.pack("<HHII", 257, 4, 1, 0xFFFFFFFF)
    + struct.pack("<HHII", 258, 3, 1, 8)
    + struct.pack("<HHII", 262, 3, 1, 1)
    + struct.pack("<HHII", 273, 4, 1, 8)
    + bytes(4),
}


@pytest.mark.parametrize("data", HUGE.values(), ids=HUGE.keys())
def test_a_huge_size_in_any_header_is_too_large(data):
    # Pillow 12 looks into the frame of a WebP first and finds it damaged; both are refusals
    with pytest.raises((TooLarge, UnsupportedImage) if data.startswith(b"RIFF") else TooLarge):
        decode(data, max_pixels=MAX_PIXELS, side=64)


def test_a_tiff_tile_above_the_cap_is_too_large():
    tags = [(256, 64), (257, 64), (258, 8), (259, 8), (262, 1), (277, 1)]
    tags += [(322, 20_000), (323, 20_000), (324, 200), (325, 400_000)]
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    head = b"II*\x00\x08\x00\x00\x00" + struct.pack("<H", len(tags)) + entries + bytes(4)
    data = head.ljust(200, b"\x00") + zlib.compress(bytes(400_000_000), 9)
    with pytest.raises(TooLarge):
        decode(data, max_pixels=MAX_PIXELS, side=64)


@pytest.mark.parametrize("limit", [4000, 1000])
@pytest.mark.parametrize("name", ["JPEG", "PNG", "GIF", "TIFF", "BMP", "WEBP"])
def test_above_pillows_own_limit_a_picture_is_too_large(name, limit, monkeypatch):
    """Pillow would warn above the limit and raise above its double; neither gets out."""
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", limit)
    data = images.encoded(images.photo(1, 96, 64), name)
    with warnings.catch_warnings(record=True) as seen, pytest.raises(TooLarge):
        warnings.simplefilter("always")
        decode(data, max_pixels=MAX_PIXELS, side=96)
    assert not seen


def test_pillows_process_wide_settings_are_left_alone():
    before = (Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES, list(warnings.filters))
    decode(images.jpeg(), max_pixels=MAX_PIXELS, side=64)
    after = (Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES, list(warnings.filters))
    assert before == after
