"""Rows with the same vector: a graph holds each vector once.

With hundreds of equal vectors (one logo uploaded again and again, pictures of one flat colour) the
neighbours of each of them are the others, and no link leads there from outside: measured,
docs/explanation/vector-index.md, "Duplicate vectors". Nearly equal vectors do no such harm.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..segments.id_sets import Ids
from .graph import Rows, Vectors
from .graph_reading import Neighbours

FILE = "groups.npy"
_ROWS_AT_ONCE = 1 << 14


def groups_of(vectors: Vectors) -> Ids | None:
    """(n,) the group of each row, numbered by first occurrence; None: all rows differ."""
    order = np.argsort(_hashes(vectors), kind="stable")
    new = np.ones(len(order), bool)
    for start in range(1, len(order), _ROWS_AT_ONCE):
        here = slice(start, min(start + _ROWS_AT_ONCE, len(order)))
        before = slice(here.start - 1, here.stop - 1)
        new[here] = (vectors[order[here]] != vectors[order[before]]).any(axis=1)
    if new.all():
        return None
    firsts = order[new]
    number = np.empty(len(firsts), np.uint32)
    number[np.argsort(firsts)] = np.arange(len(firsts), dtype=np.uint32)
    groups = np.empty(len(order), np.uint32)
    groups[order] = number[np.cumsum(new) - 1]
    return groups


def _hashes(vectors: Vectors) -> NDArray[np.uint64]:
    """(n,) equal for equal vectors."""
    factors = np.random.default_rng(1).integers(1, 1 << 63, vectors.shape[1], np.uint64) | 1
    hashes = np.empty(len(vectors), np.uint64)
    for start in range(0, len(vectors), _ROWS_AT_ONCE):
        block = vectors[start : start + _ROWS_AT_ONCE] + np.float32(0)  # -0 equals 0
        hashes[start : start + _ROWS_AT_ONCE] = block.view(np.uint32).astype(np.uint64) @ factors
    return hashes


@dataclass(frozen=True, eq=False)
class DuplicateRows:
    """`group`: (n,) of each row; `order`: (n,) the rows by group; `starts`: (g + 1,) in it."""

    group: Ids
    order: Rows
    starts: Rows

    @classmethod
    def of(cls, group: Ids) -> "DuplicateRows":
        """From the group of each row."""
        starts = np.concatenate([[0], np.cumsum(np.bincount(group))])
        return cls(group, np.argsort(group, kind="stable"), starts)

    def __len__(self) -> int:
        """How many groups."""
        return len(self.starts) - 1

    def firsts(self) -> Rows:
        """(g,) the first row of each group."""
        return self.order[self.starts[:-1]]

    def all_of(self, rows: Rows) -> Rows:
        """The groups of which all are among `rows`, sorted."""
        counts = np.bincount(self.group[rows], minlength=len(self))
        return np.flatnonzero(counts == np.diff(self.starts))

    def some_of(self, rows: Rows) -> Rows:
        """The groups of which some are among `rows`, sorted."""
        some = np.zeros(len(self), bool)
        some[self.group[rows]] = True
        return np.flatnonzero(some)

    def expanded(self, groups: Rows, k: int, kept: NDArray[np.bool_]) -> Rows:
        """Up to k rows of each group, of those that (n,) `kept` says."""
        found = [self.order[self.starts[g] : self.starts[g + 1]] for g in groups]
        return np.concatenate([rows[kept[rows]][:k] for rows in found] or [np.zeros(0, np.intp)])


class RowGraph:
    """Approximate neighbours by row, of a graph of distinct vectors; see `Graph`."""

    def __init__(self, graph: Neighbours, twins: DuplicateRows | None) -> None:
        """`twins`: None where all rows differ."""
        self.graph = graph
        self._twins = twins
        self._dead: _Dead | None = None

    @property
    def ef(self) -> int:
        """How far a search looks."""
        return self.graph.ef

    def nearest(self, query: Vectors, k: int, dead: Rows) -> Rows | None:
        """Up to k rows near the query, or some more, without `dead`; None: it found too few."""
        if self._twins is None:
            return self.graph.nearest(query, k, dead)
        gone = self._gone(self._twins, dead)
        groups = self.graph.nearest(query, k, gone.groups)
        return None if groups is None else self._twins.expanded(groups, k, gone.others)

    def nearest_among(self, query: Vectors, k: int, rows: Rows, dead: Rows) -> Rows | None:
        """The same of `rows`, none of which is dead."""
        if self._twins is None:
            return self.graph.nearest_among(query, k, rows, dead)
        gone, some = self._gone(self._twins, dead), self._twins.some_of(rows)
        groups = self.graph.nearest_among(query, k, some, gone.groups)
        kept = np.zeros(len(self._twins.group), bool)
        kept[rows] = True
        return None if groups is None else self._twins.expanded(groups, k, kept)

    def _gone(self, twins: DuplicateRows, dead: Rows) -> "_Dead":
        """Kept until something else is discarded: it takes as long as a search."""
        if self._dead is None or self._dead.rows is not dead:
            others = np.ones(len(twins.group), bool)
            others[dead] = False
            self._dead = _Dead(dead, twins.all_of(dead), others)
        return self._dead


@dataclass(frozen=True, eq=False)
class _Dead:
    """Dead rows, the groups of which all are dead, and a map of the rows that are not."""

    rows: Rows
    groups: Rows
    others: NDArray[np.bool_]
