"""Pictures of every kind that people send are decoded right, upright and clean."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image, features

from tests import images
from udata_mediadb.imaging import (
    MIME,
)

from .imaging_opened import corners, difference, opened

# format, Pillow options, largest mean difference that lossy coding explains
FORMATS = [
    ("JPEG", {"quality": 95, "subsampling": 0}, 4.0),
    ("JPEG", {"quality": 95, "subsampling": 0, "progressive": True}, 4.0),
    ("PNG", {}, 0.0),
    ("GIF", {}, 12.0),
    ("WEBP", {"quality": 95}, 9.0),
    ("WEBP", {"lossless": True}, 0.0),
    ("BMP", {}, 0.0),
    ("TIFF", {}, 0.0),
    ("TIFF", {"compression": "tiff_lzw"}, 0.0),
    ("TIFF", {"compression": "tiff_adobe_deflate", "big_tiff": True}, 0.0),
    ("TIFF", {"compression": "jpeg", "quality": 95}, 4.0),
    pytest.param(
        "AVIF",
        {"quality": 95},
        9.0,
        marks=pytest.mark.skipif("avif" not in features.modules, reason="this Pillow has no AVIF"),
    ),
]


@pytest.mark.parametrize(("name", "options", "loss"), FORMATS)
def test_each_format_is_decoded(name, options, loss):
    pixels = images.photo(1, 200, 150)
    picture = opened(images.encoded(pixels, name, **options))
    assert (picture.width, picture.height, picture.format) == (200, 150, name)
    assert picture.pixels.dtype == np.uint8
    assert picture.pixels.flags.c_contiguous
    assert difference(picture.pixels, pixels) <= loss


@pytest.mark.parametrize(("name", "options", "loss"), FORMATS)
def test_a_picture_has_its_format_and_size(name, options, loss):
    data = images.encoded(images.photo(1, 200, 150), name, **options)
    picture = opened(data)
    assert (picture.format, picture.width, picture.height) == (name, 200, 150)
    assert MIME[name].startswith("image/")


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_exif_orientation_is_applied(name, orientation):
    upright = images.quadrants(96, 64)
    stored = images.stored_for(upright, orientation)
    options = {"lossless": True} if name == "WEBP" else {}
    data = images.encoded(stored, name, exif=images.exif(orientation), **options)
    picture = opened(data)
    assert difference(picture.pixels, upright) < 3
    assert (picture.width, picture.height) == (96, 64)


@pytest.mark.parametrize(
    "block",
    [b"", b"II", b"II*\x00\xff\xff\xff\xff", images.exif(9), b"garbage" * 9, images.exif(6)[:20]],
)
def test_unreadable_orientation_counts_as_upright(block):
    segment = (0xE1, b"Exif\x00\x00" + block.removeprefix(b"Exif\x00\x00"))
    data = images.jpeg_with_segments(images.encoded(images.quadrants(), "JPEG"), segment)
    assert opened(data).pixels.shape == (64, 96, 3)


def test_sixteen_bit_grey_is_scaled_and_not_clipped():
    ramp = np.tile(np.linspace(0, 65535, 256).astype(np.uint16), (16, 1))
    for name in ("PNG", "TIFF"):
        pixels = opened(images.encoded(Image.fromarray(ramp), name)).pixels
        assert np.abs(pixels[8, :, 0].astype(int) - np.arange(256)).max() <= 1


def test_float_and_integer_tiff_are_scaled():
    ramp = np.tile(np.linspace(0, 1, 256).astype(np.float32), (16, 1))
    assert opened(images.encoded(Image.fromarray(ramp), "TIFF")).pixels[8, 128, 0] in (127, 128)
    heights = np.tile(np.linspace(-500, 4000, 256).astype(np.float32), (16, 1))
    for kind in (np.float32, np.int32):
        row = opened(images.encoded(Image.fromarray(heights.astype(kind)), "TIFF")).pixels[8]
        assert (row[0, 0], row[-1, 0]) == (0, 255)


def test_not_a_number_in_a_float_tiff_is_harmless():
    values = np.full((8, 8), 0.5, np.float32)
    values[0, :2] = np.nan, np.inf
    assert opened(images.encoded(Image.fromarray(values), "TIFF")).pixels[4, 4, 0] in (127, 128)


def test_cmyk_jpeg_keeps_its_colours():
    cmyk = Image.fromarray(images.quadrants()).convert("CMYK")
    data = images.encoded(cmyk, "JPEG", quality=95)
    assert b"Adobe" in data  # Pillow writes the inverted form, as Photoshop does
    assert difference(opened(data).pixels, images.quadrants()) < 6


def test_cmyk_tiff_keeps_its_colours():
    cmyk = Image.fromarray(images.quadrants()).convert("CMYK")
    assert difference(opened(images.encoded(cmyk, "TIFF")).pixels, images.quadrants()) < 3


@pytest.mark.parametrize("name", ["PNG", "WEBP", "TIFF"])
def test_transparency_becomes_white(name):
    rgba = np.dstack([images.quadrants(), np.full((64, 96), 255, np.uint8)])
    rgba[:32, :48, 3] = 0  # the red quadrant is invisible
    rgba[:32, 48:, 3] = 128  # the green one half so
    options = {"lossless": True} if name == "WEBP" else {}
    red, green, blue, white = corners(opened(images.encoded(rgba, name, **options)).pixels)
    assert red == (255, 255, 255)
    assert np.abs(np.subtract(green, (142, 207, 147))).max() <= 2
    assert (blue, white) == (images.BLUE, images.WHITE)


def test_grey_with_alpha_becomes_white():
    grey_alpha = np.zeros((8, 8, 2), np.uint8)
    grey_alpha[4:, :, 1] = 255
    pixels = opened(images.encoded(Image.fromarray(grey_alpha, "LA"), "PNG")).pixels
    assert (pixels[0, 0, 0], pixels[7, 0, 0]) == (255, 0)


@pytest.mark.parametrize(
    ("name", "transparency"), [("PNG", 0), ("PNG", bytes([0, 255, 255, 255])), ("GIF", 0)]
)
def test_palette_with_transparency_becomes_white(name, transparency):
    palette = Image.new("P", (96, 64))
    palette.putpalette([*images.RED, *images.GREEN, *images.BLUE, *images.WHITE])
    index = np.zeros((64, 96), np.uint8)
    index[:32, 48:], index[32:, :48], index[32:, 48:] = 1, 2, 3
    palette.putdata(index.ravel().tolist())
    data = images.encoded(palette, name, transparency=transparency)
    found = corners(opened(data).pixels)
    assert found == [images.WHITE, images.GREEN, images.BLUE, images.WHITE]


@pytest.mark.parametrize(("mode", "color"), [("RGB", (220, 30, 30)), ("L", 30)])
def test_a_transparent_colour_without_alpha_channel_becomes_white(mode, color):
    image = Image.fromarray(images.quadrants()).convert(mode)
    image.paste(color, (0, 0, 48, 32))
    data = images.encoded(image, "PNG", transparency=color)
    assert corners(opened(data).pixels)[0] == (255, 255, 255)


@pytest.mark.parametrize("name", ["PNG", "BMP", "TIFF", "GIF"])
def test_one_bit_pictures_are_black_and_white(name):
    bits = Image.fromarray(images.quadrants()).convert("L").point(lambda v: 255 * (v > 128), "1")
    pixels = opened(images.encoded(bits, name)).pixels
    assert set(np.unique(pixels)) == {0, 255}
    assert corners(pixels)[3] == (255, 255, 255)


@pytest.mark.parametrize("name", ["GIF", "WEBP", "PNG"])
def test_an_animation_gives_its_first_frame(name):
    first, second = images.quadrants(), images.photo(2, 96, 64)
    frames = [Image.fromarray(second)]
    options = {"lossless": True} if name == "WEBP" else {}
    data = images.encoded(first, name, save_all=True, append_images=frames, **options)
    assert Image.open(BytesIO(data)).is_animated
    assert difference(opened(data).pixels, first) < 3


def test_a_gif_frame_beyond_its_canvas_is_shown_whole():
    data = bytearray(images.encoded(images.quadrants(), "GIF"))
    data[6:10] = b"\x01\x00\x01\x00"
    assert difference(opened(bytes(data)).pixels, images.quadrants()) < 3


@pytest.mark.parametrize("name", ["JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF"])
@pytest.mark.parametrize("size", [(1, 1), (1, 700), (10_000, 3), (3, 10_000)])
def test_extreme_shapes_are_decoded(name, size):
    data = images.encoded(Image.new("RGB", size, images.BLUE), name)
    picture = opened(data, side=1024)
    assert (picture.width, picture.height) == size
    assert max(picture.pixels.shape[:2]) == min(2048, max(size))  # twice the side: a strip
    assert min(picture.pixels.shape[:2]) >= 1
    assert np.abs(picture.pixels.astype(int) - images.BLUE).max() <= 3


def test_an_interlaced_png_is_decoded():
    pixels = images.photo(6, 61, 43)
    assert difference(opened(images.png_interlaced(pixels)).pixels, pixels) == 0
