"""How a graph is read: mapped where numba is installed, else by hnswlib into this process."""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

from .graph import Graph, GraphParameters, Rows, Vectors


class Neighbours(Protocol):
    """See `graph.Graph`."""

    ef: int

    def __len__(self) -> int:
        """How many vectors it has."""

    def nearest(self, query: Vectors, k: int, dead: Rows) -> Rows | None:
        """See `Graph.nearest`."""

    def nearest_among(self, query: Vectors, k: int, rows: Rows, dead: Rows) -> Rows | None:
        """See `Graph.nearest_among`."""


load: Callable[[Path, int, int, int, GraphParameters], Neighbours]

if find_spec("numba") is None:
    load = Graph.load
else:
    from .mapped_graph import MappedGraph

    load = MappedGraph.load
