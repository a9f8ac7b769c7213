"""Pictures that are cut off or oddly ended: what is taken, what is refused, and in which words."""

import pytest
from PIL import Image

from tests import images
from udata_mediadb.errors import UnsupportedImage
from udata_mediadb.imaging import decode

from .imaging_tones import MAX_PIXELS, saved


def jpeg(*, progressive: bool) -> bytes:
    return saved(
        Image.fromarray(images.photo(5, 320, 240)), "JPEG", quality=85, progressive=progressive
    )


@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_without_its_end_mark_is_taken_where_all_pixels_are_there(progressive: bool) -> None:
    data = jpeg(progressive=progressive)
    whole = decode(data, max_pixels=MAX_PIXELS, side=320).pixels

    for same in (data[:-2], data[:-2] + b"\xff", data + bytes(5000), data + b"\xff\xd9"):
        assert (decode(same, max_pixels=MAX_PIXELS, side=320).pixels == whole).all()


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("share", [0.4, 0.6])
@pytest.mark.parametrize("end", [b"", b"\xff\xd9"])
def test_a_jpeg_that_was_cut_off_is_refused_and_a_query_takes_what_is_there(
    progressive: bool, share: float, end: bytes
) -> None:
    data = jpeg(progressive=progressive)
    cut = data[: int(len(data) * share)] + end

    with pytest.raises(UnsupportedImage, match="the data end early"):
        decode(cut, max_pixels=MAX_PIXELS, side=320)
    lenient = decode(cut, max_pixels=MAX_PIXELS, side=320, lenient=True)
    assert lenient.pixels.shape == (240, 320, 3)


@pytest.mark.parametrize("end", [b"", b"\xff\xd9"])
@pytest.mark.parametrize("more", [0, 1, 2, 200])
def test_a_progressive_jpeg_that_lacks_its_last_scan_is_refused(end: bytes, more: int) -> None:
    data = jpeg(progressive=True)
    last = data.rindex(b"\xff\xda")
    cut = data[: last + more] + end

    with pytest.raises(UnsupportedImage, match="the data end early"):
        decode(cut, max_pixels=MAX_PIXELS, side=320)
    assert decode(cut, max_pixels=MAX_PIXELS, side=320, lenient=True).width == 320


# what lies behind "Photoshop 3.0": the beginning of a block that says more than there is
PHOTOSHOP = [b"8BIM", b"8BIM\x04\x04", b"8BIM\x04\x04\xff", b"8BIM\x03\xed\0\0\0\0\0\x10ab", b""]


@pytest.mark.parametrize("block", PHOTOSHOP)
def test_photoshops_notes_do_not_keep_a_jpeg_from_being_read(block: bytes) -> None:
    segment = (0xED, b"Photoshop 3.0\0" + block)
    data = images.jpeg_with_segments(jpeg(progressive=False), segment)
    plain = decode(jpeg(progressive=False), max_pixels=MAX_PIXELS, side=320).pixels

    assert (decode(data, max_pixels=MAX_PIXELS, side=320).pixels == plain).all()


# the first bytes of what people send, and what the refusal calls it
NAMED = [
    (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC"),
    (b"\0\0\0\x1cftypmif1\0\0\0\0mif1heixmiaf", "HEIC"),
    (b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41", "video"),
    (b"\xff\x0a" + bytes(40), "JPEG XL"),
    (b"\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL"),
    (b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000"),
    (b"<?xml version='1.0'?>\n<!-- x -->\n<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
    (b"<!DOCTYPE html><html>", "web page"),
    (b"%PDF-1.7\n", "PDF"),
    (b"8BPS\0\1", "Photoshop"),
    (b"PK\x03\x04", "ZIP"),
    (b"hello", "Not an image"),
]


@pytest.mark.parametrize(("data", "name"), NAMED)
def test_a_refusal_names_what_was_sent(data: bytes, name: str) -> None:
    with pytest.raises(UnsupportedImage, match=name):
        decode(data, max_pixels=MAX_PIXELS, side=64)
