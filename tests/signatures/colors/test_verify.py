"""Which pictures have the colours of a query, and what they are told apart by."""

import cv2
import numpy as np
import pytest

from tests.contracts.pictures import picture
from tests.signatures.colors.drawn import BLUE, GREEN, RED, SAND, disc, jpeg, photo, stripes
from udata_mediadb.recognition.colors import ColorsSignature, describe_pixels, read_palette

SIGNATURE = ColorsSignature()
WHITE = (255, 255, 255)


def described(drawn):
    return SIGNATURE.describe(picture(np.ascontiguousarray(drawn)))


def verify(query, drawn):
    return SIGNATURE.verify(query, described(drawn))


def frame(drawn, grey):
    return cv2.copyMakeBorder(drawn, 48, 48, 64, 64, cv2.BORDER_CONSTANT, value=(grey,) * 3)


UNCHANGED = {
    "JPEG 75": lambda p: jpeg(p, 75),
    "JPEG 30": lambda p: jpeg(p, 30),
    "half the size": lambda p: cv2.resize(p, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA),
    "twice the size": lambda p: cv2.resize(p, None, fx=2, fy=2),
    "64 px": lambda p: cv2.resize(p, (64, 48), interpolation=cv2.INTER_AREA),
    "mirrored": lambda p: p[:, ::-1],
    "turned": np.rot90,
    "a white border": lambda p: frame(p, 255),
    "a black border": lambda p: frame(p, 0),
}


@pytest.mark.parametrize("change", UNCHANGED)
@pytest.mark.parametrize("seed", [1, 2])
def test_an_altered_picture_keeps_its_colours(change, seed):
    original = described(photo(seed))
    altered = described(UNCHANGED[change](photo(seed)))
    assert SIGNATURE.verify(altered, original).distance < 0.4
    assert np.linalg.norm(altered.vector - original.vector) < 0.12


def test_other_colours_are_rejected_and_say_so():
    comparison = verify(described(stripes(RED, SAND)), stripes(BLUE, GREEN))
    assert comparison.decision == "rejected_distance"
    assert comparison.distance > 0.9
    assert comparison.details["confidence"] < 0.1


def test_same_colours_are_similar_whatever_the_drawing():
    comparison = verify(described(stripes(RED, BLUE)), stripes(*[BLUE, RED] * 5))
    assert comparison.decision == "similar"
    assert comparison.distance < 0.1
    assert comparison.details["confidence"] > 0.95
    assert {entry["hex"] for entry in comparison.details["colors"]} == {"#c81e28", "#1a4f8a"}


def test_confidence_falls_as_distance_grows():
    query = described(stripes(RED, WHITE))
    shares = (0.5, 0.4, 0.3, 0.2, 0.1)
    found = [verify(query, stripes(RED, WHITE, shares=[s, 1 - s])) for s in shares]
    distances = [comparison.distance for comparison in found]
    confidences = [comparison.details["confidence"] for comparison in found]
    assert distances == sorted(distances)
    assert confidences == sorted(confidences, reverse=True)


def test_objects_on_different_grounds_are_compared_without_them():
    query = described(disc(RED, WHITE))
    assert verify(query, disc(RED, (20, 20, 20))).distance < 0.4
    assert verify(query, disc(BLUE, WHITE)).decision == "rejected_distance"


def test_a_palette_finds_a_picture_with_its_background_and_without():
    drawn = disc(RED, WHITE)
    share = describe_pixels(drawn).background_share
    whole = [{"color": "white", "weight": share}, {"color": "#c81e28", "weight": 1 - share}]
    assert verify(read_palette(whole), drawn).distance < 0.2
    assert verify(read_palette(["#c81e28"]), drawn).distance < 0.5


class TestWildcard:
    def test_asks_for_its_colours_only(self):
        query = read_palette([{"color": "#1a4f8a", "weight": 0.3}])
        assert (
            verify(query, stripes(RED, BLUE, SAND, GREEN, shares=[0.3, 0.3, 0.2, 0.2])).distance
            < 0.05
        )

    def test_half_of_what_is_asked_is_half_covered(self):
        query = read_palette([{"color": "#1a4f8a", "weight": 0.4}])
        found = verify(query, stripes(BLUE, SAND, shares=[0.2, 0.8]))
        assert found.distance == pytest.approx(0.5, abs=0.05)

    def test_what_is_not_there_is_at_distance_one(self):
        query = read_palette([{"color": "#1a4f8a", "weight": 0.4}])
        assert verify(query, stripes(RED, SAND)).distance == pytest.approx(1.0)

    def test_two_colours_do_not_share_one(self):
        query = read_palette([{"color": c, "weight": 0.4} for c in ("#1a4f8a", "#1b508b")])
        assert verify(query, stripes(BLUE, SAND, shares=[0.4, 0.6])).distance > 0.4

    def test_near_the_whole_picture_it_ranks_as_the_whole_picture_does(self):
        query = read_palette(
            [{"color": "#c81e28", "weight": 0.6}, {"color": "white", "weight": 0.35}]
        )
        near = verify(query, stripes(RED, WHITE, SAND, shares=[0.6, 0.35, 0.05]))
        far = verify(query, stripes(RED, WHITE, shares=[0.3, 0.7]))
        assert near.distance < 0.05 < far.distance


class TestVector:
    def test_of_a_picture_and_of_its_palette_lie_together(self):
        found = described(stripes(RED, BLUE))
        query = read_palette(["#c81e28", "#1a4f8a"])
        assert np.linalg.norm(SIGNATURE.vectors(found)[0] - SIGNATURE.vectors(query)[0]) < 0.01

    def test_of_a_wildcard_points_at_pictures_full_of_its_colours(self):
        query = SIGNATURE.vectors(read_palette([{"color": "#1a4f8a", "weight": 0.3}]))
        blue, red = (SIGNATURE.vectors(described(stripes(*c))) for c in ([BLUE], [RED, SAND]))
        assert np.linalg.norm(query - blue) < np.linalg.norm(query - red)

    def test_there_are_two_where_there_is_a_background(self):
        assert SIGNATURE.vectors(described(stripes(RED, BLUE))).shape == (1, 32)
        assert SIGNATURE.vectors(described(disc(RED, WHITE))).shape == (2, 32)

    def test_grows_with_the_distance_of_the_colours(self):
        query = described(stripes(RED, WHITE))
        vectors = [
            SIGNATURE.vectors(described(stripes(RED, WHITE, shares=[s, 1 - s])))
            for s in (0.5, 0.4, 0.3, 0.2)
        ]
        apart = [float(np.linalg.norm(v - SIGNATURE.vectors(query))) for v in vectors]
        assert apart == sorted(apart)
        assert all(v.dtype == np.float32 for v in vectors)
