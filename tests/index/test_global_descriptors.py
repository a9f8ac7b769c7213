"""Pictures without texture are found by their shape as a whole."""

from pathlib import Path

import numpy as np
import pytest

from tests.signatures.test_global_descriptor import clouds
from udata_mediadb.recognition.match.description import MatchDescription
from udata_mediadb.recognition.match.inverted.index import InvertedIndex
from udata_mediadb.recognition.match.inverted.vocabulary import Vocabulary

from .conftest import described
from .merged import merge_segments

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def smooth() -> list[MatchDescription]:
    return [described(clouds(seed)) for seed in range(30)]


@pytest.fixture
def index(
    vocabulary: Vocabulary, smooth: list[MatchDescription], descriptions: list[MatchDescription]
) -> InvertedIndex:
    """Smooth pictures from 0 on, pictures with texture from 100 on."""
    index = InvertedIndex(vocabulary)
    index.add(range(100, 100 + len(descriptions)), descriptions)
    index.add([*range(len(smooth))][::-1], smooth[::-1])  # not in the order of their ids
    return index


@pytest.mark.parametrize("turns", range(4))
def test_a_smooth_picture_is_among_the_first_in_any_orientation(
    index: InvertedIndex, turns: int
) -> None:
    for seed in (3, 17):
        query = described(255 - np.rot90(clouds(seed), turns)[:, ::-1])
        assert seed in [image for image, _ in index.shortlist(query, 4)]


def test_it_is_found_in_segments_and_after_a_merge_too(
    index: InvertedIndex,
    vocabulary: Vocabulary,
    smooth: list[MatchDescription],
    tmp_path: Path,
) -> None:
    def found() -> list[list[int]]:
        return [[image for image, _ in index.shortlist(query, 10)] for query in smooth]

    before = found()
    index.flush(tmp_path / "one")
    index.discard([5])
    index.add([5], [smooth[5]])
    index.flush(tmp_path / "two")
    assert found() == before

    old, dead = zip(*index.segments, strict=True)
    index.replace(old, merge_segments(tmp_path / "merged", old, dead, vocabulary))
    assert found() == before


def test_what_is_discarded_or_not_allowed_is_not_found(
    index: InvertedIndex, smooth: list[MatchDescription]
) -> None:
    index.discard([7])
    assert 7 not in [image for image, _ in index.shortlist(smooth[7], 10)]
    allowed = np.array([1, 2, 100], np.uint32)
    found = [image for image, _ in index.shortlist(smooth[2], 10, allowed)]
    assert 2 in found
    assert set(found) <= {1, 2, 100}


def test_a_blank_picture_finds_nothing(index: InvertedIndex, blank: MatchDescription) -> None:
    assert index.shortlist(blank, 10) == []
