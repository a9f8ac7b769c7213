"""A segment of vectors: an immutable directory of `.npy` files, memory-mapped by every worker.

    manifest.json   format, version, number of images and vectors, how many one image has at most,
                    how the graph was built, size and CRC-32 of each file
    images.npy      (n,) uint32, sorted: all images it holds, also those without a vector
    owners.npy      (m,) uint32, sorted: whose vector each row is; an image may have several
    vectors.npy     (m, d) float32, squares.npy (m,) float32 the squared length of each
    graph.bin       of a large segment, see `graph`: read when first asked
    groups.npy      (m,) uint32, where rows are equal, see `duplicate_vectors`

A directory of the right name is whole. One that is not is refused, never guessed at.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..segments.files import BadSegment, checked_manifest, crc_of
from ..segments.id_sets import Ids, contains
from . import duplicate_vectors
from . import graph as graphs
from .duplicate_vectors import DuplicateRows, RowGraph
from .graph import GraphParameters, Vectors
from .graph_reading import load
from .parts import NoGraph, VectorPart

logger = logging.getLogger(__name__)

FORMAT = 2  # 1 had one vector for each image
DTYPES: Mapping[str, type[np.generic]] = {
    "images": np.uint32,
    "owners": np.uint32,
    "vectors": np.float32,
    "squares": np.float32,
}


class GraphFile(NoGraph):
    """The graph of a segment, read when first asked."""

    def __init__(
        self,
        path: Path,
        crc: int,
        shape: tuple[int, int],
        parameters: GraphParameters,
        groups: Ids | None,
    ) -> None:
        """`shape`: of the vectors; `groups`: of each row, None where all differ."""
        self._wanted = (path, crc, shape, parameters)
        self._groups = groups
        self._asked = not graphs.available()
        self._graph: RowGraph | None = None

    def graph(self) -> RowGraph | None:
        """The graph; None where it cannot be used, which is logged once: all is scanned then."""
        if not self._asked:
            self._asked = True
            try:
                self._graph = self._loaded()
            except BadSegment as exc:
                logger.warning("Its vectors are scanned until it is written anew: %s", exc)
        return self._graph

    def _loaded(self) -> RowGraph:
        path, crc, (rows, dimension), parameters = self._wanted
        twins = None if self._groups is None else DuplicateRows.of(self._groups)
        count = rows if twins is None else len(twins)
        return RowGraph(load(path, crc, count, dimension, parameters), twins)


@dataclass(frozen=True, eq=False)
class VectorSegment:
    """An open segment; the arrays are read-only maps of its files."""

    path: Path
    images: Ids
    owners: Ids
    vectors: Vectors
    squares: NDArray[np.float32]
    manifest: Mapping[str, Any]
    source: NoGraph = field(default_factory=NoGraph)

    def __len__(self) -> int:
        """How many images it holds."""
        return len(self.images)

    def part(self, dead: Ids) -> VectorPart:
        """Its vectors, with these tombstones."""
        most = self.manifest["most"]
        return VectorPart(
            self.images, self.owners, self.vectors, self.squares, most, dead, self.source
        )

    @classmethod
    def open(
        cls, path: Path, version: str, dimension: int, parameters: GraphParameters | None
    ) -> "VectorSegment":
        """Map the files; some milliseconds whatever the size.

        BadSegment where a file is missing, has another size or shape than the manifest says, or
        was written with another format, version, dimension or graph. See also `check`.
        """
        manifest = checked_manifest(path)
        _check_origin(path, manifest, version, dimension)
        arrays = {name: _mapped(path, name) for name in DTYPES}
        _check_shapes(path, arrays, manifest, dimension)
        source = _graph_file(path, manifest, arrays["vectors"].shape, parameters)
        return cls(path, manifest=manifest, source=source, **arrays)

    def check(self) -> None:
        """Read all files and compare with their checksums; BadSegment where one differs."""
        for name, entry in self.manifest["files"].items():
            if crc_of(self.path / name) != entry["crc32"]:
                raise BadSegment(f"{name} of segment {self.path.name} is damaged: wrong checksum")
        if not contains(self.images, self.owners).all():
            raise BadSegment(f"segment {self.path.name} has vectors of images it does not list")


def _check_origin(path: Path, manifest: Mapping[str, Any], version: str, dimension: int) -> None:
    told = {name: manifest.get(name) for name in ("format", "version", "dimension")}
    used = {"format": FORMAT, "version": version, "dimension": dimension}
    if told != used:
        raise BadSegment(f"segment {path.name} was made with {told}, {used} is in use")


def _graph_file(
    path: Path, manifest: Mapping[str, Any], shape: Any, parameters: GraphParameters | None
) -> NoGraph:
    built = manifest.get("graph")
    if built is None:
        return NoGraph()
    if parameters is None or built != parameters.built or graphs.FILE not in manifest["files"]:
        raise BadSegment(f"segment {path.name} has a graph of other parameters: {built}")
    groups = _mapped(path, "groups") if duplicate_vectors.FILE in manifest["files"] else None
    if groups is not None and (groups.shape != shape[:1] or groups.dtype != np.uint32):
        raise BadSegment(
            f"{duplicate_vectors.FILE} of segment {path.name} holds {groups.dtype} {groups.shape}"
        )
    crc = manifest["files"][graphs.FILE]["crc32"]
    return GraphFile(path / graphs.FILE, crc, shape, parameters, groups)


def _mapped(path: Path, name: str) -> NDArray[Any]:
    try:
        array = np.load(path / f"{name}.npy", mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as exc:
        raise BadSegment(f"{name}.npy of segment {path.name} cannot be read: {exc}") from exc
    # plain arrays: indexing np.memmap costs several microseconds more each time
    return np.asarray(array).view(np.ndarray)


def _check_shapes(
    path: Path, arrays: Mapping[str, NDArray[Any]], manifest: Mapping[str, Any], dimension: int
) -> None:
    images, vectors = manifest["images"], manifest["vectors"]
    wanted = {
        "images": (images,),
        "owners": (vectors,),
        "vectors": (vectors, dimension),
        "squares": (vectors,),
    }
    for name, array in arrays.items():
        if array.shape != wanted[name] or array.dtype != DTYPES[name]:
            raise BadSegment(
                f"{name}.npy of segment {path.name} holds {array.dtype} {array.shape}, "
                f"not {wanted[name]}"
            )
