"""What a picture says of its transparency; its pixels are on white all the same."""

import numpy as np
import pytest
from PIL import Image

from tests import images
from udata_mediadb.imaging import decode, reencode

MAX_PIXELS = 10_000_000
LOSSLESS = {"WEBP": {"lossless": True}}


def opened(data, side=1024):
    return decode(data, max_pixels=MAX_PIXELS, side=side)


def quadrants_with(alpha):
    """(64, 96, 4) with these four opacities, row by row."""
    opacity = np.repeat(np.repeat(np.reshape(alpha, (2, 2)), 32, axis=0), 48, axis=1)
    return np.dstack([images.quadrants(), opacity.astype(np.uint8)])


def corners(opacity):
    return [int(opacity[y, x]) for y in (16, 48) for x in (24, 72)]


@pytest.mark.parametrize("name", ["PNG", "WEBP", "TIFF"])
def test_opacity_is_that_of_the_file(name):
    data = images.encoded(quadrants_with([0, 128, 255, 7]), name, **LOSSLESS.get(name, {}))
    opacity = opened(data).opacity
    assert opacity.dtype == np.uint8
    assert opacity.shape == (64, 96)
    assert opacity.flags.c_contiguous
    assert corners(opacity) == [0, 128, 255, 7]


@pytest.mark.parametrize(
    ("name", "transparency"), [("PNG", 0), ("PNG", bytes([0, 255, 255, 255])), ("GIF", 0)]
)
def test_transparent_entries_of_a_palette_are_known(name, transparency):
    palette = Image.new("P", (96, 64))
    palette.putpalette([*images.RED, *images.GREEN, *images.BLUE, *images.WHITE])
    palette.paste(1, (48, 0, 96, 64))
    data = images.encoded(palette, name, transparency=transparency)
    assert corners(opened(data).opacity) == [0, 255, 0, 255]


@pytest.mark.parametrize(("mode", "color"), [("RGB", (220, 30, 30)), ("L", 30)])
def test_transparent_colour_without_alpha_channel_is_known(mode, color):
    image = Image.fromarray(images.quadrants()).convert(mode)
    image.paste(color, (0, 0, 48, 32))
    opacity = opened(images.encoded(image, "PNG", transparency=color)).opacity
    assert corners(opacity) == [0, 255, 255, 255]


def test_grey_with_alpha_is_known():
    grey = np.zeros((8, 8, 2), np.uint8)
    grey[4:, :, 1] = 255
    opacity = opened(images.encoded(Image.fromarray(grey, "LA"), "PNG")).opacity
    assert opacity[:, 0].tolist() == [0] * 4 + [255] * 4


@pytest.mark.parametrize("name", ["JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF"])
def test_opaque_pictures_have_none(name):
    assert opened(images.encoded(images.quadrants(), name)).opacity is None


@pytest.mark.parametrize("name", ["PNG", "WEBP", "TIFF"])
def test_alpha_channel_that_hides_nothing_is_none(name):
    assert opened(images.encoded(quadrants_with([255] * 4), name)).opacity is None


@pytest.mark.parametrize("name", ["PNG", "WEBP", "TIFF", "GIF"])
def test_fully_transparent_picture_has_no_opacity_anywhere(name):
    picture = opened(images.encoded(quadrants_with([0] * 4), name, **LOSSLESS.get(name, {})))
    assert not picture.opacity.any()
    assert (picture.pixels == 255).all()


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("name", ["PNG", "WEBP", "TIFF"])
def test_opacity_is_turned_and_reduced_as_the_pixels_are(name, orientation):
    stored = images.stored_for(quadrants_with([0, 255, 255, 255]), orientation)
    options = LOSSLESS.get(name, {})
    data = images.encoded(stored, name, exif=images.exif(orientation), **options)
    for side in (96, 40):
        picture = opened(data, side)
        assert picture.opacity.shape == picture.pixels.shape[:2]
        assert picture.opacity.flags.c_contiguous
        hidden = picture.opacity == 0
        assert 0.24 < hidden.mean() < 0.26
        assert hidden[0, 0]
        assert (picture.pixels[hidden] == 255).all()


@pytest.mark.parametrize("size", [(1, 1), (1, 900), (900, 1), (3, 2000)])
def test_extreme_shapes_keep_both_alike(size):
    data = images.encoded(Image.new("RGBA", size, (255, 0, 0, 90)), "PNG")
    picture = opened(data, 128)
    assert picture.opacity.shape == picture.pixels.shape[:2]
    assert (picture.opacity == 90).all()


def test_a_transparent_value_of_16_bit_grey_is_not_looked_at():
    """Pillow drops it; the picture is shown whole, in its own greys."""
    grey = np.repeat(np.array([0, 100, 30_000, 65_535], np.uint16), 16)[None].repeat(32, axis=0)
    data = images.encoded(Image.fromarray(grey), "PNG", transparency=100)
    assert opened(data).opacity is None
    clean, mime = reencode(data, max_pixels=MAX_PIXELS, max_side=1024)
    assert mime == "image/jpeg"
    assert abs(int(opened(clean).pixels[16, 40, 0]) - 30_000 // 257) < 4
