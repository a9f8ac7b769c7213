"""What is transparent has no colour."""

import numpy as np
import pytest
from PIL import Image

from tests.images import encoded
from tests.signatures.colors.drawn import BLUE, RED, disc
from udata_mediadb.imaging import decode
from udata_mediadb.recognition.colors import ColorsSignature, colors_of, read_palette

SIGNATURE = ColorsSignature()
GROUND = (255, 255, 255)


def described(image, name="PNG", **options):
    data = encoded(image, name, **options)
    return SIGNATURE.describe(decode(data, max_pixels=10**7, side=1024))


def logo(opacity_around=0):
    """A red disc with a hole; what is around it and in it is transparent."""
    drawn = disc(RED, GROUND)
    around = (drawn == 255).all(axis=2)
    return Image.fromarray(np.dstack([drawn, np.where(around, opacity_around, 255)]).astype("u1"))


def palette_logo():
    image = Image.new("P", (320, 240))
    image.putpalette([*GROUND, *RED])
    image.putdata((disc(RED, GROUND)[..., 1] == RED[1]).ravel().astype(int).tolist())
    return image


FILES = {
    "PNG": lambda: described(logo()),
    "WebP": lambda: described(logo(), "WEBP", lossless=True),
    "lossy WebP": lambda: described(logo(), "WEBP", quality=90),
    "palette PNG": lambda: described(palette_logo(), transparency=0),
    "palette PNG with opacities": lambda: described(palette_logo(), transparency=b"\0\xff"),
    "GIF": lambda: described(palette_logo(), "GIF", transparency=0),
}


@pytest.mark.parametrize("name", FILES)
def test_transparent_logo_has_its_own_colour_only(name):
    found = FILES[name]()
    listed = colors_of(found.with_background())
    assert [entry["class"] for entry in listed if entry["weight"] > 0.02] == ["red"]
    assert found.background is None
    assert SIGNATURE.vectors(found).shape == (1, 32)
    assert SIGNATURE.verify(read_palette(["#c81e28"]), found).distance < 0.1


def test_opaque_logo_on_white_has_white_in_it():
    found = described(logo(opacity_around=255))
    assert found == described(disc(RED, GROUND))
    assert found.background == GROUND


def test_more_than_half_transparent_does_not_count():
    assert described(logo(opacity_around=100)).background is None
    assert described(logo(opacity_around=200)).background is not None


def test_background_within_what_is_opaque_is_found():
    """A sheet of blue with a disc on it, transparent in one corner."""
    drawn = disc(RED, BLUE)
    opacity = np.full(drawn.shape[:2], 255, np.uint8)
    opacity[:40, :40] = 0
    found = described(Image.fromarray(np.dstack([drawn, opacity])))
    assert np.abs(np.subtract(found.background, BLUE)).max() <= 2


@pytest.mark.parametrize("name", ["PNG", "WEBP", "GIF"])
def test_fully_transparent_picture_is_white(name):
    found = described(Image.new("RGBA", (60, 40), (200, 30, 40, 0)), name)
    assert found.swatches.tolist() == [[255, 255, 255]]
    assert SIGNATURE.loads(SIGNATURE.dumps(found)) == found
