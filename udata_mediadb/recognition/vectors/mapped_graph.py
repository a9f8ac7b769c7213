"""A graph read where it is mapped: one copy in the memory of the machine, whatever asks.

hnswlib reads a graph into each process, 1.3 KB a vector of similarity. The file has all that a
search needs, at fixed places, so it is searched there (docs/decisions/0028-mapped-graphs.md). Safe
for several threads.
"""

import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..segments.files import BadSegment, crc_of
from .graph import FILE, GraphParameters, Rows, Vectors
from .graph_search import Layout, nearest_rows, upper_levels

# hnswlib 0.8, `saveIndex`: offset of the lowest level, room, count, bytes of an element, where its
# label and its vector are in it; highest level, entry; most links above, below, M; a factor, and
# the breadth it was built with
_HEADER = struct.Struct("<6QiI3QdQ")
_WORD = 4
_EVERY: NDArray[np.uint8] = np.zeros(0, np.uint8)


class MappedGraph:
    """Approximate neighbours of a query, by row; see `graph.Graph`."""

    def __init__(self, words: NDArray[np.uint32], layout: Layout, upper: Any, ef: int) -> None:
        self.ef = ef
        self._words = words
        self._numbers = words.view(np.float32)
        self._layout = layout
        self._upper = upper
        self._kept: tuple[Rows, NDArray[np.uint8]] = (np.zeros(0, np.intp), _EVERY)

    def __len__(self) -> int:
        return self._layout.elements

    @classmethod
    def load(
        cls, path: Path, crc: int, count: int, dimension: int, by: GraphParameters
    ) -> "MappedGraph":
        """Map it; BadSegment where it is not what was written."""
        name = f"{FILE} of segment {path.parent.name}"
        try:
            if crc_of(path) != crc:
                raise BadSegment(f"{name} is damaged: wrong checksum")
            words = np.memmap(path, np.uint32, "r").view(np.ndarray)
            header = _HEADER.unpack(words[: _HEADER.size // _WORD].tobytes())
        except (OSError, ValueError, struct.error) as exc:
            raise BadSegment(f"{name} cannot be read: {exc}") from exc
        first, _, here, size, label, data, levels, entry, upper, links, m, _, breadth = header
        told = here, m, breadth
        if told != (count, by.links, by.breadth) or label - data != dimension * _WORD:
            raise BadSegment(f"{name} is another graph: {told}")
        layout = Layout(
            begin=_HEADER.size // _WORD,
            stride=size // _WORD,
            data=data // _WORD,
            label=label // _WORD,
            links=links,
            upper=upper,
            elements=here,
            entry=entry,
            levels=levels,
        )
        end = layout.begin + here * layout.stride
        above = upper_levels(words, end, here) if first == 0 and end <= len(words) else None
        if above is None or not len(above[1]) or entry >= here:
            raise BadSegment(f"{name} cannot be read: it does not end where it should")
        return cls(words, layout, above, by.ef)

    def nearest(self, query: Vectors, k: int, dead: Rows) -> Rows | None:
        """Up to k rows near the (d,) query, without `dead` (sorted); None: it found too few."""
        return self._asked(query, min(k, len(self) - len(dead)), self._without(dead))

    def nearest_among(self, query: Vectors, k: int, rows: Rows, dead: Rows) -> Rows | None:
        """Up to k of `rows` near the query; none of them is dead. None: it found too few."""
        kept = np.zeros(len(self), np.uint8)
        kept[rows] = 1
        return self._asked(query, min(k, len(rows)), kept)

    def _asked(self, query: Vectors, k: int, kept: NDArray[np.uint8]) -> Rows | None:
        if k <= 0:
            return np.zeros(0, np.intp)
        asked = np.ascontiguousarray(query, np.float32)
        breadth = max(self.ef, k)
        rows = nearest_rows(
            self._words, self._numbers, self._layout, self._upper, asked, kept, k, breadth
        )
        return None if len(rows) < k else rows

    def _without(self, dead: Rows) -> NDArray[np.uint8]:
        """A map of the rows that count; kept until others are dead."""
        if not len(dead):
            return _EVERY
        known, kept = self._kept
        if known is not dead:
            kept = np.ones(len(self), np.uint8)
            kept[dead] = 0
            self._kept = dead, kept
        return kept
