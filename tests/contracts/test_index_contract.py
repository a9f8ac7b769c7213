"""What every implementation of the Index seam keeps."""

from importlib.util import find_spec

import numpy as np
import pytest

from tests.contracts.flushed import Flushed
from tests.contracts.pictures import flat, picture, pixels
from udata_mediadb.recognition.exact import ExactIndex
from udata_mediadb.recognition.match.inverted import scan_numpy
from udata_mediadb.recognition.match.inverted.index import InvertedIndex
from udata_mediadb.recognition.match.inverted.vocabulary import shipped_vocabulary
from udata_mediadb.recognition.match.signature import MatchSignature
from udata_mediadb.recognition.match.votes import voting_vectors
from udata_mediadb.recognition.vectors.graph import GraphParameters
from udata_mediadb.recognition.vectors.index import VectorIndex
from udata_mediadb.recognition.vectors.segments import VectorSegments

DIMENSION = 64
GRAPH = GraphParameters(links=8, breadth=40, ef=40, least=1)


def mean_vector(description):
    """(1, 64), None without content."""
    return description.vectors.mean(axis=0, keepdims=True) if len(description) else None


def mean_vectors(description):
    """(2, 64): of all keypoints, and of the first half of them."""
    some = description.vectors[: max(1, len(description) // 2)]
    whole = mean_vector(description)
    return None if whole is None else np.stack([whole[0], some.mean(axis=0)])


IMPLEMENTATIONS = {
    "exact": lambda _: ExactIndex(voting_vectors),
    "inverted": lambda _: InvertedIndex(shipped_vocabulary(), scan=scan_numpy.scan),
}
IMPLEMENTATIONS["vectors, scanned"] = lambda _: VectorIndex(DIMENSION, mean_vector)
IMPLEMENTATIONS["several vectors, scanned"] = lambda _: VectorIndex(DIMENSION, mean_vectors)
if find_spec("hnswlib") is not None:
    IMPLEMENTATIONS["vectors, graphs"] = lambda folder: Flushed(
        VectorSegments(DIMENSION, mean_vector, graph=GRAPH), folder
    )
    IMPLEMENTATIONS["several vectors, graphs"] = lambda folder: Flushed(
        VectorSegments(DIMENSION, mean_vectors, graph=GRAPH), folder
    )
if find_spec("numba") is not None:
    IMPLEMENTATIONS["inverted, compiled"] = lambda _: InvertedIndex(shipped_vocabulary())


# Left out of `make quick`: the compiled scan ranks the same (tests/index/test_congruence.py).
SLOW = {"inverted"} if "inverted, compiled" in IMPLEMENTATIONS else set()


@pytest.fixture(
    params=[
        pytest.param(name, marks=[pytest.mark.slow] if name in SLOW else [])
        for name in IMPLEMENTATIONS
    ]
)
def index(request, tmp_path):
    return IMPLEMENTATIONS[request.param](tmp_path)


@pytest.fixture(scope="module")
def descriptions():
    signature = MatchSignature()
    return [signature.describe(picture(pixels(seed, 320, 240))) for seed in range(40)]


@pytest.fixture(scope="module")
def empty():
    return MatchSignature().describe(flat(255))


def ids_of(shortlist):
    return [id_ for id_, _ in shortlist]


class TestIndexContract:
    def test_an_empty_index_finds_nothing(self, index, descriptions):
        assert len(index) == 0
        assert index.shortlist(descriptions[0], 5) == []

    @pytest.mark.slow
    def test_finds_each_reference_first(self, index, descriptions):
        index.add(range(40), descriptions)
        assert len(index) == 40
        firsts = [index.shortlist(description, 5)[0][0] for description in descriptions]
        assert firsts == list(range(40))

    def test_scores_fall_and_k_is_kept(self, index, descriptions):
        index.add(range(40), descriptions)
        scores = [score for _, score in index.shortlist(descriptions[0], 7)]
        assert len(scores) <= 7
        assert scores == sorted(scores, reverse=True)

    def test_added_in_parts_or_at_once_is_the_same(self, index, descriptions):
        for id_, description in enumerate(descriptions):
            index.add([id_], [description])
        assert len(index) == 40
        assert index.shortlist(descriptions[11], 1)[0][0] == 11

    def test_an_added_id_replaces_its_reference(self, index, descriptions):
        index.add([1, 2], descriptions[1:3])
        index.add([1], [descriptions[9]])
        assert len(index) == 2
        assert index.shortlist(descriptions[9], 1)[0][0] == 1

    def test_an_id_given_twice_counts_once(self, index, descriptions):
        index.add([4, 4], descriptions[:2])
        assert len(index) == 1

    def test_discarded_references_are_never_found(self, index, descriptions):
        index.add(range(40), descriptions)
        index.discard([3, 5, 999])
        assert len(index) == 38
        assert not {3, 5} & set(ids_of(index.shortlist(descriptions[3], 40)))

    def test_a_discarded_reference_can_come_back(self, index, descriptions):
        index.add(range(10), descriptions[:10])
        index.discard([3])
        index.add([3], descriptions[3:4])
        assert len(index) == 10
        assert index.shortlist(descriptions[3], 1)[0][0] == 3

    def test_an_index_emptied_again_finds_nothing(self, index, descriptions):
        index.add(range(40), descriptions)
        index.discard(range(40))
        assert len(index) == 0
        assert index.shortlist(descriptions[0], 5) == []

    def test_allowed_restricts_before_the_best_are_taken(self, index, descriptions):
        index.add(range(40), descriptions)
        allowed = np.array([30, 31, 77], np.uint32)
        found = ids_of(index.shortlist(descriptions[3], 40, allowed))
        assert set(found) <= {30, 31}
        assert index.shortlist(descriptions[31], 1, allowed)[0][0] == 31

    def test_nothing_allowed_finds_nothing(self, index, descriptions):
        index.add(range(40), descriptions)
        assert index.shortlist(descriptions[3], 5, np.zeros(0, np.uint32)) == []

    def test_a_reference_without_content_is_counted_but_not_found(self, index, descriptions, empty):
        index.add([0, 1], [empty, descriptions[1]])
        assert len(index) == 2
        assert ids_of(index.shortlist(descriptions[1], 5)) == [1]

    def test_a_query_without_content_finds_nothing(self, index, descriptions, empty):
        index.add(range(40), descriptions)
        assert index.shortlist(empty, 5) == []

    def test_the_largest_id_is_kept(self, index, descriptions):
        index.add([2**32 - 1], descriptions[:1])
        assert ids_of(index.shortlist(descriptions[0], 1)) == [2**32 - 1]
