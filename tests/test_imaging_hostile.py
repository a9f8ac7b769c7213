"""What is not an image, damaged, or made to hurt is refused; never half decoded, never a crash."""

import struct
import time
import warnings
import zlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from tests import images
from udata_mediadb.errors import MediaDBError, UnsupportedImage
from udata_mediadb.imaging import decode, reencode
from udata_mediadb.imaging.decoding import strip_side
from udata_mediadb.imaging.opening import open_image

from .imaging_limits import MAX_PIXELS, SAMPLES

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


@pytest.mark.parametrize("data", NOT_IMAGES.values(), ids=NOT_IMAGES.keys())
def test_what_is_not_an_image_is_unsupported(data):
    for read in (
        lambda: open_image(data, max_pixels=MAX_PIXELS),
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
        assert max(picture.pixels.shape[:2]) <= strip_side(picture.width, picture.height, 64)
        assert picture.width * picture.height <= 400_000


@pytest.mark.parametrize(
    "head", [b"zTXtComment\x00\x00", b"iTXtX\x00\x01\x00\x00\x00", b"iCCPprofile\x00\x00"]
)
def test_a_giant_text_or_profile_is_never_inflated_whole(head):
    giant = images.png_chunk(head[:4], head[4:] + zlib.compress(bytes(200_000_000), 9))
    assert refused_or_read(images.png_with_chunks(images.quadrants(), giant))


@pytest.mark.parametrize("behind_pixels", [False, True])
def test_many_compressed_chunks_are_unsupported(behind_pixels):
    chunk = images.png_chunk(b"iCCP", b"p\x00\x00" + zlib.compress(bytes(1_000_000), 9))
    data = images.png_with_chunks(images.quadrants(), chunk * 2000)
    if behind_pixels:
        plain = images.encoded(images.quadrants(), "PNG")
        data = plain[:-12] + chunk * 2000 + plain[-12:]
    with pytest.raises(UnsupportedImage, match="compressed"):
        open_image(data, max_pixels=MAX_PIXELS)


def test_a_png_of_many_empty_chunks_is_unsupported():
    data = images.encoded(images.quadrants(), "PNG")
    empty = images.png_chunk(b"abCd", b"") * 200_000
    for bomb in (data[:33] + empty + data[33:], data[:-12] + empty + data[-12:]):
        with pytest.raises(UnsupportedImage, match="parts"):
            decode(bomb, max_pixels=MAX_PIXELS, side=96)


def test_a_jpeg_of_many_empty_segments_is_unsupported():
    data = images.jpeg_with_segments(images.jpeg(), *[(0xE5, b"")] * 20_000)
    with pytest.raises(UnsupportedImage, match="parts"):
        open_image(data, max_pixels=MAX_PIXELS)


def test_a_jpeg_with_thousands_of_scans_is_unsupported():
    data = images.encoded(images.quadrants(), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    bomb = data[:-2] + data[last:-2] * 3000 + b"\xff\xd9"
    with pytest.raises(UnsupportedImage, match="scans"):
        open_image(bomb, max_pixels=MAX_PIXELS)


def test_many_scans_behind_a_false_end_are_counted():
    data = images.encoded(images.quadrants(), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    false_end = b"\xff\xfe\x00\x06\xff\xd9\xff\xd9"
    bomb = data[:last] + false_end + data[last:-2] * 3000 + b"\xff\xd9"
    with pytest.raises(UnsupportedImage, match="scans"):
        open_image(bomb, max_pixels=MAX_PIXELS)


@pytest.mark.parametrize("segment", [b"\xff\xe5\x00\x02", b"\xff\xd8\x00\x02", b"\xff\x01"])
def test_a_jpeg_of_many_empty_segments_among_its_scans_is_unsupported(segment):
    data = images.encoded(images.quadrants(), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    bomb = data[:last] + segment * 200_000 + data[last:]
    for side in (96, 24):
        with pytest.raises(UnsupportedImage, match="markers"):
            decode(bomb, max_pixels=MAX_PIXELS, side=side)


@pytest.mark.parametrize("filler", [b"\xff", b"\x00", b"\xff\x00"])
def test_a_jpeg_with_much_between_its_segments_costs_little(filler):
    """Each byte of it was a step in Python."""
    data = images.encoded(images.quadrants(), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    spent = time.process_time()
    refused_or_read(data[:last] + filler * 5_000_000 + data[last:])
    assert time.process_time() - spent < 2


def _tiff_sharing(tags: int, value_bytes: int) -> bytes:
    """Tags that all point at one value."""
    at = 8 + 2 + 12 * tags + 4
    entries = (struct.pack("<HHII", 40_000 + n, 1, value_bytes, at) for n in range(tags))
    directory = struct.pack("<H", tags) + b"".join(entries) + bytes(4)
    return b"II*\x00\x08\x00\x00\x00" + directory + bytes(value_bytes)


def test_tiff_tags_that_share_one_long_value_are_unsupported():
    """By Pillow 13 itself; before, by the limit on what is read."""
    with pytest.raises(UnsupportedImage):
        open_image(_tiff_sharing(5000, 10_000_000), max_pixels=MAX_PIXELS)


def test_a_tiff_with_too_many_tags_is_unsupported():
    entries = b"".join(struct.pack("<HHII", n, 3, 1, 1) for n in range(60_000))
    data = b"II*\x00\x08\x00\x00\x00" + struct.pack("<H", 60_000) + entries
    with pytest.raises(UnsupportedImage, match="parts"):
        open_image(data, max_pixels=MAX_PIXELS)


def test_damaged_metadata_are_read_without_a_warning():
    """Whatever the host's filters are: Pillow warns once a tag."""
    block = b"Exif\x00\x00" + _tiff_sharing(5000, 9)[:60_000]
    segment = images.jpeg_with_segments(images.jpeg(), (0xE1, block))
    chunk = images.png_with_chunks(images.quadrants(), images.png_chunk(b"eXIf", block[6:]))
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        for data in (segment, chunk, *map(_with_damaged_tag, ("TIFF", "LZW TIFF"))):
            decode(data, max_pixels=MAX_PIXELS, side=64)
    assert not seen


def _with_damaged_tag(name: str) -> bytes:
    """A resolution that lies behind the end of the file."""
    data = bytearray(images.encoded(images.photo(1, 60, 40), "TIFF", dpi=(72, 72)))
    if name == "LZW TIFF":
        pixels = images.photo(1, 60, 40)
        data = bytearray(images.encoded(pixels, "TIFF", compression="tiff_lzw", dpi=(72, 72)))
    at = data.index(struct.pack("<HHI", 282, 5, 1))
    data[at + 8 : at + 12] = struct.pack("<I", 0x7FFFFFF0)
    return bytes(data)


def test_a_gif_with_a_long_comment_and_thousands_of_frames_costs_little():
    frame = images.encoded(images.quadrants(), "GIF")
    start = 13 + (3 << ((frame[10] & 7) + 1))
    comment = b"\x21\xfe" + (b"\xff" + b"c" * 255) * 40_000 + b"\x00"
    frames = frame[start:-1] * 20_000 + b";"
    assert refused_or_read(frame[:start] + comment + frames)
    assert refused_or_read(frame[:start] + comment[:2] + b"\x01c" * 9_000_000 + b"\x00" + frames)
    assert refused_or_read(frame[:start] + frames)


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
        open_image(data, max_pixels=MAX_PIXELS)


def test_threads_decode_at_the_same_time():
    samples = [data for data in SAMPLES.values() for _ in range(4)]

    def mean(data: bytes) -> float:
        return float(decode(data, max_pixels=MAX_PIXELS, side=48).pixels.mean())

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(mean, samples)) == [mean(data) for data in samples]


def refused_or_read(data: bytes) -> bool:
    """Either is right for metadata out of measure; only time and memory are not to be lost."""
    try:
        return decode(data, max_pixels=MAX_PIXELS, side=96).pixels.shape == (64, 96, 3)
    except UnsupportedImage:
        return True


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
