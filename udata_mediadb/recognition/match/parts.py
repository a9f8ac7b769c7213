"""Parts of a query, each asked on its own: collages, screens and pages show several pictures.

One description has the strongest keypoints of the whole, and the busiest part takes them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ...imaging import Picture
from ..signature import Comparison
from .alignment import Alignment
from .description import LONG_SIDE_PX, THUMBNAIL_PX, MatchDescription
from .features import describe_closely
from .geometry import normalised, project

# Measured: explanation/match.md, "Parts"
_WINDOWS = 3  # per side, of half a side each
_KEYPOINTS = 400  # strongest of a window
_LEAST_KEYPOINTS = 30  # with fewer a window shows nothing that could be found
_EXPLAINED = 0.8  # of the textured part of the query; three of four pictures are less
_LAID_ON = 0.01  # of the query: a tenth of its sides; less is a mark or a date
_MORE_DETAIL = 1.2  # times the side of a description; below it a closer look shows nothing more
_RASTER_PX = THUMBNAIL_PX
_TEXTURE_PX = 5
_TEXTURE = 6.0  # standard deviation of 255, as for the agreement
_CORNERS = np.array([[0.0, 0], [1, 0], [1, 1], [0, 1]])
_FAR = 8.0  # times the query: beyond it corners are cut off


@dataclass(frozen=True)
class Part:
    """A window of a picture: its description in its own frame, and where it lies in `whole`."""

    description: MatchDescription
    whole: MatchDescription
    origin: tuple[int, int]

    def in_whole(self, alignment: Alignment) -> Alignment:
        """The same alignment in the frame of the whole picture."""
        move = np.array(self.origin, np.float64)
        shift = np.array([[1.0, 0, move[0]], [0, 1, move[1]], [0, 0, 1]])
        share = np.prod(self.description.resized) / np.prod(self.whole.resized)
        return replace(
            alignment,
            homography=normalised(shift @ alignment.homography),
            quad=alignment.quad + move,
            target=alignment.target + move,
            areas=(alignment.areas[0], alignment.areas[1] * float(share)),
        )


def is_explained(query: MatchDescription, found: Iterable[Comparison]) -> bool:
    """Whether the references that were accepted cover most of what the query shows.

    And show the same there: a small picture that was laid onto a stored one is not explained.
    """
    textured = _textured(query.thumbnail)
    if not textured.any():
        return True
    shown, differing = _explained(found)
    if float((differing & textured).mean()) >= _LAID_ON:
        return False
    return float((shown | differing)[textured].mean()) >= _EXPLAINED


def has_more_detail(picture: Picture) -> bool:
    """Whether a picture has pixels that its description at 512 px does not show."""
    return max(picture.pixels.shape[:2]) >= _MORE_DETAIL * LONG_SIDE_PX


def parts_of(picture: Picture, found: Iterable[Comparison]) -> list[Part]:
    """The windows of a picture that show something beside what was accepted already."""
    whole = describe_closely(picture)
    width, height = whole.resized
    mask, _ = _explained(found)
    x, y = (whole.xy / (width, height) * _RASTER_PX).astype(int).clip(0, _RASTER_PX - 1).T
    left = np.flatnonzero(~mask[y, x])
    parts = (_window(whole, left, corner) for corner in _corners(width, height))
    return [part for part in parts if len(part.description) >= _LEAST_KEYPOINTS]


def _corners(width: int, height: int) -> Sequence[tuple[int, int]]:
    steps = range(_WINDOWS)
    return [
        (width * i // (2 * (_WINDOWS - 1)), height * j // (2 * (_WINDOWS - 1)))
        for j in steps
        for i in steps
    ]


def _window(whole: MatchDescription, rows: NDArray[np.intp], corner: tuple[int, int]) -> Part:
    """The window of half the sides at this corner, with the strongest of these keypoints."""
    width, height = (max(1, side // 2) for side in whole.resized)
    left, top = corner
    moved = whole.xy[rows] - np.array(corner, np.float32)
    inside = ((moved >= 0) & (moved < (width, height))).all(axis=1)
    own = whole.only(rows[inside][:_KEYPOINTS])
    assert whole.grey is not None  # described a moment ago
    grey = whole.grey[top : top + height, left : left + width]
    description = replace(
        own,
        xy=own.xy - np.array(corner, np.float32),
        thumbnail=np.asarray(cv2.resize(grey, (THUMBNAIL_PX,) * 2), np.uint8),
        resized=(width, height),
        original=(max(1, whole.original[0] // 2), max(1, whole.original[1] // 2)),
        grey=grey,
    )
    return Part(description, whole, corner)


def _textured(thumbnail: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """(64, 64) where the thumbnail is not flat."""
    greys = thumbnail.astype(np.float32)
    size = (_TEXTURE_PX, _TEXTURE_PX)
    variance = cv2.blur(greys * greys, size) - cv2.blur(greys, size) ** 2
    return np.asarray(variance > _TEXTURE**2)


def _explained(found: Iterable[Comparison]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """(64, 64) where an accepted reference, as a whole, lies in the query and shows the same; and
    where one lies that shows something else, and no other is."""
    mask = np.zeros((_RASTER_PX, _RASTER_PX), np.uint8)
    other = np.zeros((_RASTER_PX, _RASTER_PX), np.uint8)
    for comparison in found:
        if comparison.accepted:
            homography = np.array(comparison.details["homography_normalized"]).reshape(3, 3)
            differs = _in_query(comparison.differs, homography)
            own = np.zeros_like(mask)
            quad = project(homography, _CORNERS).clip(-_FAR, _FAR) * _RASTER_PX
            cv2.fillConvexPoly(own, np.round(quad).astype(np.int32), 1)
            other |= own & differs
            mask |= own & (1 - differs)
    return mask > 0, (other > 0) & (mask == 0)


def _in_query(
    differs: NDArray[np.uint8] | None, homography: NDArray[np.float64]
) -> NDArray[np.uint8]:
    """(64, 64) of the query, from fields of the reference."""
    if differs is None or not differs.any():
        return np.zeros((_RASTER_PX, _RASTER_PX), np.uint8)
    matrix = (
        np.diag([_RASTER_PX, _RASTER_PX, 1.0])
        @ homography
        @ np.diag([1 / differs.shape[1], 1 / differs.shape[0], 1.0])
    )
    flags = cv2.INTER_NEAREST
    return np.asarray(cv2.warpPerspective(differs, matrix, (_RASTER_PX, _RASTER_PX), flags=flags))
