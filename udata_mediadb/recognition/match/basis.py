"""SIFT descriptors -> 64 small numbers of 3 to 5 bits, 32 bytes in all, and back to vectors.

The components are symmetric: of the mirrored or inverted picture each has the same value or the
negative one, also when it is rounded. `tools/train_match_basis.py` has how they were found.
"""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..model_file import Arrays, BadModelFile, load_model
from .permutations import READINGS
from .sift import root_sift

Levels = NDArray[np.uint8]
Vectors = NDArray[np.float32]

KIND = "match-basis"
FORMAT = 1
# bits of each component, those of the largest variance first; measured: explanation/match.md
BITS = (5,) * 16 + (4,) * 32 + (3,) * 16
DIMENSIONS = len(BITS)
PACKED_BYTES = sum(BITS) // 8
HIGHEST = ((1 << np.array(BITS)) - 1).astype(np.uint8)  # level of each component
SHIPPED = Path(__file__).parent / "model" / "match-basis.npz"


class Basis:
    """The components of a model. Read-only; may be shared by threads."""

    def __init__(self, arrays: Arrays, about: dict[str, Any]) -> None:
        """`mean`: (128,) of RootSIFT; `components`: (128, 64); `signs`: (4, 64) int8, by variant;
        `values`: (64, 32) float32, rising, as many as a component has levels. BadModelFile where
        they don't fit."""
        shapes = {
            "mean": (128,),
            "components": (128, DIMENSIONS),
            "signs": (len(READINGS), DIMENSIONS),
            "values": (DIMENSIONS, 1 << max(BITS)),
        }
        if about.get("format") != FORMAT or {n: a.shape for n, a in arrays.items()} != shapes:
            raise BadModelFile(f"a match basis of format {FORMAT} has {shapes}")
        self.version = str(about["version"])
        self.mean = arrays["mean"]
        self.components = arrays["components"]
        self.signs = arrays["signs"].astype(np.float32)
        self._values = arrays["values"]
        self._edges = [
            (self._values[i, 1 : 1 << bits] + self._values[i, : (1 << bits) - 1]) / 2
            for i, bits in enumerate(BITS)
        ]
        # one list of all values, and where those of a component begin in it
        self._all_values = np.ascontiguousarray(self._values, np.float32).ravel()
        self._begins = np.arange(DIMENSIONS) * self._values.shape[1]

    def levels(self, descriptors: NDArray[np.uint8]) -> Levels:
        """(n, 128) uint8 SIFT -> (n, 64) uint8, the level of each component."""
        projected = (root_sift(descriptors) - self.mean) @ self.components
        columns = np.ascontiguousarray(projected.T)
        found = np.empty(columns.shape, np.uint8)
        for own, column, edges in zip(found, columns, self._edges, strict=True):
            # of so few edges, a quarter of the time of searching among them
            np.sum(column > edges[:, None], axis=0, dtype=np.uint8, out=own)
        return np.ascontiguousarray(found.T)

    def vectors(self, levels: Levels) -> Vectors:
        """(n, 64) float32: RootSIFT less its mean, in these components."""
        return self._all_values.take(levels + self._begins)

    def unchanged_vectors(self, levels: Levels) -> Vectors:
        """(n, m) the same in those components that no variant changes."""
        kept = self.unchanged
        return self._all_values.take(levels[:, kept] + self._begins[kept])

    def turned(self, levels: Levels, variant: int) -> Levels:
        """The levels that the picture's variant has, by its number in `features.VARIANTS`."""
        changes = self.signs[variant] < 0
        return np.where(changes, HIGHEST - levels, levels)

    @property
    def unchanged(self) -> NDArray[np.bool_]:
        """(64,) the components that no variant changes."""
        return np.asarray((self.signs > 0).all(axis=0))


def pack(levels: Levels) -> bytes:
    """32 bytes for each descriptor."""
    parts = []
    for start, stop, count in _GROUPS:
        # eight levels of `count` bits are as many bytes: one number, highest bits first
        eights = levels[:, start:stop].reshape(-1, 8).astype(np.uint64)
        whole = eights[:, 0]
        for i in range(1, 8):
            whole = whole << np.uint64(count) | eights[:, i]
        octets = whole.astype(">u8").view(np.uint8).reshape(-1, 8)[:, 8 - count :]
        parts.append(octets.reshape(len(levels), (stop - start) * count // 8))
    return np.concatenate(parts, axis=1).tobytes()


def unpack(data: NDArray[np.uint8]) -> Levels:
    """(n, 64) levels of (n, 32) packed bytes."""
    levels = np.empty((len(data), DIMENSIONS), np.uint8)
    first = 0
    for start, stop, count in _GROUPS:
        last = first + (stop - start) * count // 8
        # eight levels of `count` bits are as many bytes: one number, highest bits first
        octets = data[:, first:last].reshape(-1, count).astype(np.uint64)
        whole = octets[:, 0].copy()
        for i in range(1, count):
            whole = whole << np.uint64(8) | octets[:, i]
        shifts = np.arange(7, -1, -1, dtype=np.uint64) * np.uint64(count)
        own = whole[:, None] >> shifts & np.uint64((1 << count) - 1)
        levels[:, start:stop] = own.reshape(len(data), stop - start)
        first = last
    return levels


@cache
def shipped_basis() -> Basis:
    """The basis that comes with the package, read once per process."""
    return Basis(*load_model(SHIPPED, KIND))


_GROUPS = ((0, 16, 5), (16, 48, 4), (48, 64, 3))  # start, stop, bits: `BITS` in runs
