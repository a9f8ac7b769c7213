"""What two pictures share beside the keypoints: copies, shared prints, frames, and series."""

import cv2
import numpy as np
import pytest

from tests.contracts.pictures import picture, pixels
from udata_mediadb.recognition.match.signature import MatchSignature

SIGNATURE = MatchSignature()
LOGO = cv2.resize(pixels(99), (200, 130), interpolation=cv2.INTER_AREA)  # 8 % of a picture


def verify(query, reference):
    return SIGNATURE.verify(*(SIGNATURE.describe(picture(p)) for p in (query, reference)))


def with_logo(seed):
    marked = pixels(seed).copy()
    marked[-140:-10, -210:-10] = LOGO
    return marked


def with_band(seed):
    marked = pixels(seed).copy()
    marked[-60:] = cv2.resize(pixels(98), (640, 60), interpolation=cv2.INTER_AREA)
    return marked


def with_lower_third(seed):
    """As a channel lays it over all that it shows: a fifth of the picture."""
    marked = pixels(seed).copy()
    marked[-150:-55, 30:560] = cv2.resize(pixels(97), (530, 95), interpolation=cv2.INTER_AREA)
    marked[-30:] = cv2.resize(pixels(96), (640, 30), interpolation=cv2.INTER_AREA)
    return marked


def with_layout(seed):
    """Head, foot and sides of a poster, and another picture in it."""
    laid = pixels(95).copy()
    laid[70:400, 60:580] = cv2.resize(pixels(seed), (520, 330), interpolation=cv2.INTER_AREA)
    return laid


def code(seed):
    """Squares at random, with the marks in three corners that all such codes have."""
    modules = np.random.default_rng(seed).integers(0, 2, (33, 33))
    for y, x in ((0, 0), (0, 26), (26, 0)):
        modules[max(0, y - 1) : y + 8, max(0, x - 1) : x + 8] = 0
        modules[y : y + 7, x : x + 7] = 1
        modules[y + 1 : y + 6, x + 1 : x + 6] = 0
        modules[y + 2 : y + 5, x + 2 : x + 5] = 1
    padded = np.pad(1 - modules, 4, constant_values=1)
    grey = np.kron(padded, np.ones((12, 12))).astype(np.uint8) * 255
    return np.repeat(grey[:, :, None], 3, axis=2)


def chart(seed):
    """Bars of other heights over the same axes and labels."""
    heights = np.random.default_rng(seed).integers(20, 380, 12)
    drawn = np.full((500, 800, 3), 255, np.uint8)
    for i in range(6):
        cv2.putText(drawn, str(i * 20), (12, 446 - i * 80), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (0,) * 3)
        cv2.line(drawn, (60, 450 - i * 80), (780, 450 - i * 80), (220,) * 3)
    for i, height in enumerate(heights):
        cv2.rectangle(drawn, (80 + i * 58, 450 - height), (118 + i * 58, 450), (31, 119, 180), -1)
        label = "JFMAMJJASOND"[i] + "an"
        cv2.putText(drawn, label, (76 + i * 58, 476), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (0,) * 3)
    return drawn


def card(seed):
    """One of a series: the same frame and texts, another motif in the middle."""
    drawn = pixels(77).copy()
    drawn[150:330, 220:420] = cv2.resize(pixels(seed), (200, 180), interpolation=cv2.INTER_AREA)
    return drawn


# (what both show, so that it is named a shared part)
SHARED = {
    "a logo": with_logo,
    "a band": with_band,
    "a lower third": with_lower_third,
    "a layout": with_layout,
    "marks of a code": code,
    "axes": chart,
}


@pytest.mark.parametrize("name", SHARED)
def test_what_is_only_printed_on_both_is_a_shared_part(name):
    comparison = verify(SHARED[name](21), SHARED[name](3))
    assert comparison is None or comparison.decision in ("shared_part", "rejected_geometry")
    assert comparison is None or comparison.distance >= 0.5


@pytest.mark.parametrize("name", SHARED)
def test_a_copy_with_such_a_print_is_a_clone(name):
    query = cv2.resize(SHARED[name](3), None, fx=0.7, fy=0.7, interpolation=cv2.INTER_AREA)
    comparison = verify(query, SHARED[name](3))
    assert comparison.decision == "clone"
    assert comparison.details["agreement"] > 0.95


@pytest.mark.parametrize("laid_on", (with_lower_third, with_layout))
def test_what_is_in_such_a_print_is_found_without_it(laid_on):
    assert verify(laid_on(3), pixels(3)).decision in ("clone", "match")


def test_a_copy_of_which_a_third_is_hidden_is_a_match():
    hidden = pixels(3).copy()
    hidden[:, :220] = cv2.resize(pixels(94), (220, 480), interpolation=cv2.INTER_AREA)
    assert verify(hidden, pixels(3)).decision == "match"


def test_a_shared_part_says_how_much_agrees_and_how_little_that_promises():
    shared, copy = verify(with_logo(21), with_logo(3)), verify(with_logo(3)[:, 60:], with_logo(3))
    assert shared.decision == "shared_part"
    assert shared.details["decision"] == "Rejection due to shape of the matching box"
    assert shared.details["agreement"] < 0.3 < copy.details["agreement"]
    assert shared.details["confidence"] < copy.details["confidence"] < 1
    assert copy.details["false_accepts"] > shared.details["false_accepts"]


def test_a_logo_itself_is_found_in_the_picture_that_shows_it():
    assert verify(LOGO, with_logo(3)).decision == "match"
    assert verify(with_logo(3), LOGO).decision == "match"


def test_pictures_of_one_series_are_no_clones_and_the_own_one_is_nearest():
    stored = [SIGNATURE.describe(picture(card(seed))) for seed in range(4)]
    query = SIGNATURE.describe(picture(cv2.resize(card(2), (448, 336), cv2.INTER_AREA)))
    found = [SIGNATURE.verify(query, one) for one in stored]
    assert [one.decision for one in found] == ["match", "match", "clone", "match"]
    assert min(range(4), key=lambda i: found[i].distance) == 2


def test_clones_are_ordered_by_their_colours():
    tinted = pixels(5).copy()
    tinted[:, :, 0] = np.clip(tinted[:, :, 0].astype(int) + 30, 0, 255)
    tinted[:, :, 2] = np.clip(tinted[:, :, 2].astype(int) - 30, 0, 255)
    same, other = verify(pixels(5), pixels(5)), verify(pixels(5), tinted)
    assert (same.decision, same.distance) == ("clone", 0)
    assert (other.decision, other.distance > 0) == ("clone", True)


@pytest.mark.parametrize("size", [(1, 1), (400, 300), (20, 3000)])
@pytest.mark.parametrize("value", [0, 255, 90])
def test_the_same_flat_picture_is_a_clone_of_itself_and_of_no_other(size, value):
    flat = np.full((*size[::-1], 3), value, np.uint8)
    same = verify(flat, flat)
    assert (same.decision, same.distance) == ("clone", 0.0)
    for other in (flat // 2 + 60, np.full((size[1] + 7, size[0], 3), value, np.uint8)):
        compared = verify(flat, other)
        assert compared is None or not compared.accepted


def on_dark(seed):
    """A view in the middle of an even tone, as on a wallpaper."""
    drawn = np.full((480, 640, 3), 30, np.uint8)
    drawn[40:440, 220:600] = pixels(seed)[40:440, 220:600]
    return drawn


def watermarked(drawn):
    layer = np.zeros_like(drawn)
    for row in range(0, 540, 60):
        for column in range(-row % 180 - 180, 640, 180):
            cv2.putText(layer, "SAMPLE", (column, row), cv2.FONT_HERSHEY_SIMPLEX, 1, (255,) * 3, 2)
    return cv2.addWeighted(drawn, 1, layer, 0.35, 0)


@pytest.mark.parametrize("seed", (3, 4, 6))
def test_a_watermark_over_an_even_tone_leaves_a_copy(seed):
    comparison = verify(watermarked(on_dark(seed)), on_dark(seed))
    assert comparison.decision in ("clone", "match")
    assert comparison.details["agreement"] < 0.75  # what is laid on shows where nothing was


@pytest.mark.parametrize("seeds", ((6, 27), (20, 22), (21, 23)))
def test_charts_whose_bars_are_nearly_as_high_are_no_copies(seeds):
    comparison = verify(*(chart(seed) for seed in seeds))
    assert comparison.decision == "shared_part"
