"""Every reference votes on every query: exact, no training, for a few thousand references.

It is the truth that other indexes are compared with. Not safe for concurrent use: callers lock.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from .index import Order

D = TypeVar("D")
Vectors = NDArray[np.float32]

# Only a query vector's nearest references get votes; measured: explanation/match.md, "Shortlist"
_NEAREST_REFERENCES = 20
# Added to the span above the vote's threshold, so that one chance hit cannot weigh without bound
_SPAN_MARGIN = 0.02
_REFERENCES_PER_BLOCK = 32  # 300 vectors each: a block's products stay in the processor's cache


class ExactIndex(Generic[D]):
    """Votes by cosine of the unit vectors (m, d) that `vectors_of` takes from a description.

    Each query vector gives each of its 20 nearest references ((s - t) / (1 - t))^2, where s is the
    cosine to that reference's nearest vector and t that of the 20th reference.
    """

    def __init__(self, vectors_of: Callable[[D], Vectors]) -> None:
        self._vectors_of = vectors_of
        self._blocks: list[_Block] = []
        self._block_of: dict[int, _Block] = {}

    def __len__(self) -> int:
        return len(self._block_of)

    def add(self, ids: Sequence[int], descriptions: Sequence[D]) -> None:
        """Add references; an id that is already there is replaced."""
        self.discard(ids)
        for id_, description in zip(ids, descriptions, strict=True):
            if id_ in self._block_of:  # twice in one call: the last one counts
                self.discard([id_])
            if not self._blocks or len(self._blocks[-1].ids) >= _REFERENCES_PER_BLOCK:
                self._blocks.append(_Block())
            self._blocks[-1].append(id_, self._vectors_of(description))
            self._block_of[id_] = self._blocks[-1]

    def discard(self, ids: Sequence[int]) -> None:
        """Forget references; ids that are not there are ignored."""
        for id_ in ids:
            block = self._block_of.pop(id_, None)
            if block is None:
                continue
            block.remove(id_)
            if not block.ids:
                self._blocks.remove(block)

    def shortlist(
        self,
        description: D,
        k: int,
        allowed: NDArray[np.uint32] | None = None,
        order: Order | None = None,
    ) -> list[tuple[int, float]]:
        """Up to k (id, score) pairs, best first; references without any vote are left out."""
        query = self._vectors_of(description)
        if not len(query) or k <= 0:
            return []
        wanted = None if allowed is None else {int(id_) for id_ in allowed}
        ids: list[int] = []
        columns: list[Vectors] = []
        for found, nearest in self._nearest(query, wanted):
            ids += found
            columns.append(nearest)
        if not ids:
            return []
        scores = _votes(np.concatenate(columns, axis=1))
        numbers = np.array(ids, np.uint32)
        best = np.lexsort((numbers if order is None else order(numbers), -scores))[:k]
        return [(ids[i], float(scores[i])) for i in best if scores[i] > 0]

    def _nearest(
        self, query: Vectors, wanted: set[int] | None
    ) -> Iterator[tuple[list[int], Vectors]]:
        """Per block: ids and (n query vectors, n ids) cosines to each reference's nearest."""
        for block in self._blocks:
            keep = [
                i
                for i, id_ in enumerate(block.ids)
                if block.counts[i] and (wanted is None or id_ in wanted)
            ]
            if keep:
                yield [block.ids[i] for i in keep], block.nearest(query, keep)


@dataclass(eq=False)
class _Block:
    """The vectors of a few references, one after the other; small, so that changes are cheap."""

    ids: list[int] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    parts: list[Vectors] = field(default_factory=list)
    _joined: Vectors | None = None

    def append(self, id_: int, vectors: Vectors) -> None:
        self.ids.append(id_)
        self.counts.append(len(vectors))
        self.parts.append(vectors)
        self._joined = None

    def remove(self, id_: int) -> None:
        position = self.ids.index(id_)
        for column in (self.ids, self.counts, self.parts):
            del column[position]
        self._joined = None

    def nearest(self, query: Vectors, keep: list[int]) -> Vectors:
        """(n query vectors, n kept) cosine to the nearest vector of each kept reference."""
        if len(keep) == len(self.ids):
            vectors = self.joined()
        else:
            vectors = np.concatenate([self.parts[i] for i in keep])
        starts = np.cumsum([0] + [self.counts[i] for i in keep[:-1]])
        return np.asarray(np.maximum.reduceat(query @ vectors.T, starts, axis=1))

    def joined(self) -> Vectors:
        """All vectors of the block in one array; the parts become views of it."""
        if self._joined is None:
            self._joined = np.concatenate(self.parts)
            ends = np.cumsum(self.counts)[:-1]
            self.parts = np.split(self._joined, ends)
        return self._joined


def _votes(nearest: Vectors) -> NDArray[np.float64]:
    """(n references,) sum of the votes of all query vectors, (n vectors, n references) cosines."""
    rank = min(_NEAREST_REFERENCES, nearest.shape[1])
    if rank < _NEAREST_REFERENCES:
        threshold = np.minimum(nearest.min(axis=1), 0.0)[:, None]
    else:
        threshold = np.partition(nearest, -rank, axis=1)[:, -rank][:, None]
    span = 1 + _SPAN_MARGIN - threshold
    share = np.maximum(nearest - threshold, 0) / span
    return np.asarray((share**2).sum(axis=0), np.float64)
