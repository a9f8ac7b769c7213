"""Postings of a segment: codes, which every search scans, and what is read of those that are close.

A picture is named by its place among the pictures of the segment, and the place by what it lies
beyond the start of its range of 65,536 places: two bytes, at once for any posting. Where the
postings of each word and range start is in a table of eight bytes for some hundred postings.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ...segments.id_sets import Ids
from .cold import ColdMap
from .global_descriptors import places_without_texture
from .postings import Geometry
from .vocabulary import Codes, Words

RANGE_BITS = 16
GEOMETRY_BITS = 16
_GEOMETRY = np.uint32((1 << GEOMETRY_BITS) - 1)

Packed = NDArray[np.uint32]


@dataclass(frozen=True, eq=False)
class PackedPostings:
    """See `AnyPostings`; sorted by word, then by range.

    `ranges`: (words x ranges + 1,) where those of each word and range start, empty where there is
    one range only; `seen`: (p,) uint32, place beyond the start of the range in the high half,
    geometry in the low one; `images`: (n,) all pictures, sorted.
    """

    offsets: NDArray[np.int64]
    codes: Codes
    wholes: NDArray[np.uint64]
    ranges: NDArray[np.int64]
    seen: ColdMap
    images: Ids

    def __len__(self) -> int:
        return len(self.codes)

    @cached_property
    def without_texture(self) -> NDArray[np.intp]:
        """See `AnyPostings`."""
        return places_without_texture(self.wholes)

    def at(self, positions: NDArray[np.int64], words: Words) -> tuple[Ids, Geometry]:
        """See `AnyPostings.at`."""
        places, geometry = unpacked(self.seen.at(positions))
        if len(self.ranges):
            places |= self._ranges_of(positions, words).astype(np.uint32) << RANGE_BITS
        return self.images[places], geometry

    def _ranges_of(self, positions: NDArray[np.int64], words: Words) -> NDArray[np.int64]:
        """The last range of the word that begins there or before, halving those that it may be.

        Empty ones begin where the next one does.
        """
        count = range_count(len(self.images))
        first = words.astype(np.int64) * count
        ranges = np.zeros(len(positions), np.int64)
        step = 1 << (count - 1).bit_length() >> 1
        while step:
            later = np.minimum(ranges + step, count - 1)
            ranges = np.where(self.ranges[first + later] <= positions, later, ranges)
            step >>= 1
        return ranges

    def between(self, start: int, stop: int) -> tuple[Ids, Geometry]:
        """See `AnyPostings.between`."""
        places, geometry = self.places(start, stop)
        return self.images[places], geometry

    def places(self, start: int, stop: int) -> tuple[Packed, Geometry]:
        """(stop - start,) the places of their pictures, and geometry."""
        places, geometry = unpacked(self.seen.between(start, stop))
        if len(self.ranges) and start < stop:
            first = int(np.searchsorted(self.ranges, start, side="right")) - 1
            last = int(np.searchsorted(self.ranges, stop, side="left"))
            lengths = np.diff(self.ranges[first : last + 1].clip(start, stop))
            numbers = np.arange(first, last) % range_count(len(self.images))
            places |= np.repeat(numbers.astype(np.uint32), lengths) << RANGE_BITS
        return places, geometry


def range_count(images: int) -> int:
    """How many ranges of places there are, at least one."""
    return max(1, -(-images >> RANGE_BITS))


def packed(places: Packed, geometry: Geometry) -> Packed:
    """What `unpacked` takes apart."""
    low = places & np.uint32((1 << RANGE_BITS) - 1)
    return np.asarray(low << GEOMETRY_BITS | geometry)


def unpacked(seen: Packed) -> tuple[Packed, Geometry]:
    """Places beyond the start of their range, and geometry."""
    return seen >> np.uint32(GEOMETRY_BITS), (seen & _GEOMETRY).astype(np.uint16)
