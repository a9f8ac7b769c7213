"""What a picture's description holds: swatches, shares, background."""

import numpy as np
import pytest

from tests.signatures.colors.drawn import BLUE, GREEN, RED, SAND, disc, jpeg, ragged, stripes
from udata_mediadb.recognition.colors import colors_of, describe_pixels
from udata_mediadb.recognition.colors.description import ColorsDescription
from udata_mediadb.recognition.colors.distance import emd
from udata_mediadb.recognition.colors.oklab import from_rgb

WHITE, BLACK = (255, 255, 255), (0, 0, 0)


def shares_of(description):
    return {
        tuple(s): w for s, w in zip(description.swatches.tolist(), description.weights, strict=True)
    }


def share_near(description, colour):
    """The weight of the swatches that look like the colour."""
    apart = np.linalg.norm(description.points - from_rgb(colour), axis=1)
    return float(description.weights[apart < 0.05].sum())


def test_stripes_give_their_colours_and_shares_exactly():
    found = describe_pixels(
        stripes(RED, BLUE, SAND, shares=[0.5, 0.3, 0.2]), ignore_background=False
    )
    assert list(shares_of(found)) == [RED, BLUE, SAND]
    assert found.weights == pytest.approx([0.5, 0.3, 0.2], abs=0.02)


def test_a_flat_picture_has_one_swatch():
    found = describe_pixels(np.full((200, 300, 3), SAND, np.uint8))
    assert shares_of(found) == {SAND: 1.0}
    assert found.background is None


@pytest.mark.parametrize("shape", [(1, 1), (3, 10_000), (10_000, 3), (1, 4000), (7, 7), (113, 2)])
def test_a_picture_of_any_shape_has_a_palette(shape):
    found = describe_pixels(np.full((*shape, 3), BLUE, np.uint8))
    assert shares_of(found) == {BLUE: 1.0}
    assert np.isfinite(found.vector).all()


@pytest.mark.parametrize("seed", range(12))
def test_palettes_of_ragged_areas_are_near_the_truth_after_jpeg(seed):
    drawn, colours, shares = ragged(seed)
    found = describe_pixels(jpeg(drawn, 75), ignore_background=False)
    known = ColorsDescription(colours, shares, found.vector)
    assert emd(found.signature, known.signature) < 0.035


def test_a_picture_never_has_more_than_eight_swatches():
    noise = np.random.default_rng(3).integers(0, 256, (300, 300, 3), dtype=np.uint8)
    found = describe_pixels(noise)
    assert len(found) <= 8
    assert found.weights.sum() == pytest.approx(1)
    assert (np.diff(found.weights) <= 0).all()


def test_edges_give_no_colours_of_their_own():
    found = describe_pixels(jpeg(stripes(*[RED, BLUE] * 6), 75), ignore_background=False)
    apart = np.linalg.norm(
        found.points[:, None] - describe_pixels(stripes(RED, BLUE)).points, axis=2
    )
    assert found.weights[apart.min(axis=1) > 0.15].sum() < 0.05


class TestBackground:
    def test_is_ignored_and_kept_apart(self):
        found = describe_pixels(disc(RED, WHITE))
        assert found.background == WHITE
        assert 0.7 < found.background_share < 0.9
        assert share_near(found, RED) > 0.85

    def test_within_the_object_is_ignored_when_asked(self):
        found = describe_pixels(disc(RED, WHITE), ignore_interior=True)
        assert share_near(found, RED) > 0.95

    def test_can_be_kept(self):
        found = describe_pixels(disc(RED, WHITE), ignore_background=False)
        assert found.background is None
        assert share_near(found, WHITE) > 0.7

    def test_put_back_gives_the_whole_picture(self):
        found = describe_pixels(disc(RED, BLUE)).with_background()
        whole = describe_pixels(disc(RED, BLUE), ignore_background=False)
        assert emd(found.signature, whole.signature) < 0.01
        assert np.linalg.norm(found.vector - whole.vector) < 0.01
        assert found.background is None
        assert found.with_background() == found

    def test_of_two_colours_is_none(self):
        assert describe_pixels(stripes(RED, BLUE)).background is None

    def test_that_leaves_next_to_nothing_speaks_itself(self):
        found = describe_pixels(disc(RED, WHITE, radius=10))
        assert found.background is None
        assert share_near(found, WHITE) > 0.95

    @pytest.mark.parametrize("grey", [0, 255, 128])
    def test_of_a_frame_is_the_frame_alone(self, grey):
        inner = stripes(SAND, BLACK, RED, WHITE, GREEN, shares=[0.1, 0.3, 0.1, 0.3, 0.2])
        framed = np.full((240, 340, 3), grey, np.uint8)
        framed[20:-20, 20:-20] = inner
        found = describe_pixels(jpeg(framed, 85))
        alone = describe_pixels(inner)
        assert emd(found.signature, alone.signature) < 0.03


class TestTransparency:
    def test_transparent_pixels_do_not_count(self):
        opacity = np.zeros((200, 300), np.uint8)
        opacity[:, :150] = 255
        found = describe_pixels(stripes(RED, BLUE), opacity)
        assert shares_of(found) == pytest.approx({RED: 1.0}, abs=0.02)

    def test_a_fully_transparent_picture_shows_what_its_pixels_have(self):
        found = describe_pixels(stripes(RED, BLUE), np.zeros((200, 300), np.uint8))
        assert set(shares_of(found)) == {RED, BLUE}


def test_colours_for_json_have_hex_weight_name_class_and_rank():
    found = colors_of(describe_pixels(stripes(RED, BLUE, shares=[0.75, 0.25])))
    assert [entry["hex"] for entry in found] == ["#c81e28", "#1a4f8a"]
    assert [entry["class"] for entry in found] == ["red", "dark blue"]
    assert found[0]["weight"] == pytest.approx(0.75, abs=0.01)
    assert found[0]["rank"] < found[1]["rank"]
