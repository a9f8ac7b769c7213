"""The vector index: what the contract of all indexes leaves open."""

import logging

import numpy as np
import pytest

from udata_mediadb.recognition.vectors.index import VectorIndex

from .vectors import DIMENSION, Vectors, rows_of, unit


@pytest.fixture
def index() -> VectorIndex[Vectors | None]:
    return VectorIndex(DIMENSION, rows_of)


def test_score_is_minus_the_distance(index: VectorIndex[Vectors | None]) -> None:
    vectors = unit(3)
    index.add(range(3), list(vectors))

    found = index.shortlist(vectors[0], 3)

    assert found[0] == (0, 0.0)
    for id_, score in found:
        assert score == pytest.approx(-np.linalg.norm(vectors[id_] - vectors[0]))


def test_nearest_of_unit_vectors_have_the_highest_cosine(
    index: VectorIndex[Vectors | None],
) -> None:
    vectors, queries = unit(300), unit(20, seed=2)
    index.add(range(300), list(vectors))

    for query in queries:
        by_cosine = np.argsort(-(vectors @ query))[:10].tolist()
        assert [id_ for id_, _ in index.shortlist(query, 10)] == by_cosine


def test_vectors_that_nearly_agree_are_told_apart(index: VectorIndex[Vectors | None]) -> None:
    query = unit(1)[0]
    steps = np.arange(1, 40, dtype=np.float32)[:, None] * 5e-4
    index.add(range(39), list(query + steps * unit(1, seed=5)[0]))

    assert [id_ for id_, _ in index.shortlist(query, 5)] == [0, 1, 2, 3, 4]


def test_more_wanted_than_there_are_gives_all(index: VectorIndex[Vectors | None]) -> None:
    index.add(range(4), list(unit(4)))

    assert len(index.shortlist(unit(1)[0], 1000)) == 4


@pytest.mark.parametrize(
    "unsound",
    [
        np.full(DIMENSION, np.nan, np.float32),
        np.full(DIMENSION, np.inf, np.float32),
        np.full(DIMENSION, 1e30, np.float32),  # its square is infinite
        np.ones(DIMENSION + 1, np.float32),
        np.ones((0, DIMENSION), np.float32),
        np.stack([unit(1)[0], np.full(DIMENSION, np.nan, np.float32)]),
        np.ones(0, np.float32),
    ],
    ids=["nan", "infinite", "too long", "longer", "no row", "one of two", "empty"],
)
def test_unsound_vector_is_refused_as_a_query_and_logged_as_a_reference(
    unsound: Vectors, index: VectorIndex[Vectors | None], caplog: pytest.LogCaptureFixture
) -> None:
    vectors = unit(5)
    with caplog.at_level(logging.WARNING):
        index.add(range(6), [*vectors[:3], unsound, *vectors[3:]])

    assert "Reference 3 is never found" in caplog.text
    assert len(index) == 6
    assert index.shortlist(vectors[4], 9)[0][0] == 5
    assert 3 not in dict(index.shortlist(vectors[0], 9))
    with pytest.raises(ValueError, match="a vector"):
        index.shortlist(unsound, 3)
