"""What the match signature keeps of a picture, and its stored form (never pickle).

Stored form, little endian: the header `_HEADER`, then per keypoint x and y (uint16, 1/32 px), size
(float16, px), angle (uint16, 1/128 degree) and the packed descriptor (32 bytes, `basis`), each as
one block, then the two thumbnails. A full description has 1,000 keypoints and takes 44,900 bytes.
"""

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from .basis import PACKED_BYTES, pack, shipped_basis, unpack

FEATURE_VERSION = 2  # raise with every change of what `describe` yields: old bytes are refused
STRONGEST = 500  # keypoints that are compared first
MAX_KEYPOINTS = 1000
MOST_KEYPOINTS = 1500  # of a strip: see `features.frame_of`
LONG_SIDE_PX = 512  # LTU guide: 640 x 360 is processed as 512 x 288
LONGEST_SIDE_PX = 2047  # of a strip
THUMBNAIL_PX = 64
COLOURS_PX = 16

_MAGIC = b"UMD1"
# magic, feature version, keypoints, resized width and height, original width and height, CRC-32
_HEADER = struct.Struct("<4sHHHHIII")
_PNG = b"\x89PNG"
# Of 12 photographs 2.4 ms and 75 KB; with the usual strategy 3.1 ms and 84 KB
_QUICK_PNG = (
    *(cv2.IMWRITE_PNG_COMPRESSION, 1),
    *(cv2.IMWRITE_PNG_STRATEGY, cv2.IMWRITE_PNG_STRATEGY_HUFFMAN_ONLY),
)
_XY_STEPS = 32.0  # of a pixel
_ANGLE_STEPS = 128.0  # of a degree
_BYTES_PER_KEYPOINT = 2 * 2 + 2 + 2 + PACKED_BYTES


@dataclass(frozen=True, eq=False)
class MatchDescription:
    """Keypoints of one picture in its resized frame (centre of the top-left pixel = (0, 0)).

    `xy`: (n, 2) float32 px; `size`: (n,) float32 px, the diameter of the keypoint; `angle`: (n,)
    float32 degrees in [0, 360), y down; `descriptors`: (n, 64) uint8, the levels of the basis'
    components; `thumbnail`: (64, 64) uint8 grey; `colours`: (16, 16, 3)
    uint8 RGB; `resized`, `original`: (width, height) in px. n is 0 to 1,000, of a
    strip to 1,500: the 500 strongest, strongest first, then others spread over the picture.
    `grey`: (height, width) uint8, the resized picture; None once it was stored. `look`: gives it
    where it was stored, None where the picture is not at hand.
    """

    xy: NDArray[np.float32]
    size: NDArray[np.float32]
    angle: NDArray[np.float32]
    descriptors: NDArray[np.uint8]
    thumbnail: NDArray[np.uint8]
    colours: NDArray[np.uint8]
    resized: tuple[int, int]
    original: tuple[int, int]
    grey: NDArray[np.uint8] | None = None
    look: Callable[[], NDArray[np.uint8] | None] | None = None

    def __len__(self) -> int:
        return len(self.xy)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, MatchDescription) and dumps(self) == dumps(other)

    def __hash__(self) -> int:
        return hash(dumps(self))

    def only(self, rows: NDArray[np.intp] | slice) -> "MatchDescription":
        """The same with these keypoints, in this order."""
        return replace(
            self,
            xy=self.xy[rows],
            size=self.size[rows],
            angle=self.angle[rows],
            descriptors=self.descriptors[rows],
        )

    def pixels(self) -> NDArray[np.uint8] | None:
        """(height, width) uint8, the grey picture in its frame; None where it is not at hand."""
        return self.look() if self.grey is None and self.look is not None else self.grey

    @cached_property
    def vectors(self) -> NDArray[np.float32]:
        """(n, 64) RootSIFT in the basis, less its mean."""
        return shipped_basis().vectors(self.descriptors)

    @cached_property
    def norms(self) -> NDArray[np.float32]:
        """(n,) half the squared length of each vector."""
        return np.asarray(np.einsum("ij,ij->i", self.vectors, self.vectors) / 2, np.float32)

    @cached_property
    def as_query(self) -> NDArray[np.float32]:
        """(n, 66) `vectors` with two columns more: the product with `as_reference` is a cosine."""
        ones = np.ones_like(self.norms)
        return np.column_stack([self.vectors, 1 - self.norms, ones])

    @cached_property
    def as_reference(self) -> NDArray[np.float32]:
        """(n, 66): see `as_query`."""
        return np.column_stack([self.vectors, np.ones_like(self.norms), -self.norms])

    @cached_property
    def folded(self) -> NDArray[np.float32]:
        """(n, m) of unit length: the components that no mirroring or inverting changes."""
        folded = shipped_basis().unchanged_vectors(self.descriptors)
        lengths = np.linalg.norm(folded, axis=1, keepdims=True)
        return np.asarray(folded / np.maximum(lengths, 1e-6), np.float32)

    @cached_property
    def greys(self) -> NDArray[np.float32]:
        """(64, 64) the thumbnail less its mean, of unit length: of two the product is how their
        greys correlate. Zeros where all is of one tone."""
        apart = self.thumbnail - self.thumbnail.mean(dtype=np.float32)
        return np.asarray(apart / max(float(np.linalg.norm(apart)), 1e-6), np.float32)

    @cached_property
    def strongest(self) -> "MatchDescription":
        """The same with its strongest keypoints alone."""
        if len(self) <= STRONGEST:
            return self
        strongest = self.only(slice(STRONGEST))
        vars(strongest)["vectors"] = self.vectors[:STRONGEST]  # as `cached_property` would
        return strongest

    @cached_property
    def variants(self) -> "dict[str, MatchDescription]":
        """What `features.variant_of` made of it: a query is compared with many references."""
        return {}

    @cached_property
    def tried(self) -> "dict[str, Any]":
        """Whether it is drawn (`agreement`). As a query: the last reference, and the matches with
        it (`alignment`); its greys in all orientations (`appearance`); for how many candidates
        guesses were made (`guesses`)."""
        return {}

    @cached_property
    def asked(self) -> "dict[str, Any]":
        """What an index asks for it, by its vocabulary: `inverted.query.prepare_queries`."""
        return {}


def quantised(
    xy: NDArray[np.float32], size: NDArray[np.float32], angle: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """The geometry as the stored form keeps it, so that a description equals its reloaded self."""
    angle_steps = np.round(angle * _ANGLE_STEPS) % (360 * _ANGLE_STEPS)
    return (
        np.maximum(np.round(xy * _XY_STEPS), 0).astype(np.float32) / np.float32(_XY_STEPS),
        size.astype(np.float16).astype(np.float32),
        (angle_steps / _ANGLE_STEPS).astype(np.float32),
    )


def dumps(description: MatchDescription) -> bytes:
    """The stored form of a description."""
    body = b"".join(
        (
            np.round(description.xy * _XY_STEPS).astype("<u2").tobytes(),
            description.size.astype("<f2").tobytes(),
            np.round(description.angle * _ANGLE_STEPS).astype("<u2").tobytes(),
            pack(description.descriptors),
            np.ascontiguousarray(description.thumbnail).tobytes(),
            np.ascontiguousarray(description.colours).tobytes(),
        )
    )
    sizes = (*description.resized, *description.original)
    head = (_MAGIC, FEATURE_VERSION, len(description), *sizes)
    return _HEADER.pack(*head, zlib.crc32(body, _crc_of_head(head))) + body


def dumps_query(description: MatchDescription) -> bytes:
    """The stored form, and the grey picture as a PNG behind it, where it is at hand."""
    if description.grey is None:
        return dumps(description)
    _, png = cv2.imencode(".png", description.grey, _QUICK_PNG)
    return dumps(description) + png.tobytes()


def loads(data: bytes) -> MatchDescription:
    """The description from its stored form, of a query or without pixels; ValueError for others."""
    if len(data) < _HEADER.size:
        raise ValueError(f"a match description has at least {_HEADER.size} bytes, not {len(data)}")
    *head, crc = _HEADER.unpack_from(data)
    magic, version, count, width, height, original_width, original_height = head
    if magic != _MAGIC:
        raise ValueError("not a match description")
    if version != FEATURE_VERSION:
        raise ValueError(f"match features of version {version}, {FEATURE_VERSION} is read")
    expected = _HEADER.size + count * _BYTES_PER_KEYPOINT + THUMBNAIL_PX**2 + 3 * COLOURS_PX**2
    has_pixels = data[expected : expected + len(_PNG)] == _PNG
    if count > MOST_KEYPOINTS or not (len(data) == expected or has_pixels):
        raise ValueError(f"{count} keypoints take {expected} bytes, there are {len(data)}")
    body = data[_HEADER.size : expected]
    if zlib.crc32(body, _crc_of_head(tuple(head))) != crc:
        raise ValueError("damaged match description: wrong checksum")
    found = _from_body(body, count, (width, height), (original_width, original_height))
    return replace(found, grey=_grey(data[expected:], found.resized)) if has_pixels else found


def _grey(png: bytes, size: tuple[int, int]) -> NDArray[np.uint8]:
    grey = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE)
    if grey is None or grey.shape[::-1] != size:
        raise ValueError("damaged match description: its pixels cannot be read")
    return np.asarray(grey, np.uint8)


def _crc_of_head(head: tuple[object, ...]) -> int:
    return zlib.crc32(_HEADER.pack(*head, 0))


def _from_body(
    body: bytes, count: int, resized: tuple[int, int], original: tuple[int, int]
) -> MatchDescription:
    blocks = np.frombuffer(body, np.uint8)
    ends = np.cumsum([4 * count, 2 * count, 2 * count, PACKED_BYTES * count, THUMBNAIL_PX**2])
    xy, size, angle, descriptors, thumbnail, colours = np.split(blocks, ends)
    sizes = size.view("<f2").astype(np.float32)
    points = xy.view("<u2").reshape(count, 2).astype(np.float32) / np.float32(_XY_STEPS)
    if not (0 < max(resized) <= LONGEST_SIDE_PX and min(*resized, *original) > 0):
        raise ValueError(f"impossible dimensions {resized} and {original}")
    if not (np.isfinite(sizes).all() and (sizes > 0).all() and (points < max(resized)).all()):
        raise ValueError("keypoints outside the picture or without a size")
    return MatchDescription(
        xy=points,
        size=sizes,
        angle=angle.view("<u2").astype(np.float32) / np.float32(_ANGLE_STEPS),
        descriptors=unpack(descriptors.reshape(count, PACKED_BYTES)),
        thumbnail=thumbnail.reshape(THUMBNAIL_PX, THUMBNAIL_PX),
        colours=colours.reshape(COLOURS_PX, COLOURS_PX, 3),
        resized=resized,
        original=original,
    )
