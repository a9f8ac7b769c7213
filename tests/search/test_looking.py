"""A closer look: parts of a picture, and candidates that early rejection held for vain."""

from collections.abc import Iterator, Sequence
from typing import Any

import cv2
import numpy as np
import pytest

from tests.contracts.pictures import picture, pixels
from tests.signatures.test_appearance import soft
from tests.signatures.test_places import striped
from udata_mediadb.recognition.looking import Look, Thorough, look
from udata_mediadb.recognition.match.inverted.index import InvertedIndex
from udata_mediadb.recognition.match.inverted.vocabulary import shipped_vocabulary
from udata_mediadb.recognition.match.signature import MatchSignature

pytestmark = pytest.mark.slow

SIGNATURE = MatchSignature()


class Library:
    """Pictures in an index, and how many descriptions were loaded."""

    def __init__(self, pictures: Sequence[np.ndarray]) -> None:
        self.index = InvertedIndex(shipped_vocabulary())
        self.described = [SIGNATURE.describe(picture(one)) for one in pictures]
        self.index.add(range(len(pictures)), self.described)
        self.asked = 0

    def __call__(self, _: Any, names: Sequence[str]) -> Iterator[tuple[str, Any]]:
        for name in names:
            yield name, self.described[int(name)]

    def shortlists(self, descriptions: Sequence[Any], k: int) -> list[list[tuple[str, float]]]:
        self.asked += len(descriptions)
        lists = [self.index.shortlist(one, k) for one in descriptions]
        return [[(str(i), score) for i, score in one] for one in lists]

    def find(self, query: np.ndarray, thorough: Thorough = "auto") -> dict[str, Any]:
        self.asked = 0
        shown = picture(query)
        description = SIGNATURE.describe(shown)
        how = Look(thorough=thorough)
        found = look(SIGNATURE, description, lambda: shown, self.shortlists, how, self)
        return {name: one for name, one in found if one.accepted}


@pytest.fixture(scope="module")
def library() -> Library:
    return Library([pixels(seed) for seed in range(20)])


def collage(seeds: Sequence[int], per_row: int) -> np.ndarray:
    return sheet_of([pixels(seed) for seed in seeds], per_row)


def sheet_of(tiles: Sequence[np.ndarray], per_row: int) -> np.ndarray:
    """Pictures beside and below each other, with a gap."""
    size = (1200 // per_row, 900 // per_row)
    sheet = np.full((900, 1200, 3), 255, np.uint8)
    for place, shown in enumerate(tiles):
        x, y = place % per_row * size[0], place // per_row * size[1]
        tile = cv2.resize(shown, (size[0] - 8, size[1] - 8), interpolation=cv2.INTER_AREA)
        sheet[y : y + size[1] - 8, x : x + size[0] - 8] = tile
    return sheet


def test_a_collage_finds_the_pictures_in_it(library: Library) -> None:
    assert set(library.find(collage(range(4), 2))) == {"0", "1", "2", "3"}
    found = set(library.find(collage(range(9), 3)))
    assert found <= {str(seed) for seed in range(9)}
    assert len(found) >= 8


def test_a_part_says_where_it_lies_in_the_whole_query(library: Library) -> None:
    """The last of nine tiles, at (800, 600) of 1200 x 900."""
    comparison = library.find(collage(range(9), 3))["8"]
    homography = np.array(comparison.details["homography_normalized"]).reshape(3, 3)
    corners = cv2.perspectiveTransform(np.array([[[0.0, 0], [1, 1]]]), homography)[0]
    expected = np.array([[800, 600], [1192, 892]]) / (1200, 900)
    assert np.abs(corners - expected).max() < 0.01


def test_nothing_more_is_asked_where_the_hits_explain_the_query(library: Library) -> None:
    large = cv2.resize(pixels(3), (1280, 960), interpolation=cv2.INTER_CUBIC)
    assert list(library.find(large)) == ["3"]
    assert library.asked == 1


def test_a_small_picture_on_a_stored_one_is_found_beside_it(library: Library) -> None:
    large = cv2.resize(pixels(3), (1280, 960), interpolation=cv2.INTER_CUBIC)
    large[620:812, 860:1116] = cv2.resize(pixels(7), (256, 192), interpolation=cv2.INTER_AREA)
    assert set(library.find(large)) == {"3", "7"}


@pytest.mark.parametrize(("seed", "share"), [(0, 0.5), (3, 0.5), (2, 0.7), (3, 0.7)])
def test_what_a_second_look_finds_is_found_beside_another_picture(seed: int, share: float) -> None:
    """A soft picture under a grille, photographed on a ground that is stored, too."""
    library = Library([*(pixels(one) for one in range(8)), *(soft(one) for one in range(4))])
    ground = cv2.resize(pixels(3), (1280, 960), interpolation=cv2.INTER_CUBIC)
    width, height = round(1280 * share), round(800 * share)
    shown = cv2.resize(striped(soft(seed)), (width, height), interpolation=cv2.INTER_AREA)
    ground[900 - height : 900, 1240 - width : 1240] = shown
    assert set(library.find(ground, "never")) == {"3"}
    assert set(library.find(ground)) == {"3", str(8 + seed)}


def test_parts_are_found_mirrored_and_as_negatives(library: Library) -> None:
    tiles = [pixels(seed) for seed in range(9)]
    tiles[4], tiles[8] = tiles[4][:, ::-1], 255 - tiles[8]
    found = library.find(sheet_of(tiles, 3))
    assert {"4", "8"} <= set(found) <= {str(seed) for seed in range(9)}
    assert found["4"].details["mirrored"] and found["8"].details["negative"]


def test_who_wants_no_closer_look_gets_none(library: Library) -> None:
    sheet = collage(range(16), 4)
    library.find(sheet, "never")
    assert library.asked == 1


def test_the_candidates_of_parts_are_read_together(library: Library) -> None:
    reads: list[Sequence[str]] = []

    def load(_: Any, names: Sequence[str]) -> Iterator[tuple[str, Any]]:
        reads.append(names)
        return ((name, library.described[int(name) % 20]) for name in names)

    def shortlists(descriptions: Sequence[Any], k: int) -> list[list[tuple[str, float]]]:
        if len(descriptions) == 1:
            return [[]]  # nothing shares a keypoint with the whole
        return [[(str(k * part + i), 1.0) for i in range(k)] for part in range(len(descriptions))]

    shown = picture(cv2.resize(pixels(31), (1280, 960), interpolation=cv2.INTER_CUBIC))
    look(SIGNATURE, SIGNATURE.describe(shown), lambda: shown, shortlists, Look(), load)

    names = [name for one in reads for name in one]
    assert len(names) == len(set(names)) >= 24  # so many in vain, none of them twice
    assert len(reads) <= 3


def test_a_small_picture_has_no_parts_unless_they_are_asked_for(library: Library) -> None:
    small = cv2.resize(pixels(30), (400, 300), interpolation=cv2.INTER_AREA)
    assert library.find(small) == {}
    assert library.asked == 2  # by its keypoints, then as a whole
    assert library.find(small, "always") == {}
    assert library.asked == 11


def test_a_picture_squeezed_beyond_its_keypoints_is_found_as_a_whole(library: Library) -> None:
    squeezed = cv2.resize(pixels(3)[:, ::-1], (220, 640), interpolation=cv2.INTER_AREA)
    assert list(library.find(squeezed)) == ["3"]
    assert library.find(squeezed, "never") == {}


@pytest.mark.parametrize(
    "query",
    [
        np.full((900, 1200, 3), 255, np.uint8),
        np.zeros((1, 1, 3), np.uint8),
        np.random.default_rng(1).integers(0, 256, (700, 900, 3), dtype=np.uint8),
        np.full((3, 10_000, 3), 90, np.uint8),
        np.random.default_rng(2).integers(0, 256, (3, 3000, 3), dtype=np.uint8),
    ],
    ids=["white", "one pixel", "noise", "a line", "a line of noise"],
)
def test_pictures_that_show_nothing_find_nothing_however_closely_looked_at(
    library: Library, query: np.ndarray
) -> None:
    assert library.find(query, "always") == {}


def test_strangers_are_not_found_by_their_parts(library: Library) -> None:
    for first in (40, 50):
        assert library.find(collage(range(first, first + 9), 3), "always") == {}
