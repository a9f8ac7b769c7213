"""Vectors as a format of segments: writing, opening and searching them."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from ..segments.files import reserve, write_directory
from ..segments.id_sets import Ids
from . import duplicate_vectors
from . import graph as graphs
from .duplicate_vectors import DuplicateRows, groups_of
from .graph import Graph, GraphParameters, Vectors
from .index import VectorIndex
from .parts import ROWS_AT_ONCE, VectorPart, fill, live_images, live_owners, most_rows
from .segment import DTYPES, FORMAT, VectorSegment

logger = logging.getLogger(__name__)
D = TypeVar("D")


@dataclass(frozen=True)
class VectorSegments(Generic[D]):
    """See `segmented.SegmentFormat`; `vectors` as in `VectorIndex`.

    `graph`: how large segments are searched where hnswlib is installed; None: all are scanned.
    """

    dimension: int
    vectors: Callable[[D], Vectors | None]
    graph: GraphParameters | None = None

    @property
    def version(self) -> str:
        """Vectors of another dimension, graphs of other parameters, earlier files are refused."""
        built = "".join(f"-{name}{value}" for name, value in (self.graph or _SCANNED).built.items())
        return f"l2.{FORMAT}-{self.dimension}{built}"

    @property
    def formers(self) -> Sequence["VectorSegments[D]"]:
        """None: earlier files are made anew from the stored descriptions."""
        return ()

    def open(self, path: Path) -> VectorSegment:
        """See `VectorSegment.open`."""
        return VectorSegment.open(path, self.version, self.dimension, self.graph)

    def index(
        self, segments: Sequence[VectorSegment] = (), dead: Sequence[Ids] = ()
    ) -> VectorIndex[D]:
        """See `VectorIndex`."""
        return VectorIndex(self.dimension, self.vectors, segments, dead)

    def packed(self, descriptions: Sequence[D]) -> Mapping[str, NDArray[Any]]:
        """See `SegmentFormat.packed`."""
        none = np.zeros((0, self.dimension), np.float32)
        rows = [none if (found := self.vectors(one)) is None else found for one in descriptions]
        return {
            "vectors": np.concatenate([none, *rows]).astype(np.float32),
            "counts": np.array([len(some) for some in rows], np.int64),
        }

    def unpacked(self, arrays: Mapping[str, NDArray[Any]]) -> list[Vectors]:
        """See `SegmentFormat.unpacked`; (r, d) each, r = 0 for a description without a vector."""
        vectors, counts = arrays.get("vectors"), arrays.get("counts")
        if vectors is None or vectors.dtype != np.float32 or vectors.ndim != 2:
            raise ValueError("a question has vectors as rows of float32")
        if vectors.shape[1] != self.dimension or not np.isfinite(vectors).all():
            raise ValueError(f"vectors of {self.dimension} numbers are needed")
        if counts is None or counts.dtype != np.int64 or counts.ndim != 1:
            raise ValueError("a question says how many vectors it has")
        if (counts < 0).any() or counts.sum() != len(vectors):
            raise ValueError("the columns of a question do not fit together")
        return np.split(vectors, np.cumsum(counts)[:-1]) if len(counts) else []

    def write(self, path: Path, parts: Sequence[VectorPart]) -> None:
        """A new segment with what is live in all parts, and its graph where it is large."""
        about = {"format": FORMAT, "version": self.version, "dimension": self.dimension}
        write_directory(path, lambda directory: self._write(directory, parts), about)

    def _write(self, directory: Path, parts: Sequence[VectorPart]) -> Mapping[str, object]:
        images, (owners, places) = live_images(parts), live_owners(parts)
        np.save(directory / "images.npy", images, allow_pickle=False)
        np.save(directory / "owners.npy", owners, allow_pickle=False)
        vectors = _allocated(directory, "vectors", (len(owners), self.dimension))
        fill(vectors, places, parts)
        squares = _allocated(directory, "squares", (len(owners),))
        for start in range(0, len(owners), ROWS_AT_ONCE):
            block = vectors[start : start + ROWS_AT_ONCE]
            squares[start : start + ROWS_AT_ONCE] = np.einsum("nd,nd->n", block, block)
        for array in (vectors, squares):
            array.flush()
        return {
            "images": len(images),
            "vectors": len(owners),
            "most": most_rows(owners),
            "graph": self._write_graph(directory, vectors.view(np.ndarray)),
        }

    def _write_graph(self, directory: Path, vectors: Vectors) -> dict[str, int] | None:
        if self.graph is None or len(vectors) < max(self.graph.least, 1):
            return None
        if not graphs.available():
            logger.info("hnswlib is not installed: %d vectors will be scanned", len(vectors))
            return None
        groups = groups_of(vectors)
        if groups is not None:
            np.save(directory / duplicate_vectors.FILE, groups, allow_pickle=False)
            vectors = vectors[DuplicateRows.of(groups).firsts()]
        Graph.build(vectors, self.graph).save(directory / graphs.FILE)
        return self.graph.built


_SCANNED = GraphParameters(links=0, breadth=0, ef=0, least=0)


def _allocated(directory: Path, name: str, shape: tuple[int, ...]) -> "np.memmap[Any, Any]":
    path = directory / f"{name}.npy"
    array = np.lib.format.open_memmap(path, mode="w+", dtype=DTYPES[name], shape=shape)
    reserve(path)
    return array
