"""What the colors signature keeps of a picture, and its stored form (never pickle).

Stored form, little endian: the header `_HEADER`, then per swatch red, green, blue (uint8) and its
weight (float32), then the vector (32 float32). With eight swatches 211 bytes.
"""

import struct
import zlib
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .embedding import DIMENSIONS, embed
from .oklab import Points, from_rgb

FEATURE_VERSION = 2  # raise with every change of what `describe` yields: old bytes are refused
MOST_SWATCHES = 16  # a picture has 8, a palette of a query 10, a picture with its background 9

_MAGIC = b"UMC1"
# magic, feature version, swatches, has a background, its colour, its share, missing, CRC-32
_HEADER = struct.Struct("<4sHBB3sffI")
_BYTES_PER_SWATCH = 3 + 4
_WHOLE = 1e-3  # how far from 1 the weights may sum up, in float32

RGB = tuple[int, int, int]


@dataclass(frozen=True, eq=False)
class ColorsDescription:
    """The colours of a picture without its background, or those a query asks for.

    `swatches`: (n, 3) uint8 sRGB, 1 to 16, heaviest first; `weights`: (n,) float32 > 0, their sum
    is 1 - `missing`; `vector`: (32,) float32, see `embedding.embed`, the sum of the phi of the
    colours by weight (no wildcard in it); `background`: sRGB of what was ignored, None where there
    was none; `background_share`: its share of the picture, 0 to 1; `missing`: the weight of the
    wildcard of a query, 0 for a picture; `asked`: somebody named these colours. The last two are
    not stored.
    """

    swatches: NDArray[np.uint8]
    weights: NDArray[np.float32]
    vector: NDArray[np.float32]
    background: RGB | None = None
    background_share: float = 0.0
    missing: float = 0.0
    asked: bool = False

    def __len__(self) -> int:
        return len(self.swatches)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ColorsDescription) and dumps(self) == dumps(other)

    def __hash__(self) -> int:
        return hash(dumps(self))

    @cached_property
    def points(self) -> Points:
        """(n, 3) swatches in OKLab with a, b doubled."""
        return from_rgb(self.swatches)

    @cached_property
    def signature(self) -> NDArray[np.float32]:
        """(n, 4) float32 weight, L, 2a, 2b: what `cv2.EMD` takes."""
        rows = np.empty((len(self), 4), np.float32)
        rows[:, 0] = self.weights
        rows[:, 1:] = self.points
        return rows

    @cached_property
    def whole_signature(self) -> NDArray[np.float32]:
        """(n, 4) or, with a background, (n + 1, 4): `signature` with it as its last row."""
        if self.background is None:
            return self.signature
        share = np.float32(self.background_share)
        seen = self.signature * np.array([1 - share, 1, 1, 1], np.float32)
        colour = from_rgb(np.array([self.background], np.uint8))
        behind = np.column_stack([[share], colour])
        return np.ascontiguousarray(np.concatenate([seen, behind]), np.float32)

    def with_background(self) -> "ColorsDescription":
        """The same with the background as one more colour; itself where there is none."""
        if self.background is None:
            return self
        share = np.float32(self.background_share)
        colour = np.array([self.background], np.uint8)
        weights = np.append(self.weights * (1 - share), share).astype(np.float32)
        order = np.argsort(-weights, kind="stable")
        behind = embed(from_rgb(colour), np.ones(1, np.float32))
        return replace(
            self,
            swatches=np.concatenate([self.swatches, colour])[order],
            weights=weights[order],
            vector=(1 - share) * self.vector + share * behind,
            background=None,
            background_share=0.0,
        )


def dumps(description: ColorsDescription) -> bytes:
    """The stored form of a description."""
    body = b"".join(
        (
            np.ascontiguousarray(description.swatches).tobytes(),
            description.weights.astype("<f4").tobytes(),
            description.vector.astype("<f4").tobytes(),
        )
    )
    background = description.background
    head = _HEADER.pack(
        _MAGIC,
        FEATURE_VERSION,
        len(description),
        background is not None,
        bytes(background or (0, 0, 0)),
        description.background_share,
        description.missing,
        0,
    )
    return head[:-4] + struct.pack("<I", zlib.crc32(body, zlib.crc32(head[:-4]))) + body


def loads(data: bytes) -> ColorsDescription:
    """The description from its stored form; ValueError for anything else."""
    if len(data) < _HEADER.size:
        raise ValueError(f"a colors description has at least {_HEADER.size} bytes, not {len(data)}")
    magic, version, count, has_background, colour, share, missing, crc = _HEADER.unpack_from(data)
    if magic != _MAGIC:
        raise ValueError("not a colors description")
    if version != FEATURE_VERSION:
        raise ValueError(f"colors of version {version}, {FEATURE_VERSION} is read")
    expected = _HEADER.size + count * _BYTES_PER_SWATCH + 4 * DIMENSIONS
    if not 1 <= count <= MOST_SWATCHES or len(data) != expected:
        raise ValueError(f"{count} swatches take {expected} bytes, there are {len(data)}")
    if zlib.crc32(data[_HEADER.size :], zlib.crc32(data[: _HEADER.size - 4])) != crc:
        raise ValueError("damaged colors description: wrong checksum")
    swatches, weights, vector = _blocks(data[_HEADER.size :], count)
    if not (np.isfinite(vector).all() and 0 <= share <= 1 and 0 <= missing < 1):
        raise ValueError("shares outside 0 to 1 or a vector that is not finite")
    if not ((weights > 0).all() and abs(float(weights.sum()) + missing - 1) < _WHOLE):
        raise ValueError("the weights of the swatches are not shares of one picture")
    background = (colour[0], colour[1], colour[2]) if has_background else None
    return ColorsDescription(swatches, weights, vector, background, share, missing)


def _blocks(
    body: bytes, count: int
) -> tuple[NDArray[np.uint8], NDArray[np.float32], NDArray[np.float32]]:
    swatches = np.frombuffer(body, np.uint8, 3 * count)
    numbers = np.frombuffer(body, "<f4", count + DIMENSIONS, 3 * count).astype(np.float32)
    return swatches.reshape(count, 3), numbers[:count], numbers[count:]
