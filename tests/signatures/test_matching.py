"""Tentative matches: cosines, rivals, and the descriptors of a close look."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.contracts.pictures import picture, pixels
from udata_mediadb.recognition.match.alignment import align
from udata_mediadb.recognition.match.features import describe, describe_closely, find_keypoints
from udata_mediadb.recognition.match.geometry import distinct_places
from udata_mediadb.recognition.match.matching import rivals, similarities, tentative_matches

QUERY, REFERENCE = (describe(picture(pixels(seed))) for seed in (1, 2))
SAME_PLACE_PX = 4.0


def test_similarities_are_cosines_of_the_vectors() -> None:
    apart = QUERY.vectors[:, None].astype(np.float64) - REFERENCE.vectors[None]

    expected = 1 - (apart**2).sum(axis=2) / 2
    assert np.allclose(similarities(QUERY, REFERENCE), expected, atol=1e-5)


def test_a_rival_is_the_best_that_lies_elsewhere() -> None:
    similarity = similarities(QUERY, REFERENCE)
    best = similarity.argmax(axis=1)
    xy = REFERENCE.xy

    found = rivals(similarity, best, REFERENCE)
    for row, matched, rival in zip(similarity, best, found, strict=True):
        elsewhere = np.abs(xy - xy[matched]).sum(axis=1) >= SAME_PLACE_PX
        assert rival == row[elsewhere].max()


def test_the_cosines_are_as_before_when_matches_were_found() -> None:
    similarity = similarities(QUERY, REFERENCE)
    before = similarity.copy()

    assert len(tentative_matches(similarity, REFERENCE))
    assert (similarity == before).all()


BUSY = np.random.default_rng(3).integers(0, 256, (300, 400, 3), dtype=np.uint8)


# described with all others at once, where they are few; after the choice, where they may be many
@pytest.mark.parametrize(
    ("shown", "contrast"), [(pixels(3), 0.01), (BUSY, 0.0236)], ids=["sparse", "busy"]
)
def test_a_close_look_has_the_descriptors_of_those_keypoints_alone(
    shown: NDArray[np.uint8], contrast: float
) -> None:
    grey = cv2.cvtColor(cv2.resize(shown, (900, 700)), cv2.COLOR_RGB2GRAY)
    _, every = cv2.SIFT.create(0, 3, contrast, 10.0, 1.6, True).detectAndCompute(grey, None)

    *_, chosen = find_keypoints(grey, 2000, 1000)
    known = {row.tobytes() for row in every.astype(np.uint8)}
    assert 300 < len(chosen) <= 2000
    assert all(row.tobytes() in known for row in chosen)
    assert len(describe_closely(picture(pixels(3)))) <= 2000


def test_matches_with_another_reference_are_not_taken_for_those_of_the_last_one() -> None:
    query = QUERY.only(slice(None))
    seen = [align(query, reference) for reference in (REFERENCE, query, REFERENCE, query)]
    fresh = [align(QUERY.only(slice(None)), reference) for reference in (REFERENCE, QUERY)]

    for found, expected in zip(seen, fresh * 2, strict=True):
        assert (found is None) == (expected is None)
        if found is not None and expected is not None:
            assert (found.nfa, found.places) == (expected.nfa, expected.places)
    assert seen[1] is not None


@pytest.mark.parametrize("count", [0, 1, 2, 500])
def test_places_are_the_cells_of_a_grid_that_hold_a_point(count: int) -> None:
    points = np.random.default_rng(count).uniform(-20, 300, (count, 2))

    cells = {(x // 8, y // 8) for x, y in points.tolist()}
    assert distinct_places(points, 8.0) == len(cells)
