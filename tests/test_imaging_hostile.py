"""What is not an image, damaged, or made to hurt is refused; never half decoded, never a crash."""

import struct
import warnings
import zlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image, ImageFile, features

from tests import images
from udata_mediadb.errors import MediaDBError, TooLarge, UnsupportedImage
from udata_mediadb.imaging import decode, inspect, reencode

MAX_PIXELS = 50_000_000

NOT_IMAGES = {
    "empty": b"",
    "one byte": b"\xff",
    "text": b"hello, this is not a picture",
    "json": b'{"image": "no"}',
    "html": b"<!DOCTYPE html><html><img src=x></html>",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
    "svg with xml head": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>',
    "pdf": b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF",
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage",
    "zip": b"PK\x03\x04" + bytes(60),
    "psd": b"8BPS\x00\x01" + bytes(60),
    "ico": b"\x00\x00\x01\x00\x01\x00" + bytes(60),
    "jpeg 2000": b"\x00\x00\x00\x0cjP  \r\n\x87\n" + bytes(60),
    "heic": b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00heicmif1" + bytes(60),
    "mp4": b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp41" + bytes(60),
    "portable pixmap": b"P6 1 1 255\n\x00\x00\x00",
    "webp's cousin": b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(60),
    "numpy": b"\x93NUMPY\x01\x00" + bytes(60),
}

SAMPLES = {
    "JPEG": images.jpeg(1, 160, 120),
    "progressive JPEG": images.encoded(images.photo(1, 160, 120), "JPEG", progressive=True),
    "CMYK JPEG": images.encoded(Image.fromarray(images.photo(1, 60, 40)).convert("CMYK"), "JPEG"),
    "PNG": images.encoded(images.photo(1, 60, 40), "PNG"),
    "16-bit PNG": images.encoded(Image.new("I;16", (60, 40), 999), "PNG"),
    "palette PNG": images.encoded(Image.fromarray(images.photo(1, 60, 40)).convert("P"), "PNG"),
    "GIF": images.encoded(images.photo(1, 60, 40), "GIF"),
    "WEBP": images.encoded(images.photo(1, 60, 40), "WEBP"),
    "lossless WEBP": images.encoded(images.photo(1, 60, 40), "WEBP", lossless=True),
    "animated WEBP": images.encoded(
        images.photo(1, 60, 40),
        "WEBP",
        save_all=True,
        append_images=[Image.fromarray(images.photo(2, 60, 40))],
        exif=images.exif(6),
    ),
    "BMP": images.encoded(images.photo(1, 60, 40), "BMP"),
    "TIFF": images.encoded(images.photo(1, 60, 40), "TIFF"),
    "LZW TIFF": images.encoded(images.photo(1, 60, 40), "TIFF", compression="tiff_lzw"),
    "JPEG TIFF": images.encoded(images.photo(1, 60, 40), "TIFF", compression="jpeg"),
    "float TIFF": images.encoded(Image.new("F", (60, 40), 0.5), "TIFF"),
}
if "avif" in features.modules:
    SAMPLES["AVIF"] = images.encoded(images.photo(1, 60, 40), "AVIF")


@pytest.mark.parametrize("data", NOT_IMAGES.values(), ids=NOT_IMAGES.keys())
def test_what_is_not_an_image_is_unsupported(data):
    for read in (
        lambda: inspect(data, max_pixels=MAX_PIXELS),
        lambda: decode(data, max_pixels=MAX_PIXELS, side=64),
        lambda: reencode(data, max_pixels=MAX_PIXELS, max_side=64),
    ):
        with pytest.raises(UnsupportedImage):
            read()


@pytest.mark.parametrize("kept", [0.02, 0.1, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("name", SAMPLES)
def test_a_truncated_file_is_unsupported(name, kept):
    data = SAMPLES[name]
    with pytest.raises(UnsupportedImage):
        decode(data[: int(len(data) * kept)], max_pixels=MAX_PIXELS, side=1024)


def test_a_truncated_jpeg_is_named_so_even_when_reduced():
    data = images.jpeg(1, 800, 600)
    with pytest.raises(UnsupportedImage, match="truncated"):
        decode(data[: len(data) * 9 // 10], max_pixels=MAX_PIXELS, side=100)


@pytest.mark.parametrize("name", SAMPLES)
def test_damaged_bytes_give_a_picture_or_our_error(name):
    """Any other exception, or a warning (an error here), fails; sizes stay below the cap."""
    random = np.random.default_rng(sum(name.encode()))
    for _ in range(60):
        data = _damaged(SAMPLES[name], random)
        try:
            picture = decode(data, max_pixels=400_000, side=64)
        except MediaDBError:
            continue
        assert max(picture.pixels.shape[:2]) <= 64
        assert picture.width * picture.height <= 400_000


def test_a_png_of_900_megapixels_in_109_kb_is_too_large():
    bomb = images.png_bomb()
    assert len(bomb) < 112_000
    for read in (
        lambda: inspect(bomb, max_pixels=MAX_PIXELS),
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
    "TIFF": b"II*\x00\x08\x00\x00\x00\x02\x00"
    + struct.pack("<HHII", 256, 4, 1, 0xFFFFFFFF)
    + struct.pack("<HHII", 257, 4, 1, 0xFFFFFFFF)
    + bytes(4),
}


@pytest.mark.parametrize("data", HUGE.values(), ids=HUGE.keys())
def test_a_huge_size_in_any_header_is_too_large(data):
    with pytest.raises(TooLarge):
        decode(data, max_pixels=MAX_PIXELS, side=64)


def test_giant_text_and_profile_chunks_are_never_inflated():
    giant = zlib.compress(bytes(200_000_000), 9)
    chunks = [
        images.png_chunk(b"zTXt", b"Comment\x00\x00" + giant),
        images.png_chunk(b"iTXt", b"XML:com.adobe.xmp\x00\x01\x00\x00\x00" + giant),
        images.png_chunk(b"iCCP", b"profile\x00\x00" + giant),
    ]
    data = images.png_with_chunks(images.quadrants(), *chunks)
    assert decode(data, max_pixels=MAX_PIXELS, side=96).pixels.shape == (64, 96, 3)


def test_a_jpeg_with_thousands_of_scans_is_unsupported():
    data = images.encoded(images.quadrants(), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    bomb = data[:-2] + data[last:-2] * 3000 + b"\xff\xd9"
    with pytest.raises(UnsupportedImage, match="scans"):
        inspect(bomb, max_pixels=MAX_PIXELS)


def test_many_scans_behind_a_false_end_are_counted():
    data = images.encoded(images.quadrants(), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    false_end = b"\xff\xfe\x00\x06\xff\xd9\xff\xd9"
    bomb = data[:last] + false_end + data[last:-2] * 3000 + b"\xff\xd9"
    with pytest.raises(UnsupportedImage, match="scans"):
        inspect(bomb, max_pixels=MAX_PIXELS)


def test_tiff_tags_that_share_one_long_value_are_unsupported():
    block = 10_000
    entries = b"".join(struct.pack("<HHII", 40_000 + n, 1, block, 8 + 12 * 900) for n in range(900))
    data = b"II*\x00\x08\x00\x00\x00" + struct.pack("<H", 900) + entries + bytes(4 + block)
    with pytest.raises(UnsupportedImage, match="tag"):
        inspect(data, max_pixels=MAX_PIXELS)


def test_a_tiff_with_too_many_tags_is_unsupported():
    entries = b"".join(struct.pack("<HHII", n, 3, 1, 1) for n in range(60_000))
    data = b"II*\x00\x08\x00\x00\x00" + struct.pack("<H", 60_000) + entries
    with pytest.raises(UnsupportedImage, match="tags"):
        inspect(data, max_pixels=MAX_PIXELS)


def test_a_long_gif_comment_and_thousands_of_frames_cost_nothing():
    frame = images.encoded(images.quadrants(), "GIF")
    start = 13 + (3 << ((frame[10] & 7) + 1))
    comment = b"\x21\xfe" + (b"\xff" + b"c" * 255) * 40_000 + b"\x00"
    data = frame[:start] + comment + frame[start:-1] * 20_000 + b";"
    assert decode(data, max_pixels=MAX_PIXELS, side=96).pixels.shape == (64, 96, 3)
    assert inspect(data, max_pixels=MAX_PIXELS).animated


def test_a_run_length_coded_bmp_of_many_pixels_is_unsupported():
    header = struct.pack("<IiiHHIIiiII", 40, 60_000, 600, 1, 8, 1, 0, 0, 0, 256, 0)
    data = (
        b"BM"
        + bytes(8)
        + struct.pack("<I", 1078)
        + header
        + bytes(1024)
        + b"\x01\x00\x00\x00" * 600
    )
    with pytest.raises(UnsupportedImage, match="PNG"):
        inspect(data, max_pixels=MAX_PIXELS)


@pytest.mark.parametrize("name", ["JPEG", "PNG", "GIF", "TIFF", "BMP", "WEBP"])
def test_above_pillows_warning_and_below_our_cap_nothing_is_warned(name, monkeypatch):
    """The host's limit stands in for a picture of 90 megapixels, which would take seconds."""
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 4000)
    data = images.encoded(images.photo(1, 96, 64), name)
    with pytest.raises(Image.DecompressionBombWarning), warnings.catch_warnings():
        warnings.simplefilter("error")
        Image.open(images.stream(data)).close()
    picture = decode(data, max_pixels=MAX_PIXELS, side=96)
    assert picture.pixels.shape == (64, 96, 3)
    reencode(data, max_pixels=MAX_PIXELS, max_side=96)


def test_pillows_process_wide_settings_are_left_alone():
    before = (Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES, list(warnings.filters))
    decode(images.jpeg(), max_pixels=MAX_PIXELS, side=64)
    after = (Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES, list(warnings.filters))
    assert before == after


def test_threads_decode_at_the_same_time():
    samples = [data for data in SAMPLES.values() for _ in range(4)]

    def mean(data: bytes) -> float:
        return float(decode(data, max_pixels=MAX_PIXELS, side=48).pixels.mean())

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(mean, samples)) == [mean(data) for data in samples]


def _damaged(data: bytes, random: np.random.Generator) -> bytes:
    """Some bytes changed (headers more often), or a part cut out, doubled or cut off."""
    changed = bytearray(data)
    reach = len(data) if random.random() < 0.5 else min(len(data), 120)
    for _ in range(int(random.integers(1, 8))):
        changed[int(random.integers(reach))] = int(random.choice([0, 1, 255, random.integers(256)]))
    start, end = sorted(int(value) for value in random.integers(0, len(data), 2))
    kind = random.integers(6)
    if kind == 0:
        return bytes(changed[:start] + changed[end:])
    if kind == 1:
        return bytes(changed[:end] + changed[start:])
    if kind == 2:
        return bytes(changed[:end])
    return bytes(changed)
