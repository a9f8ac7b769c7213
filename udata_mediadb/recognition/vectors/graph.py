"""A graph over the vectors of one large segment (HNSW, by hnswlib), where hnswlib is installed.

Malkov, Yashunin: "Efficient and robust approximate nearest neighbor search using Hierarchical
Navigable Small World graphs", 2016. What hnswlib does not guard itself against is guarded here;
docs/explanation/vector-index.md lists it. Not safe for concurrent use: callers lock. Rows are 0 to
n - 1.
"""

import errno
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..segments.files import BadSegment, crc_of

try:
    import hnswlib
except ImportError:  # the extra `scale` is not installed: everything is scanned
    hnswlib = None

Rows = NDArray[np.intp]
Vectors = NDArray[np.float32]

FILE = "graph.bin"
_SEED = 100  # of the levels of the graph; hnswlib's own default
_ROWS_AT_ONCE = 10_000  # hnswlib holds the GIL while it checks its input


@dataclass(frozen=True)
class GraphParameters:
    """How graphs are built and asked; measured: docs/explanation/vector-index.md.

    `links` (M) and `breadth` (ef_construction) belong to the file; `ef` is how far a search looks;
    segments with fewer than `least` vectors have no graph. It is built by `threads`, beside the
    searches.
    """

    links: int
    breadth: int
    ef: int
    least: int
    threads: int = 1

    @property
    def built(self) -> dict[str, int]:
        """What a graph was built with."""
        return {"links": self.links, "breadth": self.breadth}


def available() -> bool:
    """Whether graphs can be built and read here."""
    return hnswlib is not None


class Graph:
    """Approximate neighbours of a query, by row; the vectors are in it once more."""

    def __init__(self, index: Any, parameters: GraphParameters) -> None:
        """`index`: an hnswlib.Index whose labels are the rows."""
        self._index = index
        self._marked: Rows = np.zeros(0, np.intp)
        self._index.set_ef(parameters.ef)  # not in the file: it would be 10 after load
        self._index.set_num_threads(1)
        self.ef = parameters.ef

    def __len__(self) -> int:
        return int(self._index.element_count)

    @classmethod
    def build(cls, vectors: Vectors, parameters: GraphParameters) -> "Graph":
        """Of the rows of (n, d) finite vectors, n > 0; minutes for a million, in one thread."""
        index = hnswlib.Index(space="l2", dim=vectors.shape[1])
        index.init_index(
            max_elements=len(vectors),
            M=parameters.links,
            ef_construction=parameters.breadth,
            random_seed=_SEED,
        )
        for start in range(0, len(vectors), _ROWS_AT_ONCE):
            rows = np.arange(start, min(start + _ROWS_AT_ONCE, len(vectors)))
            index.add_items(vectors[rows], rows, num_threads=parameters.threads)
        return cls(index, parameters)

    def save(self, path: Path) -> None:
        """Write it; OSError where the disk is full, which hnswlib does not notice."""
        self._index.save_index(str(path))
        if not path.exists() or path.stat().st_size != self._index.index_file_size():
            raise OSError(errno.ENOSPC, "the graph could not be written, the file is too short")

    @classmethod
    def load(cls, path: Path, crc: int, count: int, dimension: int, by: GraphParameters) -> "Graph":
        """Read it into memory, a second for a million; BadSegment where it is not what was written.

        hnswlib trusts what is in the file, and would read beyond its memory.
        """
        try:
            if crc_of(path) != crc:
                raise BadSegment(f"{FILE} of segment {path.parent.name} is damaged: wrong checksum")
            index = hnswlib.Index(space="l2", dim=dimension)
            index.load_index(str(path))
        except (OSError, RuntimeError, MemoryError) as exc:
            raise BadSegment(f"{FILE} of segment {path.parent.name} cannot be read: {exc}") from exc
        told = (index.element_count, index.M, index.ef_construction)
        if told != (count, by.links, by.breadth):
            raise BadSegment(f"{FILE} of segment {path.parent.name} is another graph: {told}")
        return cls(index, by)

    def nearest(self, query: Vectors, k: int, dead: Rows) -> Rows | None:
        """Up to k rows near the (d,) query, without `dead` (sorted); None: it found too few."""
        self._mark(dead)
        return self._asked(query, min(k, len(self) - len(dead)))

    def nearest_among(self, query: Vectors, k: int, rows: Rows, dead: Rows) -> Rows | None:
        """Up to k of `rows` near the query; none of them is dead. None: it found too few.

        hnswlib asks about each vector that it comes across, a microsecond each.
        """
        self._mark(dead)
        kept = np.zeros(len(self), np.uint8)
        kept[rows] = 1
        return self._asked(query, min(k, len(rows)), kept.tobytes().__getitem__)

    def _asked(self, query: Vectors, k: int, keep: Any = None) -> Rows | None:
        if k <= 0:
            return np.zeros(0, np.intp)
        try:
            labels, _ = self._index.knn_query(query, k=k, num_threads=1, filter=keep)
        except RuntimeError:  # "Cannot return the results in a contiguous 2D array": fewer than k
            return None
        return labels[0].astype(np.intp)

    def _mark(self, dead: Rows) -> None:
        """Let exactly these rows count as deleted, in memory only."""
        if dead is self._marked:
            return
        for row in np.setdiff1d(dead, self._marked).tolist():
            self._index.mark_deleted(row)
        for row in np.setdiff1d(self._marked, dead).tolist():
            self._index.unmark_deleted(row)
        self._marked = dead
