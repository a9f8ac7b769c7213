"""Descriptions as they were stored until feature version 1, read as those of today.

500 strongest keypoints with SIFT's 128 bytes each. They serve searches until the pictures are
described anew (`signature.FormerMatchSignature`), and are never written.
"""

import struct
import zlib

import numpy as np

from .basis import shipped_basis
from .description import COLOURS_PX, THUMBNAIL_PX, MatchDescription

_MAGIC = b"UMD1"
_VERSION = 1
# magic, feature version, keypoints, resized width and height, original width and height, CRC-32
_HEADER = struct.Struct("<4sHHHHIII")
_XY_STEPS = 64.0
_ANGLE_STEPS = 128.0
_MOST_KEYPOINTS = 500
_LONG_SIDE_PX = 512


def is_former(data: bytes) -> bool:
    """Whether bytes begin as a description of feature version 1 does."""
    return data[:6] == _MAGIC + struct.pack("<H", _VERSION)


def loads_former(data: bytes) -> MatchDescription:
    """The description from its former stored form; ValueError for anything else."""
    if not is_former(data) or len(data) < _HEADER.size:
        raise ValueError("not a match description of feature version 1")
    *head, crc = _HEADER.unpack_from(data)
    count, body = int(head[2]), data[_HEADER.size :]
    if len(body) != count * 136 + THUMBNAIL_PX**2 + 3 * COLOURS_PX**2 or count > _MOST_KEYPOINTS:
        raise ValueError(f"{count} keypoints do not take {len(data)} bytes")
    if zlib.crc32(body, zlib.crc32(_HEADER.pack(*head, 0))) != crc:
        raise ValueError("damaged match description: wrong checksum")
    blocks = np.frombuffer(body, np.uint8)
    ends = np.cumsum([4 * count, 2 * count, 2 * count, 128 * count, THUMBNAIL_PX**2])
    xy, size, angle, descriptors, thumbnail, colours = np.split(blocks, ends)
    points = xy.view("<u2").reshape(count, 2).astype(np.float32) / np.float32(_XY_STEPS)
    sizes = size.view("<f2").astype(np.float32)
    resized, original = (head[3], head[4]), (head[5], head[6])
    if not (0 < max(resized) <= _LONG_SIDE_PX and min(*resized, *original) > 0):
        raise ValueError(f"impossible dimensions {resized} and {original}")
    if not (np.isfinite(sizes).all() and (sizes > 0).all() and (points < max(resized)).all()):
        raise ValueError("keypoints outside the picture or without a size")
    return MatchDescription(
        xy=points,
        size=sizes,
        angle=angle.view("<u2").astype(np.float32) / np.float32(_ANGLE_STEPS),
        descriptors=shipped_basis().levels(descriptors.reshape(count, 128)),
        thumbnail=thumbnail.reshape(THUMBNAIL_PX, THUMBNAIL_PX),
        colours=colours.reshape(COLOURS_PX, COLOURS_PX, 3),
        resized=resized,
        original=original,
    )
