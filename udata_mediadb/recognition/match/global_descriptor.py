"""A picture as a whole, for those without keypoints: 255 bits, and its eight orientations.

The bits are the signs of the lowest 16 x 16 cosine coefficients of the grey thumbnail, without the
mean: the coarse shape of the picture, whatever its brightness and contrast. (PDQ, Davis & Rosen
2019, takes the signs of higher frequencies, where pictures without texture have noise only.)
"""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from .description import MatchDescription

Code = NDArray[np.uint64]
Number = TypeVar("Number", np.uint8, np.float32)

BITS = 255  # the 256th says that the picture has hardly any keypoints
WORDS = 4  # uint64 of a code
ENOUGH_KEYPOINTS = 60  # with fewer a picture has no texture, and may be found as a whole
LEAST_CONTRAST = 3.0  # standard deviation of 255: two blank pages are not copies
WITHOUT_TEXTURE = np.uint64(1 << 63)  # in the last word

_LOWEST = 16


@dataclass(frozen=True)
class Orientation:
    """Quarter turns to the left, then left-right: what makes a picture look like another."""

    turns: int
    mirrored: bool

    def of(self, pixels: NDArray[Number]) -> NDArray[Number]:
        """Square pixels, (n, n) or (n, n, 3), in this orientation."""
        turned = np.rot90(pixels, self.turns)
        return turned[:, ::-1] if self.mirrored else turned

    def matrix(self) -> NDArray[np.float64]:
        """(3, 3) place in the result -> place in the original, in fractions of width and height."""
        turn = np.array([[0.0, -1, 1], [1, 0, 0], [0, 0, 1]])
        flip = np.array([[-1.0, 0, 1], [0, 1, 0], [0, 0, 1]]) if self.mirrored else np.eye(3)
        return np.asarray(np.linalg.matrix_power(turn, self.turns) @ flip)


UPRIGHT = Orientation(0, mirrored=False)
ORIENTATIONS = tuple(
    Orientation(turns, mirrored) for turns in range(4) for mirrored in (False, True)
)


def has_texture(description: MatchDescription) -> bool:
    """Whether its keypoints can be expected to find it."""
    return len(description) >= ENOUGH_KEYPOINTS


def is_flat(description: MatchDescription) -> bool:
    """Whether it shows nothing by which it could be told from another."""
    return bool(description.thumbnail.std() < LEAST_CONTRAST)


def same_pixels(query: MatchDescription, reference: MatchDescription) -> bool:
    """Whether two are the same as far as descriptions go, size and colours included."""
    return bool(
        query.original == reference.original
        and (query.thumbnail == reference.thumbnail).all()
        and (query.colours == reference.colours).all()
    )


def code_of(description: MatchDescription) -> Code:
    """(4,) the bits of a picture and whether it is without texture.

    A flat picture has no shape: its bits are a hash, so that only the very same one is near.
    """
    if is_flat(description):
        return _hash(description)
    code = _code(description.thumbnail)
    if not has_texture(description):
        code[-1] |= WITHOUT_TEXTURE
    return code


def codes_in_all_orientations(description: MatchDescription) -> Code:
    """(8, 4) the bits of a query; (1, 4) for a flat picture."""
    if is_flat(description):
        code = _hash(description)
        code[-1] &= ~WITHOUT_TEXTURE
        return code[None]
    return np.stack(list(_codes(description.thumbnail)))


def _codes(thumbnail: NDArray[np.uint8]) -> Iterator[Code]:
    for orientation in ORIENTATIONS:
        yield _code(orientation.of(thumbnail))


def _hash(description: MatchDescription) -> Code:
    digest = sha256(description.thumbnail.tobytes() + description.colours.tobytes())
    digest.update(repr(description.original).encode())
    code = np.frombuffer(digest.digest(), "<u8").astype(np.uint64)
    code[-1] |= WITHOUT_TEXTURE
    return code


def _code(thumbnail: NDArray[np.uint8]) -> Code:
    coefficients = cv2.dct(thumbnail.astype(np.float32))[:_LOWEST, :_LOWEST].ravel()[1:]
    bits = np.packbits(np.append(coefficients > 0, False), bitorder="little")
    return bits.view("<u8").astype(np.uint64)
