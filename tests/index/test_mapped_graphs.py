"""A graph that is searched where it is mapped: the rows that hnswlib finds, and no memory."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from udata_mediadb.recognition.segments.files import BadSegment, crc_of
from udata_mediadb.recognition.vectors.graph import Graph, GraphParameters, Rows
from udata_mediadb.recognition.vectors.graph_reading import Neighbours

from .vectors import DIMENSION, GRAPH, Vectors, unit

pytest.importorskip("hnswlib", reason="of the extra `scale`")
mapped_graph = pytest.importorskip("udata_mediadb.recognition.vectors.mapped_graph")

COUNT = 3000
NONE = np.zeros(0, np.intp)
DEAD = np.arange(0, COUNT, 7)
FEW = np.arange(3, COUNT, 40)


def both_of(path: Path, vectors: Vectors, parameters: GraphParameters) -> tuple[Graph, Neighbours]:
    """The graph of these vectors, read by hnswlib and mapped."""
    Graph.build(vectors, parameters).save(path)
    asked = path, crc_of(path), len(vectors), vectors.shape[1], parameters
    return Graph.load(*asked), mapped_graph.MappedGraph.load(*asked)


@pytest.fixture(scope="module")
def graphs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Graph, Neighbours]:
    return both_of(tmp_path_factory.mktemp("graph") / "graph.bin", unit(COUNT), GRAPH)


def agreeing(pairs: Iterable[tuple[Rows | None, Rows | None]]) -> float:
    """The share in which both found the same rows: sums are rounded in another order."""
    found = [[rows if rows is None else set(rows.tolist()) for rows in pair] for pair in pairs]
    same = [one == other for one, other in found]
    return sum(same) / len(same)


@pytest.mark.parametrize("k", [1, 10, 200])
def test_rows_are_those_that_hnswlib_finds(graphs: tuple[Graph, Neighbours], k: int) -> None:
    one, other = graphs
    queries = unit(100, seed=3)

    for dead in (NONE, DEAD):
        pairs = ((one.nearest(q, k, dead), other.nearest(q, k, dead)) for q in queries)
        assert agreeing(pairs) >= 0.98
    among = (
        (one.nearest_among(q, k, FEW, NONE), other.nearest_among(q, k, FEW, NONE)) for q in queries
    )
    assert agreeing(among) >= 0.98


def test_rows_come_nearest_first(graphs: tuple[Graph, Neighbours]) -> None:
    vectors = unit(COUNT)
    for query in unit(10, seed=8):
        rows = graphs[1].nearest(query, 30, DEAD)
        assert rows is not None
        distances = np.linalg.norm(vectors[rows] - query, axis=1)
        assert (np.diff(distances) > -1e-6).all()


def test_rows_are_the_same_where_several_threads_built_it(tmp_path: Path) -> None:
    """Then the elements of the file are not in the order of the rows."""
    vectors = unit(COUNT, seed=5, dimension=48)
    one, other = both_of(tmp_path / "graph.bin", vectors, replace(GRAPH, threads=4))

    pairs = ((one.nearest(q, 5, NONE), other.nearest(q, 5, NONE)) for q in vectors[:100])
    assert agreeing(pairs) >= 0.98


def test_a_graph_of_one_vector_finds_it(tmp_path: Path) -> None:
    _, mapped = both_of(tmp_path / "graph.bin", unit(1), GRAPH)

    found = mapped.nearest(unit(1, seed=2)[0], 5, NONE)

    assert found is None or found.tolist() == [0]


def test_dead_of_another_index_are_found(graphs: tuple[Graph, Neighbours]) -> None:
    """Indexes of one segment share its graph, and have tombstones of their own."""
    _, mapped = graphs
    query = unit(COUNT)[7]

    for dead, first in ((NONE, 7), (DEAD, None), (np.array([8]), 7), (NONE, 7)):
        found = mapped.nearest(query, 3, dead)
        assert found is not None
        assert not set(found.tolist()) & set(dead.tolist())
        assert first is None or found[0] == first


def test_searches_of_several_threads_do_not_disturb_each_other(
    graphs: tuple[Graph, Neighbours],
) -> None:
    _, mapped = graphs
    queries = unit(64, seed=9)

    def ask(number: int) -> list[int]:
        found = mapped.nearest(queries[number], 20, DEAD if number % 2 else NONE)
        return [] if found is None else found.tolist()

    alone = [ask(number) for number in range(len(queries))]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(ask, [*range(len(queries))] * 4))

    assert together == alone * 4


def test_graph_takes_no_memory_of_the_process(graphs: tuple[Graph, Neighbours]) -> None:
    """Its pages are those of the file, which all processes share."""
    _, mapped = graphs
    mapped.nearest(unit(1, seed=4)[0], 10, NONE)

    sections = Path("/proc/self/smaps").read_text().split("VmFlags")
    own = [section for section in sections if "graph.bin" in section]

    assert own
    for section in own:
        values = dict(line.split(":", 1) for line in section.splitlines() if ": " in line)
        assert values["Anonymous"].split() == ["0", "kB"]
        assert values["Rss"].split() != ["0", "kB"]


def test_links_to_what_is_not_there_are_not_followed(tmp_path: Path) -> None:
    """Of the right checksum: as a program that wrote it wrongly would leave it."""
    path = tmp_path / "graph.bin"
    Graph.build(unit(COUNT), GRAPH).save(path)
    words = np.fromfile(path, np.uint32)
    stride = 2 * GRAPH.links + 1 + DIMENSION + 2
    for element in range(0, COUNT, 3):
        begin = 24 + element * stride
        words[begin] = 0xFFFF
        words[begin + 1 : begin + 1 + 2 * GRAPH.links] = 0xFFFFFFFF - element
        words[begin + stride - 2] = 0xFFFFFFFF
    path.write_bytes(words.tobytes())

    mapped = mapped_graph.MappedGraph.load(path, crc_of(path), COUNT, DIMENSION, GRAPH)

    for query in unit(20, seed=6):
        found = mapped.nearest(query, 5, DEAD)
        assert found is None or (found < COUNT).all()


@pytest.mark.parametrize("lost", [4, 4 * DIMENSION, 4000])
def test_file_that_ends_too_early_is_not_used(lost: int, tmp_path: Path) -> None:
    path = tmp_path / "graph.bin"
    Graph.build(unit(COUNT), GRAPH).save(path)
    path.write_bytes(path.read_bytes()[:-lost])

    with pytest.raises(BadSegment, match="does not end where it should"):
        mapped_graph.MappedGraph.load(path, crc_of(path), COUNT, DIMENSION, GRAPH)
