"""Palette queries: what is read, what is refused and why."""

import re

import numpy as np
import pytest
from PIL import ImageColor

from udata_mediadb.recognition.colors import (
    ColorsSignature,
    colors_of,
    describe_pixels,
    read_palette,
)
from udata_mediadb.recognition.colors.css import COLOURS, parse

SIGNATURE = ColorsSignature()


def read(value):
    found = read_palette(value)
    swatches = ["#{:02x}{:02x}{:02x}".format(*swatch) for swatch in found.swatches.tolist()]
    return dict(zip(swatches, found.weights.tolist(), strict=True)), found.missing


NAVY, WHITE = "#000080", "#ffffff"


def of(color, weight):
    return {"color": color, "weight": weight}


# (what is given, the share of each colour, the wildcard)
READ = [
    # weights are shares, the rest is the wildcard
    ([of("navy", 0.3)], {NAVY: 0.3}, 0.7),
    ([of("navy", 1)], {NAVY: 1.0}, 0.0),
    ([of("#008", 0.3), of("#FFF", 0.2)], {"#000088": 0.3, WHITE: 0.2}, 0.5),
    # without weights they are equal and fill the picture
    ([{"color": "navy"}], {NAVY: 1.0}, 0.0),
    (["navy", " White "], {NAVY: 0.5, WHITE: 0.5}, 0.0),
    # above a sum of 1 only the proportions count
    ([of("navy", 1), of("white", 2)], {NAVY: 1 / 3, WHITE: 2 / 3}, 0.0),
    ([of("navy", 60), of("white", 40)], {NAVY: 0.6, WHITE: 0.4}, 0.0),
    ([of("navy", 60), of("*", 40)], {NAVY: 0.6}, 0.4),
    # a named wildcard takes what is left
    (["navy", "*"], {NAVY: 0.5}, 0.5),
    # those without a weight share what the others leave
    ([of("navy", 0.3), "white"], {NAVY: 0.3, WHITE: 0.7}, 0.0),
    # rounded shares fill the picture
    ([of("navy", 0.33), of("white", 0.66)], {NAVY: 1 / 3, WHITE: 2 / 3}, 0.0),
    # the same colour twice adds up
    ([of("navy", 0.2), of("#000080", 0.1)], {NAVY: 0.3}, 0.7),
    ([{"color": "rebeccapurple"}], {"#663399": 1.0}, 0.0),
]  # fmt: skip


@pytest.mark.parametrize(("value", "shares", "missing"), READ)
def test_weights_are_read_as_shares_of_the_picture(value, shares, missing):
    found, wildcard = read(value)
    assert found == pytest.approx(shares, abs=1e-6)
    assert wildcard == pytest.approx(missing, abs=1e-6)


# (what is given, what the error says)
REFUSED = [
    ([], "1 to 10 colors, not 0"),
    (["red"] * 50, "1 to 10 colors, not 50"),
    (None, "a list"),
    ("red", "a list"),
    ({"color": "red"}, "a list"),
    ([["red", 1]], "is {"),
    ([7], "is {"),
    ([{"weight": 1}], "is text"),
    ([{"color": 7}], "is text"),
    ([{"color": "#12"}], "'#12' is not a color"),
    ([{"color": "#12345"}], "not a color"),
    ([{"color": "#gggggg"}], "not a color"),
    ([{"color": "blurple"}], "'blurple' is not a color"),
    ([{"color": ""}], "not a color"),
    ([{"color": "#٣٣٣"}], "not a color"),
    ([{"color": "red", "weight": 0}], "above 0"),
    ([{"color": "red", "weight": -1}], "above 0"),
    ([{"color": "red", "weight": float("nan")}], "above 0"),
    ([{"color": "red", "weight": float("inf")}], "above 0"),
    ([{"color": "red", "weight": 10**400}], "above 0"),
    ([{"color": "red", "weight": 1e-300}], "above 0"),
    ([{"color": "red", "weight": True}], "is a number, not True"),
    ([{"color": "red", "weight": "1"}], "is a number"),
    ([{"color": "red", "wieght": 1}], "not 'wieght'"),
    (["*"], "no color beside the wildcard"),
    ([{"color": "red", "weight": 1}, {"color": "blue"}], "1 of 2 colors have no weight"),
]


@pytest.mark.parametrize(("value", "message"), REFUSED)
def test_a_faulty_palette_is_refused_with_its_fault(value, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        read_palette(value)


def test_all_names_of_css_are_known():
    assert len(COLOURS) == 148
    for name in ImageColor.colormap:
        assert parse(name.upper()) == ImageColor.getrgb(name)


def test_the_colours_of_a_picture_can_be_asked_for():
    rng = np.random.default_rng(0)
    described = describe_pixels(rng.integers(0, 256, (6, 6, 3), dtype=np.uint8))
    query = read_palette(colors_of(described))
    assert SIGNATURE.verify(query, described).distance < 0.01


@pytest.mark.parametrize("value", [["navy"], ["navy", "*"], [{"color": "red", "weight": 0.0001}]])
def test_a_query_can_be_stored(value):
    query = read_palette(value)
    assert SIGNATURE.loads(SIGNATURE.dumps(query)) == query
