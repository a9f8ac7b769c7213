"""The vector index: one or several vectors per reference, nearest first.

Segments on disk, a delta in memory, one ranking over both; docs/explanation/vector-index.md. Not
safe for concurrent use: callers lock. Several processes may map the same segments.
"""

import logging
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from ..index import Order
from ..match.inverted.parts import Parts
from ..segments.id_sets import Ids, id_set, no_ids
from .graph import Vectors
from .nearest import Distances, nearest
from .parts import VectorPart, merge, part_of
from .segment import VectorSegment

logger = logging.getLogger(__name__)
D = TypeVar("D")

_TOO_LONG = 1e30  # squares are kept as float32


class VectorIndex(Generic[D]):
    """References by Euclidean distance; for unit vectors the order is that of the cosine.

    A description has one or several vectors, the rows of an (r, d) array; its distance is that of
    its row and the query's that are nearest to each other, the score minus that. A description
    without a vector is counted and never found.
    """

    def __init__(
        self,
        dimension: int,
        vectors: Callable[[D], Vectors | None],
        segments: Sequence[VectorSegment] = (),
        dead: Sequence[Ids] = (),
    ) -> None:
        """`vectors`: (r, `dimension`) of a description, r >= 1, or None; of a few rows, since a
        search looks at as many times more rows as one reference has at most.
        """
        self.dimension = dimension
        self._vectors = vectors
        self._parts: Parts[VectorSegment, VectorPart] = Parts(
            segments, dead, VectorSegment.part, merge
        )

    def __len__(self) -> int:
        """How many references it holds, those without a vector as well."""
        return len(self._parts)

    @property
    def segments(self) -> list[tuple[VectorSegment, Ids]]:
        """Each segment with the ids in it that are dead, sorted."""
        return self._parts.segments

    @property
    def delta(self) -> VectorPart:
        """What is in memory only, as one part."""
        fresh = self._parts.fresh
        if not fresh:
            return part_of(no_ids(), no_ids(), np.zeros((0, self.dimension), np.float32))
        return merge(fresh)

    def add(self, ids: Sequence[int], descriptions: Sequence[D]) -> None:
        """Add references; an id that is already there is replaced.

        One with a vector of another dimension, or with a number that is none, is logged and never
        found.
        """
        latest = dict(zip(ids, descriptions, strict=True))  # twice in one call: the last one counts
        if not latest:
            return
        self.discard(list(latest))
        images = id_set(latest)
        rows = [self._stored(id_, latest[id_]) for id_ in images.tolist()]
        owners = np.repeat(images, [len(some) for some in rows])
        self._parts.add(part_of(images, owners, np.concatenate(rows)))

    def discard(self, ids: Sequence[int]) -> None:
        """Forget references; ids that are not there are ignored."""
        self._parts.discard(id_set(ids))

    def shortlist(
        self,
        description: D,
        k: int,
        allowed: NDArray[np.uint32] | None = None,
        order: Order | None = None,
    ) -> list[tuple[int, float]]:
        """Up to k (id, minus the distance), nearest first; ValueError for an unsound vector."""
        vectors = self._vectors(description)
        if vectors is None:
            return []
        ids, distances = self.nearest(vectors, k, allowed, order)
        return list(zip(ids.tolist(), (-distances).tolist(), strict=True))

    def nearest(
        self,
        vectors: Vectors,
        k: int,
        allowed: NDArray[np.uint32] | None = None,
        order: Order | None = None,
    ) -> tuple[Ids, Distances]:
        """Up to k ids and their distances from the nearest of these (r, d) vectors."""
        queries = self._checked(vectors)
        parts = [part for part in self._parts.all if len(part)]
        if k <= 0 or not len(self) or not parts:
            return no_ids(), np.zeros(0)
        found = [nearest(part, queries, k, allowed) for part in parts]
        ids, distances = map(np.concatenate, zip(*found, strict=True))
        return nearest_each(ids, distances, k, order)

    def replace(self, old: Sequence[VectorSegment], new: VectorSegment) -> None:
        """Go on with `new`, the merge of `old`; what was discarded meanwhile stays dead."""
        self._parts.replace(old, new)

    def _stored(self, id_: int, description: D) -> Vectors:
        """Its rows; none where it is never found."""
        none = np.zeros((0, self.dimension), np.float32)
        vectors = self._vectors(description)
        try:
            return none if vectors is None else self._checked(vectors)
        except ValueError as exc:
            logger.warning("Reference %d is never found: %s", id_, exc)
            return none

    def _checked(self, vectors: Vectors) -> Vectors:
        checked = np.ascontiguousarray(vectors, np.float32)
        if checked.shape != (max(len(checked), 1), self.dimension):
            raise ValueError(
                f"a vector or more as rows of {self.dimension} are needed, not {checked.shape}"
            )
        squares = np.einsum("nd,nd->n", checked, checked, dtype=np.float64)
        if not (squares < _TOO_LONG).all():  # NaN is not either
            raise ValueError("a vector with a number that is none, or far too large")
        return checked


def nearest_each(
    ids: Ids, distances: Distances, k: int, order: Order | None = None
) -> tuple[Ids, Distances]:
    """The k nearest ids, each once, with its least distance; of parts of an index, or of shares.

    `order`: as for `Index.shortlist`.
    """
    near = np.argsort(distances, kind="stable")
    _, firsts = np.unique(ids[near], return_index=True)
    near = near[np.sort(firsts)]
    if len(near) > k:
        near = near[distances[near] <= distances[near[k - 1]]]
    tied = ids[near] if order is None else order(ids[near])
    near = near[np.lexsort((tied, distances[near]))[:k]]
    return ids[near], distances[near]
