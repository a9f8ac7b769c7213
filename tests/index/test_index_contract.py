"""What every Index does, whichever way it finds its candidates."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from udata_mediadb.index import scan_numpy
from udata_mediadb.index.base import Index
from udata_mediadb.index.exact import ExactIndex
from udata_mediadb.index.inverted import InvertedIndex
from udata_mediadb.index.vocabulary import Vocabulary
from udata_mediadb.signatures.description import MatchDescription
from udata_mediadb.signatures.votes import voting_vectors

D = MatchDescription
MatchIndex = Index[MatchDescription]


class IndexContract:
    """Subclasses give the fixture `index`: an empty one."""

    def test_finds_what_was_added_first(self, index: MatchIndex, descriptions: list[D]) -> None:
        index.add(range(10), descriptions[:10])

        assert len(index) == 10
        assert [index.shortlist(descriptions[i], 3)[0][0] for i in range(10)] == list(range(10))

    def test_scores_fall_and_are_at_most_k(self, index: MatchIndex, descriptions: list[D]) -> None:
        index.add(range(20), descriptions[:20])

        found = index.shortlist(descriptions[4], 5)
        scores = [score for _, score in found]
        assert len(found) <= 5
        assert scores == sorted(scores, reverse=True)
        assert len({id_ for id_, _ in found}) == len(found)

    def test_empty_index_finds_nothing(self, index: MatchIndex, descriptions: list[D]) -> None:
        assert index.shortlist(descriptions[0], 5) == []
        assert len(index) == 0

    def test_empty_query_finds_nothing(
        self, index: MatchIndex, descriptions: list[D], blank: D
    ) -> None:
        index.add([1], descriptions[:1])

        assert index.shortlist(blank, 5) == []

    def test_picture_without_keypoints_is_counted_and_never_found(
        self, index: MatchIndex, descriptions: list[D], blank: D
    ) -> None:
        index.add([1, 2], [blank, descriptions[0]])

        assert len(index) == 2
        assert 1 not in dict(index.shortlist(descriptions[0], 5))
        index.discard([1])
        assert len(index) == 1

    def test_none_wanted_finds_nothing(self, index: MatchIndex, descriptions: list[D]) -> None:
        index.add([1], descriptions[:1])

        assert index.shortlist(descriptions[0], 0) == []

    def test_discarded_is_not_found(self, index: MatchIndex, descriptions: list[D]) -> None:
        index.add(range(10), descriptions[:10])
        index.discard([3, 999])
        index.discard([3])

        assert len(index) == 9
        assert 3 not in dict(index.shortlist(descriptions[3], 10))

    def test_discarded_can_come_back(self, index: MatchIndex, descriptions: list[D]) -> None:
        index.add(range(10), descriptions[:10])
        index.discard([3])
        index.add([3], [descriptions[3]])

        assert len(index) == 10
        assert index.shortlist(descriptions[3], 1)[0][0] == 3

    def test_adding_again_replaces(self, index: MatchIndex, descriptions: list[D]) -> None:
        index.add(range(10), descriptions[:10])
        score = dict(index.shortlist(descriptions[3], 10))[3]
        index.add([3], [descriptions[15]])

        assert len(index) == 10
        assert index.shortlist(descriptions[15], 1)[0][0] == 3
        assert dict(index.shortlist(descriptions[3], 10)).get(3, 0.0) < score

    def test_of_the_same_id_in_one_call_the_last_counts(
        self, index: MatchIndex, descriptions: list[D]
    ) -> None:
        index.add([5, 5, 6], descriptions[:3])

        assert len(index) == 2
        assert index.shortlist(descriptions[1], 1)[0][0] == 5

    def test_only_allowed_ids_are_found(self, index: MatchIndex, descriptions: list[D]) -> None:
        index.add(range(20), descriptions[:20])

        allowed = np.array([7, 2, 999], np.uint32)
        assert {id_ for id_, _ in index.shortlist(descriptions[4], 20, allowed)} <= {2, 7}
        assert index.shortlist(descriptions[7], 20, allowed)[0][0] == 7
        assert index.shortlist(descriptions[7], 20, np.zeros(0, np.uint32)) == []

    def test_largest_id_is_as_good_as_any(self, index: MatchIndex, descriptions: list[D]) -> None:
        last = 2**32 - 1
        index.add([0, last], descriptions[:2])

        assert index.shortlist(descriptions[1], 1)[0][0] == last
        assert index.shortlist(descriptions[0], 1)[0][0] == 0


class TestExactIndex(IndexContract):
    @pytest.fixture
    def index(self) -> Index[Any]:
        return ExactIndex(voting_vectors)


class TestInvertedIndexWithNumpy(IndexContract):
    @pytest.fixture
    def index(self, vocabulary: Vocabulary) -> Index[Any]:
        return InvertedIndex(vocabulary, scan=scan_numpy.scan)


class TestInvertedIndexCompiled(IndexContract):
    @pytest.fixture
    def index(self, vocabulary: Vocabulary) -> Index[Any]:
        scan_numba = pytest.importorskip("udata_mediadb.index.scan_numba")
        return InvertedIndex(vocabulary, scan=scan_numba.scan)


class _Flushing(InvertedIndex):
    """Writes every addition to a segment of its own."""

    new_path: Callable[[], Path]

    def add(self, ids: Any, descriptions: Any) -> None:
        super().add(ids, descriptions)
        self.flush(self.new_path())


class TestInvertedIndexOnDisk(IndexContract):
    @pytest.fixture
    def index(self, vocabulary: Vocabulary, tmp_path: Path) -> Index[Any]:
        index = _Flushing(vocabulary)
        index.new_path = lambda: tmp_path / f"{len(index.segments):06d}"
        return index
