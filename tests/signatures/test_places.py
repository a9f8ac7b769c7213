"""Where few keypoints are found twice, the query is described at the reference's own."""

import cv2
import numpy as np
import pytest

from tests.contracts.pictures import picture
from tests.signatures.test_appearance import soft
from udata_mediadb.recognition.match.described_there import described_there
from udata_mediadb.recognition.match.places import shown_by_places, stretch, surprise, visible_box
from udata_mediadb.recognition.match.signature import MatchSignature
from udata_mediadb.recognition.match.whole import whole

SIGNATURE = MatchSignature()


def described(pixels):
    return SIGNATURE.describe(picture(pixels))


def striped(pixels):
    """Under a grille of fine lines, which take nearly all keypoints."""
    seen = pixels.copy()
    seen[:, ::40] = 255
    return seen


def stamped(pixels):
    """Under a watermark: letters all over it."""
    over = pixels.copy()
    for y in range(40, pixels.shape[0], 60):
        for x in range(-30, pixels.shape[1], 150):
            place = (x + (y % 120) // 2, y)
            cv2.putText(over, "SAMPLE", place, cv2.FONT_HERSHEY_SIMPLEX, 1.1, (255,) * 3, 2)
    return cv2.addWeighted(over, 0.4, pixels, 0.6, 0)


COPIES = [(striped, 3), (striped, 4), (striped, 15)]


@pytest.mark.parametrize(("way", "seed"), COPIES)
def test_a_second_look_proves_a_copy_by_what_lies_at_its_places(way, seed):
    query, reference = described(way(soft(seed))), described(soft(seed))
    first = SIGNATURE.verify(query, reference)
    assert first is None or not first.accepted
    again = SIGNATURE.verify_again(query, reference)
    assert again is not None and again.accepted
    assert again.details["agreement"] > 0.45 and again.details["inliers"] >= 20
    corners = np.array(again.details["homography_normalized"]).reshape(3, 3)
    assert cv2.perspectiveTransform(np.array([[[0.2, 0.2], [0.8, 0.7]]]), corners)[0] == (
        pytest.approx(np.array([[0.2, 0.2], [0.8, 0.7]]), abs=0.03)
    )


@pytest.mark.parametrize("way", [striped, stamped])
def test_others_under_the_same_lines_are_not_found_by_them(way):
    stored = [described(way(soft(seed))) for seed in range(20, 26)]
    for seed in range(4):
        query = described(way(soft(seed)))
        for reference in stored:
            again = SIGNATURE.verify_again(query, reference)
            assert again is None or not again.accepted


def test_a_picture_laid_over_itself_is_alike_at_each_of_its_places():
    query = described(soft(1))
    there = described_there(whole(query, query), query, query)
    assert len(there) > 20
    assert there.likeness.min() > 0.97
    assert there.own.mean() > 0.95


def test_a_negative_is_described_as_the_picture_that_it_is_of():
    query, reference = described(255 - soft(1)), described(soft(1))
    there = described_there(whole(query, reference, negative=True), query, reference)
    assert there.likeness.min() > 0.9


def test_another_picture_is_unlike_at_most_places():
    query, reference = described(soft(21)), described(soft(1))
    there = described_there(whole(query, reference), query, reference)
    assert (there.likeness > 0.7).mean() < 0.5
    assert shown_by_places(query, reference, [whole(query, reference)]) is None


def test_a_larger_copy_is_described_from_means_of_its_areas():
    part = soft(1, size=(1500, 2400))
    reference = described(part)
    query = described(part[450:1050, 700:1660])
    placed = SIGNATURE.best_of(query, reference)
    assert placed is not None
    there = described_there(placed[0], query, reference)
    assert len(there) >= 5
    assert np.median(there.likeness) > 0.9


def test_nothing_is_told_of_a_query_without_its_pixels():
    description = described(soft(3))
    query = SIGNATURE.loads(SIGNATURE.dumps(description))
    placed = [whole(description, description)]
    assert shown_by_places(description, description, placed) is not None
    assert shown_by_places(query, description, placed) is None


def test_a_box_is_what_the_query_shows_of_the_reference():
    half = np.array([[1.0, 0, -100], [0, 1, 0], [0, 0, 1]])
    box = visible_box(half, (200, 150), (300, 150))
    assert box.tolist() == [[99.5, -0.5], [299.5, -0.5], [299.5, 149.5], [99.5, 149.5]]


def test_a_stretched_placement_is_told_by_its_middle():
    assert stretch(np.diag([3.0, 1.5, 1]), (400, 300)) == pytest.approx(2)
    turned = np.array([[0.0, -2, 0], [2, 0, 0], [0, 0, 1]])
    assert stretch(turned, (400, 300)) == pytest.approx(1)


@pytest.mark.parametrize(("alike", "places", "least", "most"), [
    (10, 10, 5.2, 5.3), (20, 20, 10.4, 10.5), (6, 20, 0.2, 0.4), (0, 20, -0.01, 0.01),
])  # fmt: skip
def test_so_many_alike_places_are_a_surprise(alike, places, least, most):
    assert least < surprise(alike, places, 0.3) < most
