"""Segments with tombstones and, beyond them, parts in memory: the bookkeeping of an index.

It knows ids only; what a part holds is its format's business. Callers lock.
"""

from collections.abc import Callable, Sequence
from typing import Generic, Protocol, Self, TypeVar

import numpy as np

from ...segments.id_sets import Ids, contains, id_set, no_ids
from ...segments.segmented import SegmentPart


class AnyPart(SegmentPart, Protocol):
    """What an index keeps in memory, and a segment is written from."""

    def with_dead(self, dead: Ids) -> Self:
        """The same with these tombstones."""

    def __len__(self) -> int:
        """How much it holds: what a merge costs."""


P = TypeVar("P", bound=AnyPart)
P_co = TypeVar("P_co", bound=AnyPart, covariant=True)

_TIER_FACTOR = 2  # tiers of the delta stay this much larger than the next: few, and rarely merged


class PartSource(Protocol[P_co]):
    """See `segmented.OpenSegment`."""

    @property
    def images(self) -> Ids:
        """All ids in it, sorted."""

    def part(self, dead: Ids) -> P_co:
        """It as a part."""


S = TypeVar("S", bound=PartSource[AnyPart])


class Parts(Generic[S, P]):
    """What an index holds; an id is live in one part only."""

    def __init__(
        self,
        segments: Sequence[S],
        dead: Sequence[Ids],
        part_of: Callable[[S, Ids], P],
        merge: Callable[[Sequence[P]], P],
    ) -> None:
        """`dead`: the tombstones of each segment, none where it is empty."""
        tombstones = dead or [no_ids()] * len(segments)
        self._part_of = part_of
        self._merge = merge
        self._segments = list(segments)
        self._settled = [
            part_of(segment, id_set(ids)) for segment, ids in zip(segments, tombstones, strict=True)
        ]
        self._fresh: list[P] = []

    def __len__(self) -> int:
        """How many references are live."""
        return sum(len(part.images) - len(part.dead) for part in self.all)

    @property
    def all(self) -> list[P]:
        """Those of the segments, then those in memory."""
        return self._settled + self._fresh

    @property
    def segments(self) -> list[tuple[S, Ids]]:
        """Each segment with the ids in it that are dead, sorted."""
        return [(s, p.dead) for s, p in zip(self._segments, self._settled, strict=True)]

    @property
    def settled(self) -> list[P]:
        """Those of the segments."""
        return list(self._settled)

    @property
    def fresh(self) -> list[P]:
        """Those in memory."""
        return list(self._fresh)

    def add(self, part: P) -> None:
        """A part more, of ids that are not live in another."""
        self._fresh.append(part)
        while len(self._fresh) > 1 and _close(*self._fresh[-2:]):
            self._fresh[-2:] = [self._merge(self._fresh[-2:])]

    def discard(self, gone: Ids) -> None:
        """Tombstones for these sorted ids; those that are not there are ignored."""
        for parts in (self._settled, self._fresh):
            parts[:] = [_without(part, gone) for part in parts]
        self._fresh = [part for part in self._fresh if len(part.live)]

    def flushed(self, segment: S) -> None:
        """Go on with a segment that has all that was in memory."""
        self._segments.append(segment)
        self._settled.append(self._part_of(segment, no_ids()))
        self._fresh = []

    def replace(self, old: Sequence[S], new: S) -> None:
        """Go on with `new`, the merge of `old`; what was discarded meanwhile stays dead."""
        going = [segment in old for segment in self._segments]
        live = id_set(
            np.concatenate(
                [p.live for p, goes in zip(self._settled, going, strict=True) if goes] or [no_ids()]
            )
        )
        dead = new.images[~contains(live, new.images)]
        staying = [i for i, goes in enumerate(going) if not goes]
        self._segments = [*(self._segments[i] for i in staying), new]
        self._settled = [*(self._settled[i] for i in staying), self._part_of(new, id_set(dead))]


def _close(larger: AnyPart, smaller: AnyPart) -> bool:
    return len(larger) < _TIER_FACTOR * len(smaller) or not len(larger)


def _without(part: P, gone: Ids) -> P:
    """The part with these ids dead too; the same object where it has none of them."""
    here = gone[contains(part.images, gone)]
    dead = np.union1d(part.dead, here)
    return part if len(dead) == len(part.dead) else part.with_dead(dead)
