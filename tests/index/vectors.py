"""Made-up unit vectors, and formats for them."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from udata_mediadb.recognition.vectors.graph import GraphParameters
from udata_mediadb.recognition.vectors.segment import VectorSegment
from udata_mediadb.recognition.vectors.segments import VectorSegments

Vectors = NDArray[np.float32]
DIMENSION = 16
GRAPH = GraphParameters(links=8, breadth=60, ef=60, least=50)


def unit(count: int, seed: int = 1, dimension: int = DIMENSION) -> Vectors:
    drawn = np.random.default_rng(seed).normal(size=(count, dimension)).astype(np.float32)
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


def rows_of(description: Vectors | None) -> Vectors | None:
    """A description is a vector, or several of them as rows."""
    return None if description is None else np.atleast_2d(description)


def segments(graph: GraphParameters | None = GRAPH) -> VectorSegments[Vectors | None]:
    return VectorSegments(DIMENSION, rows_of, graph=graph)


def written(path: Path, vectors: Vectors, first: int = 0) -> VectorSegment:
    """A segment of these vectors, with the ids from `first` on."""
    index = segments().index()
    index.add(range(first, first + len(vectors)), list(vectors))
    segments().write(path, [index.delta])
    return segments().open(path)


def nearest(vectors: Vectors, query: Vectors, k: int) -> list[int]:
    """The rows of the k nearest."""
    return np.argsort(np.linalg.norm(vectors - query, axis=1), kind="stable")[:k].tolist()
