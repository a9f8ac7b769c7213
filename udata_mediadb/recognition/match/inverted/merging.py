"""Several postings -> one, without those of dead images, in memory of a few hundred megabytes."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...segments.id_sets import Ids, contains, id_set, no_ids
from ..global_descriptor import WORDS
from .postings import Postings

POSTINGS_AT_ONCE = 1 << 22

Allocate = Callable[[str, type[np.generic], int], NDArray[Any]]


@dataclass(frozen=True, eq=False)
class Part:
    """Postings of some images (`images`: sorted ids), of which some are `dead` (sorted ids)."""

    postings: Postings
    images: Ids
    dead: Ids = field(default_factory=no_ids)

    def __len__(self) -> int:
        """How many postings it has."""
        return len(self.postings)

    def with_dead(self, dead: Ids) -> "Part":
        """The same with these tombstones."""
        return Part(self.postings, self.images, dead)

    @property
    def live(self) -> Ids:
        """The images that count, sorted."""
        if not len(self.dead):
            return self.images
        return np.asarray(self.images)[~contains(self.dead, self.images)]


def in_memory(_: str, dtype: type[np.generic], length: int) -> NDArray[Any]:
    """Allocates arrays of a merge in memory."""
    return np.empty(length, dtype)


def merge(parts: Sequence[Part], allocate: Allocate = in_memory) -> Part:
    """One part with the live images of all; within a word in the order of the parts.

    An image may be live in one part only.
    """
    ranges = list(_word_ranges([part.postings for part in parts]))
    offsets = allocate("offsets", np.int64, len(parts[0].postings.offsets))
    counts = sum(np.concatenate([_counts(part, *r) for r in ranges]) for part in parts)
    offsets[0] = 0
    np.cumsum(counts, out=offsets[1:])
    total = int(offsets[-1])
    ids = allocate("ids", np.uint32, total)
    codes = allocate("codes", np.uint64, total)
    geometry = allocate("geometry", np.uint16, total)
    for first, last in ranges:
        here = slice(int(offsets[first]), int(offsets[last]))
        words, places = zip(*(_live_postings(part, first, last) for part in parts), strict=True)
        order = np.argsort(np.concatenate(words), kind="stable")
        for name, out in (("ids", ids), ("codes", codes), ("geometry", geometry)):
            columns = [
                getattr(part.postings, name)[where]
                for part, where in zip(parts, places, strict=True)
            ]
            out[here] = np.concatenate(columns)[order]
    live = id_set(np.concatenate([part.live for part in parts]))
    images = allocate("images", np.uint32, len(live))
    images[:] = live
    wholes = allocate("wholes", np.uint64, WORDS * len(live))
    wholes[:] = _live_wholes(parts)
    return Part(Postings(offsets, ids, codes, geometry, wholes), images)


def _live_wholes(parts: Sequence[Part]) -> NDArray[np.uint64]:
    """(4 n,) of the live images of all parts, by image id."""
    rows = [part.postings.wholes.reshape(-1, WORDS) for part in parts]
    alive = [~contains(part.dead, part.images) for part in parts]
    live = np.concatenate([row[mask] for row, mask in zip(rows, alive, strict=True)])
    order = np.argsort(np.concatenate([part.live for part in parts]))
    return np.asarray(live[order]).ravel()


def _word_ranges(postings: Sequence[Postings]) -> Iterator[tuple[int, int]]:
    """Ranges of words that hold some four million postings each; a range has at most 2**16."""
    before = np.sum([p.offsets for p in postings], axis=0)
    words = len(before) - 1
    first = 0
    while first < words:
        last = int(np.searchsorted(before, before[first] + POSTINGS_AT_ONCE, side="right")) - 1
        last = min(max(last, first + 1), first + (1 << 16), words)
        yield first, last
        first = last


def _counts(part: Part, first: int, last: int) -> NDArray[np.int64]:
    """(last - first,) live postings of each word."""
    words, _ = _live_postings(part, first, last)
    return np.bincount(words, minlength=last - first)


def _live_postings(
    part: Part, first: int, last: int
) -> tuple[NDArray[np.uint16], slice | NDArray[np.intp]]:
    """Words, counted from `first`, and places of the live postings of a range of words."""
    offsets = part.postings.offsets[first : last + 1]
    words = np.repeat(np.arange(last - first, dtype=np.uint16), np.diff(offsets))
    start, stop = int(offsets[0]), int(offsets[-1])
    if not len(part.dead):
        return words, slice(start, stop)
    live = np.flatnonzero(~contains(part.dead, part.postings.ids[start:stop]))
    return words[live], live + start
