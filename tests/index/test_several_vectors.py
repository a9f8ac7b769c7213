"""References with several vectors: the nearest one counts, and each is found once."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from udata_mediadb.recognition.segments.id_sets import id_set
from udata_mediadb.recognition.vectors.index import VectorIndex
from udata_mediadb.recognition.vectors.parts import NoGraph

from .vectors import DIMENSION, Vectors, rows_of, segments, unit

References = dict[int, Vectors]
Index = VectorIndex[Vectors | None]


def drawn() -> References:
    """Ids with gaps, one to four rows each; a third are pictures that were uploaded again."""
    chance, rows = np.random.default_rng(4), unit(600, seed=11)
    references = {5 * i: rows[4 * i : 4 * i + chance.integers(1, 5)] for i in range(100)}
    return references | {5 * i: references[5 * (i % 10)] for i in range(100, 150)}


REFERENCES = drawn()
GONE = [0, 15, 85, 300, 305, 745]
LIVE = {id_: rows for id_, rows in REFERENCES.items() if id_ not in GONE}


def filled(ids: list[int]) -> Index:
    index = segments().index()
    for some in np.array_split(np.array(ids), 5):
        index.add(some.tolist(), [REFERENCES[id_] for id_ in some.tolist()])
    return index


def in_memory(_: Path) -> Index:
    return filled(list(REFERENCES))


def by_graph(folder: Path) -> Index:
    """Where hnswlib is installed."""
    segments().write(folder / "one", [filled(list(REFERENCES)).delta])
    return segments().index([segments().open(folder / "one")])


def by_scan(folder: Path) -> Index:
    [(segment, _)] = by_graph(folder).segments
    return segments().index([replace(segment, source=NoGraph())])


def merged(folder: Path) -> Index:
    """Of two segments with ids in turn, some dead before."""
    parts = []
    for first in (0, 1):
        index = filled(list(REFERENCES)[first::2])
        segments().write(folder / str(first), [index.delta])
        dead = np.intersect1d(index.delta.images, id_set(GONE[:4]))
        parts.append(segments().open(folder / str(first)).part(dead))
    segments().write(folder / "merged", parts)
    segment = segments().open(folder / "merged")
    segment.check()
    return segments().index([segment])


@pytest.fixture(params=[in_memory, by_graph, by_scan, merged])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Index:
    """Of all references, of which some are gone."""
    index: Index = request.param(tmp_path)
    index.discard(GONE)
    return index


def apart(reference: Vectors, query: Vectors) -> float:
    """Of the rows that are nearest to each other."""
    difference = reference[:, None].astype(np.float64) - rows_of(query)
    return float(np.linalg.norm(difference, axis=2).min())


def check(found: list[tuple[int, float]], references: References, query: Vectors, k: int) -> None:
    """Against the distances of all."""
    scores = {id_: -apart(rows, query) for id_, rows in references.items()}
    best = sorted(scores, key=lambda id_: (-scores[id_], id_))[:k]
    assert [id_ for id_, _ in found] == best
    assert [score for _, score in found] == pytest.approx([scores[id_] for id_ in best], abs=1e-9)


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("k", [1, 10, 1000])
def test_order_is_that_of_the_nearest_rows(index: Index, rows: int, k: int) -> None:
    for query in unit(8 * rows, seed=2).reshape(8, rows, DIMENSION):
        check(index.shortlist(query, k), LIVE, query, k)


@pytest.mark.parametrize("share", [0.9, 0.3, 0.05])
def test_order_of_the_allowed_is_the_same(index: Index, share: float) -> None:
    chance = np.random.default_rng(6)
    allowed = chance.permutation(list(REFERENCES))[: int(share * len(REFERENCES))]
    kept = {id_: rows for id_, rows in LIVE.items() if id_ in allowed}

    for query in unit(16, seed=3).reshape(8, 2, DIMENSION):
        check(index.shortlist(query, 10, allowed.astype(np.uint32)), kept, query, 10)


def test_reference_is_found_by_any_of_its_rows(index: Index) -> None:
    for id_ in (5, 200, 495):
        for row in REFERENCES[id_]:
            assert (id_, pytest.approx(0, abs=1e-6)) in index.shortlist(row, 6)


def test_none_of_the_rows_of_what_was_discarded_is_found(index: Index) -> None:
    index.discard([200])

    for row in REFERENCES[200]:
        assert 200 not in dict(index.shortlist(row, 1000))


def test_replaced_reference_has_its_new_rows_only(index: Index) -> None:
    new = unit(2, seed=20)
    index.add([200], [new])

    assert [index.shortlist(row, 1)[0][0] for row in new] == [200, 200]
    old = dict(index.shortlist(REFERENCES[200][0], 1000))
    assert old[200] == pytest.approx(-apart(new, REFERENCES[200][0]))


def test_one_reference_with_many_near_rows_leaves_no_place_of_others(tmp_path: Path) -> None:
    query = unit(1)[0]
    near = query + unit(60, seed=5) * np.float32(0.01)
    others = {id_: vector[None] for id_, vector in enumerate(unit(80, seed=6), start=1)}
    index = segments().index()
    index.add([0, *others], [near, *others.values()])
    segments().write(tmp_path / "one", [index.delta])

    for way in (index, segments().index([segments().open(tmp_path / "one")])):
        check(way.shortlist(query, 6), {0: near, **others}, query, 6)


def test_merges_in_memory_and_of_files_agree(tmp_path: Path) -> None:
    memory, files = in_memory(tmp_path).delta, merged(tmp_path).segments[0][0]
    kept = ~np.isin(memory.owners, GONE[:4])

    assert files.owners.tolist() == memory.owners[kept].tolist()
    assert np.array_equal(files.vectors, memory.vectors[kept])
    assert files.part(files.images[:0]).most == memory.most == 4
