"""The vector index: one vector per reference, nearest first.

Segments on disk, a delta in memory, one ranking over both; docs/vector-index.md. Not safe for
concurrent use: callers lock. Several processes may map the same segments.
"""

import logging
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from .graph import Vectors
from .id_sets import Ids, id_set, no_ids
from .nearest import nearest
from .parts import Parts
from .vector_parts import VectorPart, merge, part_of
from .vector_segment import VectorSegment

logger = logging.getLogger(__name__)
D = TypeVar("D")

_TOO_LONG = 1e30  # squares are kept as float32


class VectorIndex(Generic[D]):
    """References by the Euclidean distance of their (d,) vectors; for unit vectors as by cosine.

    The score is minus the distance. A description without a vector is counted and never found.
    """

    def __init__(
        self,
        dimension: int,
        vector: Callable[[D], Vectors | None],
        missing: Callable[[D], float] | None = None,
        segments: Sequence[VectorSegment] = (),
        dead: Sequence[Ids] = (),
    ) -> None:
        """`missing`: the share (0..1) of a query that says nothing; the mean of all live vectors
        stands for it: `missing * mean` is added to the query's vector.
        """
        self.dimension = dimension
        self._vector = vector
        self._missing = missing
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

        A vector of another dimension, or with a number that is none, is logged and left out.
        """
        latest = dict(zip(ids, descriptions, strict=True))  # twice in one call: the last one counts
        if not latest:
            return
        self.discard(list(latest))
        images = id_set(latest)
        vectors = {id_: self._stored(id_, latest[id_]) for id_ in images.tolist()}
        sound = [(id_, vector) for id_, vector in vectors.items() if vector is not None]
        owners = np.array([id_ for id_, _ in sound], np.uint32)
        rows = np.array([vector for _, vector in sound], np.float32)
        self._parts.add(part_of(images, owners, rows.reshape(-1, self.dimension)))

    def discard(self, ids: Sequence[int]) -> None:
        """Forget references; ids that are not there are ignored."""
        self._parts.discard(id_set(ids))

    def shortlist(
        self, description: D, k: int, allowed: NDArray[np.uint32] | None = None
    ) -> list[tuple[int, float]]:
        """Up to k (id, minus the distance), nearest first; ValueError for an unsound vector."""
        vector = self._vector(description)
        if vector is None or k <= 0 or not len(self):
            return []
        query = self._filled(description, self._checked(vector))
        found = [nearest(part, query, k, allowed) for part in self._parts.all if len(part)]
        if not found:
            return []
        ids, distances = map(np.concatenate, zip(*found, strict=True))
        order = np.lexsort((ids, distances))[:k]
        return list(zip(ids[order].tolist(), (-distances[order]).tolist(), strict=True))

    def replace(self, old: Sequence[VectorSegment], new: VectorSegment) -> None:
        """Go on with `new`, the merge of `old`; what was discarded meanwhile stays dead."""
        self._parts.replace(old, new)

    def _filled(self, description: D, vector: Vectors) -> Vectors:
        share = self._missing(description) if self._missing else 0.0
        if not share:
            return vector
        return np.asarray(vector + share * self._mean(), np.float32)

    def _mean(self) -> NDArray[np.float64]:
        """(d,) mean of all live vectors; zero where there is none."""
        parts = [part for part in self._parts.all if len(part)]
        count = sum(len(part) - len(part.dead_rows) for part in parts)
        total = np.sum([part.live_total for part in parts] or [np.zeros(self.dimension)], axis=0)
        return np.asarray(total / max(count, 1), np.float64)

    def _stored(self, id_: int, description: D) -> Vectors | None:
        vector = self._vector(description)
        if vector is None:
            return None
        try:
            return self._checked(vector)
        except ValueError as exc:
            logger.warning("Reference %d is never found: %s", id_, exc)
            return None

    def _checked(self, vector: Vectors) -> Vectors:
        checked = np.ascontiguousarray(vector, np.float32)
        if checked.shape != (self.dimension,):
            raise ValueError(f"a vector of shape {checked.shape}, ({self.dimension},) is needed")
        if not np.dot(checked.astype(np.float64), checked) < _TOO_LONG:  # NaN is not either
            raise ValueError("a vector with a number that is none, or far too large")
        return checked
