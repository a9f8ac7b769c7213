"""The references of one part that are nearest to a query: scanned, or by the part's graph."""

import numpy as np
from numpy.typing import NDArray

from ..segments.id_sets import Ids, id_set
from .duplicate_vectors import RowGraph
from .graph import Rows, Vectors
from .parts import VectorPart

Distances = NDArray[np.float64]

# |x|^2 - 2xq loses what is nearly equal in rounding: so many more are measured as |x - q|
_SPARE = 8
_MAP_PER_VECTOR = 20  # ids are looked up in a map of all, unless they are so few or so far apart
# What a gathered vector costs, and each of its numbers, in callbacks of hnswlib; measured:
# docs/explanation/vector-index.md, "A filter"
_CALLBACKS_PER_NUMBER = 0.0004
_CALLBACKS_PER_VECTOR = 0.04


def nearest(
    part: VectorPart, queries: Vectors, k: int, wanted: Ids | None
) -> tuple[Ids, Distances]:
    """For each of the (q, d) queries k live ids, or some more, and the L2 distances of their rows.

    An id is there as often as rows of it were found, its nearest one among them; fewer than k where
    there are not so many. `wanted`: ids in any order, None: all.
    """
    count = k * part.most  # that many rows belong to k ids at least
    graph = part.source.graph()
    if wanted is None:
        found = [_among_all(part, graph, query, count) for query in queries]
    else:
        found = _among(part, graph, queries, count, _live_rows_of(part, wanted))
    distances = [_distances(part, *pair) for pair in zip(queries, found, strict=True)]
    return part.owners[np.concatenate(found)], np.concatenate(distances)


def _among_all(part: VectorPart, graph: RowGraph | None, query: Vectors, k: int) -> Rows:
    rows = None if graph is None else graph.nearest(query, k, part.dead_rows)
    return _scanned(part, query, k) if rows is None else rows


def _among(
    part: VectorPart, graph: RowGraph | None, queries: Vectors, k: int, kept: Rows
) -> list[Rows]:
    if len(kept) <= k:
        return [kept] * len(queries)
    if graph is not None and _filter_is_faster(graph, part, len(kept)):
        found = [graph.nearest_among(query, k, kept, part.dead_rows) for query in queries]
        rows = [some for some in found if some is not None]
        if len(rows) == len(queries):
            return rows
    vectors, squares = part.vectors[kept], part.squares[kept]
    return [kept[_least(squares - 2 * (vectors @ query), k)] for query in queries]


def _live_rows_of(part: VectorPart, wanted: Ids) -> Rows:
    """The rows of those that are wanted and live, in order."""
    first, last = int(part.owners[0]), int(part.owners[-1])
    dense = last - first < _MAP_PER_VECTOR * len(part)
    if not dense or len(wanted) * _MAP_PER_VECTOR < len(part):
        rows = part.rows_of(id_set(wanted))
        return np.setdiff1d(rows, part.dead_rows) if len(part.dead_rows) else rows
    kept = np.zeros(last - first + 1, bool)  # by id: a hundred times faster than sorting
    kept[wanted[(wanted >= first) & (wanted <= last)] - first] = True
    rows = kept if part.gapless else kept[part.owners - first]
    rows[part.dead_rows] = False
    return np.flatnonzero(rows)


def _filter_is_faster(graph: RowGraph, part: VectorPart, kept: int) -> bool:
    """A search with a filter asks about ef vectors per share of vectors that are kept."""
    asked = graph.ef * len(part) / kept
    per_vector = _CALLBACKS_PER_VECTOR + _CALLBACKS_PER_NUMBER * part.vectors.shape[1]
    return asked < per_vector * kept


def _scanned(part: VectorPart, query: Vectors, k: int) -> Rows:
    measure = part.squares - 2 * (part.vectors @ query)
    measure[part.dead_rows] = np.inf
    return _least(measure, min(k, len(part) - len(part.dead_rows)))


def _least(measure: NDArray[np.float32], k: int) -> Rows:
    """The places of the k least, of some spare ones, and of all that are equal to the last of
    these; fewer where there are not so many finite.
    """
    wanted = k + _SPARE
    if wanted >= len(measure):
        places = np.arange(len(measure))
    else:
        places = np.flatnonzero(measure <= np.partition(measure, wanted - 1)[wanted - 1])
    return places[np.isfinite(measure[places])]


def _distances(part: VectorPart, query: Vectors, rows: Rows) -> Distances:
    apart = part.vectors[rows].astype(np.float64) - query
    return np.asarray(np.sqrt(np.einsum("nd,nd->n", apart, apart)))
