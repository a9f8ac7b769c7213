"""What the similarity signature keeps of a picture, and its stored form (never pickle).

Stored form, little endian: the header `_HEADER`, then the vector as float16. 528 bytes with the
shipped encoder.
"""

import struct
import zlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .encoder import Vector
from .pooling import unit

_MAGIC = b"UMDS"
_FORMAT = 1
# magic, format, blank, dimension, CRC-32 of the encoder's id, CRC-32 of all that
_HEADER = struct.Struct("<4sBBHII")
_LENGTH_TOLERANCE = 0.01  # rounding to float16 moves the length by less than 0.0005


@dataclass(frozen=True, eq=False)
class SimilarityDescription:
    """`encoder`: id of what made it; `components`: (d,) float16 of length 1 up to rounding;
    `blank`: the picture has one flat colour, so that it looks like nothing."""

    encoder: str
    components: NDArray[np.float16]
    blank: bool

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SimilarityDescription) and dumps(self) == dumps(other)

    def __hash__(self) -> int:
        return hash(dumps(self))

    @cached_property
    def vector(self) -> Vector:
        """(d,) float32 of length 1, finite: what an index keeps."""
        return unit(self.components)


def dumps(description: SimilarityDescription) -> bytes:
    """The stored form of a description."""
    body = description.components.astype("<f2").tobytes()
    head = (
        _MAGIC,
        _FORMAT,
        int(description.blank),
        len(description.components),
        zlib.crc32(description.encoder.encode()),
    )
    return _HEADER.pack(*head, zlib.crc32(body, _crc_of(head))) + body


def loads(data: bytes, encoder: str, dimension: int) -> SimilarityDescription:
    """The description from its stored form; ValueError for anything else.

    And for one of another encoder or dimension: their vectors cannot be compared.
    """
    if len(data) < _HEADER.size:
        raise ValueError(f"a similarity description has {_HEADER.size} bytes before its vector")
    *head, crc = _HEADER.unpack_from(data)
    magic, form, blank, stored_dimension, stored_encoder = head
    if magic != _MAGIC or form != _FORMAT:
        raise ValueError("not a similarity description")
    body = data[_HEADER.size :]
    if zlib.crc32(body, _crc_of(tuple(head))) != crc or len(body) != 2 * stored_dimension:
        raise ValueError("damaged similarity description")
    if stored_dimension != dimension:
        raise ValueError(f"a vector of {stored_dimension} numbers, {encoder} gives {dimension}")
    if stored_encoder != zlib.crc32(encoder.encode()):
        raise ValueError(f"a vector of another encoder than {encoder}")
    components = np.frombuffer(body, "<f2").astype(np.float16)
    length = float(np.linalg.norm(components.astype(np.float64)))
    if not abs(length - 1) < _LENGTH_TOLERANCE:  # also NaN
        raise ValueError("a vector that is not of length 1")
    return SimilarityDescription(encoder, components, bool(blank))


def _crc_of(head: tuple[object, ...]) -> int:
    return zlib.crc32(_HEADER.pack(*head, 0))
