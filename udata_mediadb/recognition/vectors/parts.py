"""Vectors of some references, of which some are dead; one part from several."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..segments.id_sets import Ids, contains, id_set, no_ids
from .duplicate_vectors import RowGraph
from .graph import Rows, Vectors

ROWS_AT_ONCE = 1 << 16


class NoGraph:
    """Everything is scanned."""

    def graph(self) -> RowGraph | None:
        """None."""
        return None


@dataclass(frozen=True, eq=False)
class VectorPart:
    """References and, row by row, the vectors of those that have one.

    `images`: (n,) sorted ids of all; `owners`: (m,) sorted, whose each row is, an id as often as it
    has rows; `vectors`: (m, d); `squares`: (m,) their squared lengths; `most`: how many rows one
    reference has at most; `dead`: sorted ids in `images` that do not count; `source`: where there
    may be a graph.
    """

    images: Ids
    owners: Ids
    vectors: Vectors
    squares: NDArray[np.float32]
    most: int
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

    @property
    def gapless(self) -> bool:
        """Whether row i is that of the first id plus i."""
        return self.most == 1 and int(self.owners[-1]) - int(self.owners[0]) < len(self)

    def rows_of(self, ids: Ids) -> Rows:
        """All rows of these sorted ids, in order."""
        if self.gapless:  # no search
            first, last = int(self.owners[0]), int(self.owners[-1])
            return (ids[(ids >= first) & (ids <= last)] - first).astype(np.intp)
        starts = np.searchsorted(self.owners, ids)
        counts = np.searchsorted(self.owners, ids, side="right") - starts
        ends = np.cumsum(counts)
        return np.arange(counts.sum()) + np.repeat(starts - ends + counts, counts)

    def live_rows(self) -> Rows:
        """The rows that count, in order."""
        live = np.ones(len(self), bool)
        live[self.dead_rows] = False
        return np.flatnonzero(live)


def part_of(images: Ids, owners: Ids, vectors: Vectors) -> VectorPart:
    """A part of arrays in memory; `images` and `owners` sorted."""
    squares = np.einsum("nd,nd->n", vectors, vectors)
    return VectorPart(images, owners, vectors, squares, most_rows(owners))


def most_rows(owners: Ids) -> int:
    """How often one of these sorted ids is there at most; 0 for none."""
    return int(np.unique(owners, return_counts=True)[1].max(initial=0))


def merge(parts: Sequence[VectorPart]) -> VectorPart:
    """One part in memory with what is live in all of `parts`, at least one."""
    owners, places = live_owners(parts)
    vectors = np.empty((len(owners), parts[0].vectors.shape[1]), np.float32)
    fill(vectors, places, parts)
    return part_of(live_images(parts), owners, vectors)


def live_images(parts: Sequence[VectorPart]) -> Ids:
    """All ids that count, sorted."""
    return id_set(np.concatenate([part.live for part in parts]))


def live_owners(parts: Sequence[VectorPart]) -> tuple[Ids, Rows]:
    """Whose the live rows of all parts are, sorted, and the place there of each row of each part.

    The rows of one reference keep their order.
    """
    owners = np.concatenate([part.owners[part.live_rows()] for part in parts])
    order = np.argsort(owners, kind="stable")
    places = np.empty(len(order), np.intp)
    places[order] = np.arange(len(order))
    return owners[order], places


def fill(out: Vectors, places: Rows, parts: Sequence[VectorPart]) -> None:
    """Write the live vectors of all parts, one part after another, to these places of `out`."""
    done = 0
    for part in parts:
        rows = part.live_rows()
        for start in range(0, len(rows), ROWS_AT_ONCE):
            some = rows[start : start + ROWS_AT_ONCE]
            out[places[done : done + len(some)]] = part.vectors[some]
            done += len(some)
