"""What hnswlib does not guard itself against."""

import logging
import os
import resource
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from udata_mediadb.recognition.segments.files import BadSegment, crc_of
from udata_mediadb.recognition.segments.id_sets import no_ids
from udata_mediadb.recognition.vectors.graph import FILE, Graph, GraphParameters
from udata_mediadb.recognition.vectors.graph_reading import Neighbours, load
from udata_mediadb.recognition.vectors.parts import NoGraph
from udata_mediadb.recognition.vectors.segment import VectorSegment

from .vectors import DIMENSION, GRAPH, Vectors, nearest, segments, unit, written

pytest.importorskip("hnswlib", reason="of the extra `scale`")

Load = Callable[[Path, int, int, int, GraphParameters], Neighbours]

COUNT = 400


@pytest.fixture(scope="module")
def vectors() -> Vectors:
    return unit(COUNT)


@pytest.fixture
def segment(vectors: Vectors, tmp_path: Path) -> VectorSegment:
    return written(tmp_path / "segment", vectors)


@pytest.fixture(params=[Graph.load, load])
def graph(segment: VectorSegment, request: pytest.FixtureRequest) -> Neighbours:
    path = segment.path / FILE
    read: Load = request.param
    return read(path, crc_of(path), COUNT, DIMENSION, GRAPH)


def test_graph_finds_what_the_scan_finds(segment: VectorSegment) -> None:
    scanned = replace(segment, source=NoGraph())
    by_graph, by_scan = segments().index([segment]), segments().index([scanned])

    for query in unit(20, seed=2):
        found, expected = by_graph.shortlist(query, 10), by_scan.shortlist(query, 10)
        assert found == expected


def test_search_is_as_thorough_after_loading_as_after_building(
    segment: VectorSegment, vectors: Vectors
) -> None:
    """The file does not have ef; hnswlib would go on with 10."""
    built = Graph.build(vectors, GRAPH)
    path = segment.path / FILE
    loaded = Graph.load(path, crc_of(path), COUNT, DIMENSION, GRAPH)

    assert loaded._index.ef == built._index.ef == GRAPH.ef


def test_more_neighbours_than_there_are_give_all(segment: VectorSegment, vectors: Vectors) -> None:
    index = segments().index([segment])
    index.discard(range(100))

    assert len(index.shortlist(vectors[0], 10 * COUNT)) == COUNT - 100


def test_dead_are_not_found_and_come_back_with_another_index(
    segment: VectorSegment, vectors: Vectors
) -> None:
    """The graph belongs to the segment, tombstones to an index: another one may have fewer."""
    index = segments().index([segment])
    index.discard([7])
    assert index.shortlist(vectors[7], 1)[0][0] != 7

    other = segments().index([segment], [np.array([3], np.uint32)])

    assert other.shortlist(vectors[7], 1)[0][0] == 7
    assert other.shortlist(vectors[3], 1)[0][0] != 3
    assert index.shortlist(vectors[7], 1)[0][0] != 7


def test_all_dead_find_nothing(segment: VectorSegment, vectors: Vectors) -> None:
    index = segments().index([segment])
    index.discard(range(COUNT))

    assert index.shortlist(vectors[0], 5) == []


def test_graph_that_reaches_too_few_says_so() -> None:
    """hnswlib raises where it cannot fill its answer; then the vectors are scanned."""
    islands = np.repeat(unit(8), 100, axis=0)
    graph = Graph.build(islands, replace(GRAPH, links=2))

    assert graph.nearest(islands[0], len(islands), np.zeros(0, np.intp)) is None


def test_too_few_from_the_graph_are_made_good_by_the_scan(tmp_path: Path) -> None:
    near = np.repeat(unit(8), 100, axis=0) + unit(800, seed=6) * np.float32(1e-6)
    form = segments(replace(GRAPH, links=2))
    index = form.index()
    index.add(range(800), list(near))
    form.write(tmp_path / "islands", [index.delta])

    found = form.index([form.open(tmp_path / "islands")]).shortlist(near[0], 800)

    assert len(found) == 800


@pytest.mark.parametrize("links", [8, 24])
def test_pictures_stored_a_thousand_times_are_found_and_hide_no_other(
    links: int, tmp_path: Path
) -> None:
    """In a graph they would be islands: found from nowhere."""
    islands, others = unit(5, seed=7), unit(2000, seed=9)
    vectors = np.concatenate([others, np.repeat(islands, 600, axis=0)])
    vectors = vectors[np.random.default_rng(2).permutation(len(vectors))]
    form = segments(replace(GRAPH, links=links, breadth=200, ef=200))
    index = form.index()
    index.add(range(len(vectors)), list(vectors))
    form.write(tmp_path / "islands", [index.delta])
    index = form.index([form.open(tmp_path / "islands")])
    gone = nearest(vectors, islands[0], 590)
    index.discard([*gone, *nearest(vectors, islands[1], 600)])

    for query in (islands[2], islands[3], *others[:20]):
        best = np.linalg.norm(vectors[nearest(vectors, query, 10)] - query, axis=1)
        scores = [score for _, score in index.shortlist(query, 10)]
        assert scores == pytest.approx(-best, abs=1e-3)
    first = index.shortlist(islands[0], 11)
    assert [score > -1e-6 for _, score in first] == [True] * 10 + [False]
    assert not {id_ for id_, _ in first} & set(gone)
    assert index.shortlist(islands[1], 1)[0][1] < -0.1
    allowed = np.arange(0, len(vectors), 2, dtype=np.uint32)
    some = index.shortlist(islands[2], 50, allowed)
    assert len(some) == 50
    assert not any(id_ % 2 for id_, _ in some)
    assert some[-1][1] > -1e-6


@pytest.mark.parametrize("share", [1.0, 0.9, 0.5, 0.1, 0.01])
def test_allowed_are_the_nearest_of_the_allowed(
    segment: VectorSegment, vectors: Vectors, share: float
) -> None:
    index = segments().index([segment])
    index.discard([0, 1, 2])
    chance = np.random.default_rng(3)
    allowed = chance.permutation(COUNT)[: int(COUNT * share)].astype(np.uint32)
    live = np.setdiff1d(allowed, [0, 1, 2])

    for query in unit(5, seed=4):
        found = [id_ for id_, _ in index.shortlist(query, 3, allowed)]
        assert found == live[nearest(vectors[live], query, 3)].tolist()


def test_filter_of_the_graph_keeps_to_its_rows(graph: Neighbours, vectors: Vectors) -> None:
    rows = np.arange(0, COUNT, 2)

    found = graph.nearest_among(vectors[1], 5, rows, np.zeros(0, np.intp))

    assert found is not None
    assert found.tolist() == rows[nearest(vectors[rows], vectors[1], 5)].tolist()


def test_damaged_graph_is_not_loaded_and_all_is_scanned(
    segment: VectorSegment, vectors: Vectors, caplog: pytest.LogCaptureFixture
) -> None:
    """Of the right size, so that nobody notices before; hnswlib would follow its links anywhere."""
    data = bytearray((segment.path / FILE).read_bytes())
    data[len(data) // 2] ^= 255
    (segment.path / FILE).write_bytes(data)

    with caplog.at_level(logging.WARNING):
        index = segments().index([segments().open(segment.path)])
        for query in range(3):
            assert index.shortlist(vectors[query], 1)[0][0] == query

    assert caplog.text.count("wrong checksum") == 1
    with pytest.raises(BadSegment, match="damaged"):
        segment.check()


def test_truncated_graph_refuses_the_segment(segment: VectorSegment) -> None:
    os.truncate(segment.path / FILE, 1000)

    with pytest.raises(BadSegment, match=f"{FILE} of segment"):
        segments().open(segment.path)


def test_graph_of_other_parameters_refuses_the_segment(segment: VectorSegment) -> None:
    for other in (replace(GRAPH, links=12), replace(GRAPH, breadth=30), None):
        with pytest.raises(BadSegment, match="segment was made with"):
            segments(other).open(segment.path)
    with pytest.raises(BadSegment, match="graph of other parameters"):
        VectorSegment.open(segment.path, segments().version, DIMENSION, replace(GRAPH, links=12))


@pytest.mark.parametrize("read", [Graph.load, load])
def test_file_of_another_graph_is_not_used(read: Load, tmp_path: Path) -> None:
    other = tmp_path / FILE
    Graph.build(unit(60), GRAPH).save(other)

    with pytest.raises(BadSegment, match="another graph"):
        read(other, crc_of(other), COUNT, DIMENSION, GRAPH)
    with pytest.raises(BadSegment, match="another graph"):
        read(other, crc_of(other), 60, DIMENSION, replace(GRAPH, links=12))
    other.write_bytes(b"no graph")
    with pytest.raises(BadSegment, match="cannot be read"):
        read(other, crc_of(other), 60, DIMENSION, GRAPH)


def test_search_may_look_further_in_the_same_files(segment: VectorSegment) -> None:
    thorough = replace(GRAPH, ef=99, least=7, threads=2)

    assert segments(thorough).open(segment.path).source.graph() is not None


def test_disk_that_is_full_is_noticed(segment: VectorSegment, vectors: Vectors) -> None:
    """hnswlib writes on, and says nothing."""
    enough = (segment.path / "vectors.npy").stat().st_size
    assert (segment.path / FILE).stat().st_size > enough
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (enough, limits[1]))
    try:
        with pytest.raises(OSError, match="too short"):
            segments().write(segment.path.with_name("new"), [segment.part(no_ids())])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert [path.name for path in segment.path.parent.iterdir()] == ["segment"]
