"""Several postings -> one, without those of dead images, in memory of a few hundred megabytes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ...segments.id_sets import Ids, contains, id_set, no_ids
from ..global_descriptor import WORDS
from .postings import AnyPostings, Geometry, Postings
from .vocabulary import Codes

POSTINGS_AT_ONCE = 1 << 22


@dataclass(frozen=True, eq=False)
class Part:
    """Postings of some images (`images`: sorted ids), of which some are `dead` (sorted ids)."""

    postings: AnyPostings
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


@dataclass(frozen=True, eq=False)
class Run:
    """The live postings of the words `first` to `last` of all parts, by word, then by part.

    `words`: uint16, counted from `first`.
    """

    first: int
    last: int
    words: NDArray[np.uint16]
    ids: Ids
    codes: Codes
    geometry: Geometry


def merge(parts: Sequence[Part]) -> Part:
    """One part in memory with the live images of all; within a word in the order of the parts.

    An image may be live in one part only.
    """
    runs = list(merged_runs(parts))
    offsets = merged_offsets(parts)
    ids, codes, geometry = (
        np.concatenate([getattr(run, name) for run in runs])
        for name in ("ids", "codes", "geometry")
    )
    return Part(Postings(offsets, ids, codes, geometry, merged_wholes(parts)), merged_images(parts))


def merged_images(parts: Sequence[Part]) -> Ids:
    """The live images of all parts, sorted."""
    return id_set(np.concatenate([part.live for part in parts]))


def merged_wholes(parts: Sequence[Part]) -> NDArray[np.uint64]:
    """(4 n,) of the live images of all parts, by image id."""
    rows = [part.postings.wholes.reshape(-1, WORDS) for part in parts]
    alive = [~contains(part.dead, part.images) for part in parts]
    live = np.concatenate([row[mask] for row, mask in zip(rows, alive, strict=True)])
    order = np.argsort(np.concatenate([part.live for part in parts]))
    return np.asarray(live[order]).ravel()


def merged_offsets(parts: Sequence[Part]) -> NDArray[np.int64]:
    """(k + 1,) where the live postings of each word start when all parts are one."""
    counts = [np.zeros(1, np.int64)]
    for first, last in _word_ranges(parts):
        words = [_live_words(part, first, last) for part in parts]
        counts.append(np.bincount(np.concatenate(words), minlength=last - first))
    return np.cumsum(np.concatenate(counts), dtype=np.int64)


def merged_runs(parts: Sequence[Part]) -> Iterator[Run]:
    """All live postings, some millions at a time."""
    for first, last in _word_ranges(parts):
        columns = [_live_postings(part, first, last) for part in parts]
        words, ids, codes, geometry = (
            np.concatenate(column) for column in zip(*columns, strict=True)
        )
        order = np.argsort(words, kind="stable")
        yield Run(first, last, words[order], ids[order], codes[order], geometry[order])


def _word_ranges(parts: Sequence[Part]) -> Iterator[tuple[int, int]]:
    """Ranges of words that hold some four million postings each; a range has at most 2**16."""
    before = np.sum([part.postings.offsets for part in parts], axis=0)
    words = len(before) - 1
    first = 0
    while first < words:
        last = int(np.searchsorted(before, before[first] + POSTINGS_AT_ONCE, side="right")) - 1
        last = min(max(last, first + 1), first + (1 << 16), words)
        yield first, last
        first = last


def _live_words(part: Part, first: int, last: int) -> NDArray[np.uint16]:
    """Words, counted from `first`, of the live postings of a range of words."""
    offsets = part.postings.offsets[first : last + 1]
    words = np.repeat(np.arange(last - first, dtype=np.uint16), np.diff(offsets))
    if not len(part.dead):
        return words
    ids, _ = part.postings.between(int(offsets[0]), int(offsets[-1]))
    return words[~contains(part.dead, ids)]


def _live_postings(
    part: Part, first: int, last: int
) -> tuple[NDArray[np.uint16], Ids, Codes, Geometry]:
    """Words, counted from `first`, ids, codes and geometry of the live postings of a range."""
    offsets = part.postings.offsets[first : last + 1]
    start, stop = int(offsets[0]), int(offsets[-1])
    ids, geometry = part.postings.between(start, stop)
    codes = part.postings.codes[start:stop]
    words = np.repeat(np.arange(last - first, dtype=np.uint16), np.diff(offsets))
    if not len(part.dead):
        return words, ids, codes, geometry
    live = ~contains(part.dead, ids)
    return words[live], ids[live], codes[live], geometry[live]
