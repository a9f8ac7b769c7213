"""Smaller copies of pictures, and those that are served: size, profile, transparency."""

import re
from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageCms

from tests import images
from udata_mediadb.imaging import (
    decode,
    reencode,
    thumbnail,
)

from .imaging_opened import MAX_PIXELS, corners, difference, opened


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("side", [64, 200, 333, 1024])
def test_the_long_side_is_reduced_to_exactly_side(name, side):
    pixels = images.photo(3, 900, 600)
    picture = opened(images.encoded(pixels, name, quality=95), side=side)
    width = min(side, 900)
    assert picture.pixels.shape == (round(600 * width / 900), width, 3)
    assert (picture.width, picture.height) == (900, 600)


def test_a_jpeg_reduced_in_its_decoder_equals_the_reduced_original():
    pixels = images.photo(4, 2048, 1536)
    from_jpeg = opened(images.encoded(pixels, "JPEG", quality=97, subsampling=0), side=256)
    from_png = opened(images.encoded(pixels, "PNG", compress_level=1), side=256)
    assert difference(from_jpeg.pixels, from_png.pixels) < 1.5


@pytest.mark.parametrize(
    ("name", "size", "decoded"),
    [
        ("JPEG", (1152, 864), (1152, 864)),  # as it is
        ("PNG", (1300, 975), (1300, 975)),
        ("JPEG", (4000, 3000), (1000, 750)),  # a quarter, in the decoder
        ("PNG", (4000, 3000), (1024, 768)),
        ("JPEG", (1500, 1125), (1024, 768)),
        ("JPEG", (1000, 750), (1000, 750)),
        ("JPEG", (8064, 1008), (2016, 252)),  # a strip: twice the side
    ],
)
def test_about_so_large_is_as_it_comes_where_that_is_near(name, size, decoded):
    pixels = np.zeros((size[1], size[0], 3), np.uint8)
    picture = decode(images.encoded(pixels, name), max_pixels=MAX_PIXELS, side=1024, about=True)
    assert picture.pixels.shape[1::-1] == decoded
    assert (picture.width, picture.height) == size


def test_an_embedded_profile_is_converted_to_srgb():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = _swap_red_and_green(profile)
    for name in ("JPEG", "PNG", "WEBP", "TIFF"):
        data = images.encoded(images.quadrants(), name, icc_profile=swapped)
        red, green, *_ = corners(opened(data).pixels)
        assert red[1] > red[0], name
        assert green[0] > green[1], name


@pytest.mark.parametrize("profile", [b"x", b"\x00" * 128, b"\x00" * 16 + b"RGB " + b"\xff" * 200])
@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_a_damaged_profile_is_ignored(name, profile):
    data = images.encoded(images.quadrants(), name, icc_profile=profile)
    assert opened(data).pixels.shape == (64, 96, 3)


def test_a_thumbnail_is_a_small_jpeg():
    picture = opened(images.jpeg(5, 640, 480), side=1024)
    data, mime = thumbnail(picture, side=256)
    assert mime == "image/jpeg"
    small = opened(data)
    assert (small.format, small.width, small.height) == ("JPEG", 256, 192)


def test_a_thumbnail_is_never_enlarged():
    data, _ = thumbnail(opened(images.jpeg(5, 40, 30)), side=256)
    assert opened(data).width == 40


def test_a_reencoded_picture_has_no_metadata():
    comment = (0xFE, b"my secret comment")
    xmp = (0xE1, b"http://ns.adobe.com/xap/1.0/\x00my secret packet")
    data = images.encoded(images.stored_for(images.quadrants(), 6), exif=images.exif(6, gps=True))
    data = images.jpeg_with_segments(data, comment, xmp) + b"PK\x03\x04 my secret archive"
    clean, mime = reencode(data, max_pixels=MAX_PIXELS, max_side=4096)
    assert mime == "image/jpeg"
    assert not re.search(rb"Exif|secret|xap|ICC_PROFILE|PK\x03\x04", clean)
    with Image.open(BytesIO(clean)) as image:
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert difference(np.asarray(image), images.quadrants()) < 3


@pytest.mark.parametrize("name", ["PNG", "GIF", "WEBP", "TIFF"])
def test_reencoding_keeps_transparency_as_png(name):
    rgba = np.dstack([images.quadrants(), np.full((64, 96), 255, np.uint8)])
    rgba[:32, :48, 3] = 0
    options = {} if name == "GIF" else {"exif": images.exif(1, gps=True)}
    data = images.encoded(rgba, name, **options)
    clean, mime = reencode(data, max_pixels=MAX_PIXELS, max_side=48)
    assert mime == "image/png"
    assert b"eXIf" not in clean
    with Image.open(BytesIO(clean)) as image:
        assert (image.mode, image.size) == ("RGBA", (48, 32))
        assert image.getchannel("A").getextrema() == (0, 255)


def test_opaque_alpha_is_reencoded_as_jpeg():
    rgba = np.dstack([images.quadrants(), np.full((64, 96), 255, np.uint8)])
    clean, mime = reencode(images.encoded(rgba, "PNG"), max_pixels=MAX_PIXELS, max_side=4096)
    assert mime == "image/jpeg"
    assert difference(opened(clean).pixels, images.quadrants()) < 3


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "I;16", "F"])
def test_every_mode_is_reencoded(mode):
    image = Image.fromarray(images.quadrants()).convert("L" if mode in ("I;16", "F") else mode)
    if mode == "I;16":
        image = Image.fromarray(np.asarray(image).astype(np.uint16) * 257)
    data = images.encoded(image.convert("F") if mode == "F" else image, "TIFF")
    clean, mime = reencode(data, max_pixels=MAX_PIXELS, max_side=4096)
    assert mime == "image/jpeg"
    assert corners(opened(clean).pixels)[3][0] >= 250


def _swap_red_and_green(profile: bytes) -> bytes:
    """A profile whose red primary is green, and the other way round; not called sRGB any more."""
    return (
        profile.replace(b"rXYZ", b"?XYZ", 1)
        .replace(b"gXYZ", b"rXYZ", 1)
        .replace(b"?XYZ", b"gXYZ", 1)
        .replace("sRGB".encode("utf-16-be"), "test".encode("utf-16-be"))
        .replace(b"sRGB", b"test")
    )
