"""Vectors of some references, of which some are dead; one part from several."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .graph import Rows, Vectors
from .id_sets import Ids, contains, id_set, no_ids
from .twins import RowGraph

ROWS_AT_ONCE = 1 << 16


class NoGraph:
    """Everything is scanned."""

    def graph(self) -> RowGraph | None:
        """None."""
        return None


@dataclass(frozen=True, eq=False)
class VectorPart:
    """References and, row by row, the vectors of those that have one.

    `images`: (n,) sorted ids of all; `owners`: (m,) sorted ids of those with a vector; `vectors`:
    (m, d); `squares`: (m,) their squared lengths; `total`: (d,) float64, the sum of all rows;
    `dead`: sorted ids in `images` that do not count; `source`: where there may be a graph.
    """

    images: Ids
    owners: Ids
    vectors: Vectors
    squares: NDArray[np.float32]
    total: NDArray[np.float64]
    dead: Ids = field(default_factory=no_ids)
    source: NoGraph = field(default_factory=NoGraph)

    def __len__(self) -> int:
        """How many vectors it has, dead ones as well."""
        return len(self.owners)

    def with_dead(self, dead: Ids) -> "VectorPart":
        """The same with these tombstones."""
        return replace(self, dead=dead)

    @property
    def live(self) -> Ids:
        """The ids that count, sorted."""
        if not len(self.dead):
            return self.images
        return np.asarray(self.images)[~contains(self.dead, self.images)]

    @cached_property
    def dead_rows(self) -> Rows:
        """The rows of dead references, sorted."""
        return self.rows_of(self.dead)

    @cached_property
    def live_total(self) -> NDArray[np.float64]:
        """(d,) the sum of the vectors that count."""
        return np.asarray(self.total - self.vectors[self.dead_rows].sum(axis=0, dtype=np.float64))

    def rows_of(self, ids: Ids) -> Rows:
        """The rows of those of these sorted ids that have one."""
        if not len(self.owners):
            return np.zeros(0, np.intp)
        first, last = int(self.owners[0]), int(self.owners[-1])
        if last - first < len(self.owners):  # without gaps: no search
            return (ids[(ids >= first) & (ids <= last)] - first).astype(np.intp)
        places = np.minimum(np.searchsorted(self.owners, ids), len(self.owners) - 1)
        return places[self.owners[places] == ids]

    def live_rows(self) -> Rows:
        """The rows that count, in order."""
        live = np.ones(len(self), bool)
        live[self.dead_rows] = False
        return np.flatnonzero(live)


def part_of(images: Ids, owners: Ids, vectors: Vectors) -> VectorPart:
    """A part of arrays in memory; `images` and `owners` sorted."""
    squares = np.einsum("nd,nd->n", vectors, vectors)
    return VectorPart(images, owners, vectors, squares, vectors.sum(axis=0, dtype=np.float64))


def merge(parts: Sequence[VectorPart]) -> VectorPart:
    """One part in memory with what is live in all of `parts`, at least one."""
    owners = live_owners(parts)
    vectors = np.empty((len(owners), parts[0].vectors.shape[1]), np.float32)
    fill(vectors, owners, parts)
    return part_of(live_images(parts), owners, vectors)


def live_images(parts: Sequence[VectorPart]) -> Ids:
    """All ids that count, sorted."""
    return id_set(np.concatenate([part.live for part in parts]))


def live_owners(parts: Sequence[VectorPart]) -> Ids:
    """Those with a vector, sorted."""
    return id_set(np.concatenate([part.owners[part.live_rows()] for part in parts]))


def fill(out: Vectors, owners: Ids, parts: Sequence[VectorPart]) -> None:
    """Write the live vectors of all parts to the rows of their `owners`, a block at a time."""
    for part in parts:
        rows = part.live_rows()
        for start in range(0, len(rows), ROWS_AT_ONCE):
            some = rows[start : start + ROWS_AT_ONCE]
            out[np.searchsorted(owners, part.owners[some])] = part.vectors[some]
