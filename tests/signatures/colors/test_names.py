"""Names and classes of colours, colours of many pictures together, and how many have one."""

import numpy as np
import pytest

from tests.signatures.colors.drawn import BLUE, GREEN, RED, SAND, stripes
from udata_mediadb.recognition.colors import (
    CLASSES,
    class_of,
    combined_colors,
    count_colors,
    describe_pixels,
    name_of,
    rank_of,
)
from udata_mediadb.recognition.colors.css import DISTINCT
from udata_mediadb.recognition.colors.oklab import from_rgb, to_rgb

CLASS = [
    ("red", "red"), ("maroon", "dark red"), ("lightcoral", "light red"), ("orange", "orange"),
    ("gold", "yellow"), ("olive", "dark yellow"), ("khaki", "light yellow"), ("lime", "green"),
    ("darkgreen", "dark green"), ("palegreen", "light green"), ("cyan", "cyan"),
    ("teal", "dark cyan"), ("blue", "blue"), ("navy", "dark blue"), ("lightskyblue", "light blue"),
    ("purple", "dark purple"), ("blueviolet", "purple"), ("plum", "light purple"),
    ("deeppink", "pink"), ("pink", "light pink"), ("white", "white"), ("#f8f8f8", "white"),
    ("silver", "light grey"), ("gray", "grey"), ("#404040", "dark grey"), ("black", "black"),
    ("#101010", "black"), ("#1a4f8a", "dark blue"),
]  # fmt: skip


@pytest.mark.parametrize(("color", "expected"), CLASS)
def test_colours_have_the_class_that_people_give_them(color, expected):
    assert class_of(color) == expected


def test_every_colour_has_one_of_29_classes():
    assert len(set(CLASSES)) == 29
    rng = np.random.default_rng(0)
    for red, green, blue in rng.integers(0, 256, (500, 3)).tolist():
        assert class_of((red, green, blue)) in CLASSES


def test_ranks_go_round_the_circle_of_hues():
    ranks = [rank_of(c) for c in ("red", "orange", "yellow", "lime", "cyan", "blue", "magenta")]
    assert ranks == sorted(ranks)
    assert rank_of("white") < rank_of("gray") < rank_of("black")


def test_each_css_colour_has_its_own_name():
    assert {name: name_of(name) for name in DISTINCT} == {name: name for name in DISTINCT}


@pytest.mark.parametrize(
    ("color", "name"), [("#00007f", "navy"), ("#fefefe", "white"), ((255, 0, 4), "red")]
)
def test_a_colour_is_called_by_the_nearest_name(color, name):
    assert name_of(color) == name


def test_the_colours_of_many_pictures_are_those_they_share():
    described = [describe_pixels(stripes(RED, c)) for c in (BLUE, GREEN, SAND, BLUE)]
    found = {entry["hex"]: entry["weight"] for entry in combined_colors(described)}
    assert found == pytest.approx(
        {"#c81e28": 0.5, "#1a4f8a": 0.25, "#288c3c": 0.125, "#dcc896": 0.125}, abs=0.01
    )


def test_the_colours_of_many_pictures_do_not_depend_on_their_order():
    described = [describe_pixels(stripes(RED, c)) for c in (BLUE, GREEN, SAND)]
    assert combined_colors(described) == combined_colors(described[::-1])


def test_no_pictures_have_no_colours():
    assert combined_colors([]) == []
    assert count_colors([], ["red"]) == [{"hex": "#ff0000", "name": "red", "any": 0, "large": 0}]


def test_pictures_are_counted_by_how_much_they_have_of_a_colour():
    described = [
        describe_pixels(stripes(RED, BLUE, shares=[0.8, 0.2])),
        describe_pixels(stripes(RED, BLUE, shares=[0.3, 0.7])),
        describe_pixels(stripes(GREEN, SAND)),
    ]
    found = count_colors(described, ["#c81e28", "#1a4f8a", "magenta"])
    assert [(entry["any"], entry["large"]) for entry in found] == [(2, 1), (2, 1), (0, 0)]


def test_rgb_survives_the_way_to_oklab_and_back():
    rgb = np.random.default_rng(0).integers(0, 256, (2000, 3), dtype=np.uint8)
    assert (to_rgb(from_rgb(rgb)) == rgb).all()
    assert from_rgb([[0, 0, 0], [255, 255, 255]])[:, 0] == pytest.approx([0, 1], abs=1e-3)
