"""The query described at the reference's own keypoints, found there again or not."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from .alignment import Alignment
from .basis import shipped_basis
from .description import MatchDescription
from .features import describe_at
from .geometry import local_zoom, project

# Measured: docs/explanation/match.md, "Described there"
_MARGIN = 2.0
_LARGEST_PX = 16.0
_SMALLEST_PX = 2.0  # in the query
_PLACE_PX = 2.0  # keypoints of one place count once
_ELSEWHERE_PX = 16.0
_AROUND_PX = 64  # of the picture around the outermost places
_NEARER = 1.5  # times; with the next: docs/explanation/match.md, "Equal parts"
_CLEARLY_NEARER = 0.03  # 1 - cosine
_MUCH_SMALLER = 1.5  # times: from here on means of areas are taken


@dataclass(frozen=True)
class DescribedThere:
    """`rows`: (n,) of the reference's keypoints that the query shows. `likeness`: (n,) cosines of
    what it shows there. `elsewhere`: (n,) the cosine of what is most like it elsewhere in the
    reference, -1 where there is nothing."""

    rows: NDArray[np.intp]
    likeness: NDArray[np.float64]
    elsewhere: NDArray[np.float64]

    @property
    def own(self) -> NDArray[np.bool_]:
        """(n,) whether nothing elsewhere in the reference is more like it."""
        return np.asarray(self.likeness >= self.elsewhere, np.bool_)

    @property
    def others(self) -> NDArray[np.bool_]:
        """(n,) whether it is clearly what the reference has elsewhere: another letter, a digit."""
        unlike, nearest = 1 - self.likeness, 1 - self.elsewhere
        return (unlike > _NEARER * nearest) & (unlike > nearest + _CLEARLY_NEARER)

    def __len__(self) -> int:
        return len(self.rows)


def described_there(
    placed: Alignment,
    query: MatchDescription,
    reference: MatchDescription,
    *,
    margin: float = _MARGIN,
    smallest_px: float = _SMALLEST_PX,
) -> DescribedThere:
    """What a query with its pixels shows where the reference's keypoints lie.

    `margin`: diameters of a keypoint that must be seen around it; `smallest_px`: it is there.
    """
    rows = _shown(placed, query, reference, margin, smallest_px)
    if not len(rows):
        return DescribedThere(rows, np.zeros(0), np.zeros(0))
    wanted = reference.only(rows)
    frame = np.array(reference.resized)
    low = np.maximum(0, np.floor(wanted.xy.min(axis=0)) - _AROUND_PX).astype(int)
    high = np.minimum(frame, np.ceil(wanted.xy.max(axis=0)) + _AROUND_PX).astype(int)
    picture = _laid_over(placed, query, low, high)
    described = describe_at(
        picture, (wanted.xy - low).astype(np.float32), wanted.size, wanted.angle
    )
    basis = shipped_basis()
    found = basis.vectors(basis.levels(described))
    cosines = found @ wanted.vectors.T - (found**2).sum(axis=1)[:, None] / 2 - wanted.norms + 1
    likeness = np.diagonal(cosines).astype(np.float64)
    apart = np.abs(wanted.xy[:, None] - wanted.xy).max(axis=2) > _ELSEWHERE_PX
    elsewhere = np.where(apart, cosines, -1).max(axis=1).astype(np.float64)
    return DescribedThere(rows, likeness, elsewhere)


def _shown(
    placed: Alignment,
    query: MatchDescription,
    reference: MatchDescription,
    margin: float,
    smallest_px: float,
) -> NDArray[np.intp]:
    """Rows of the keypoints that lie in the query with what is around them, one of each place."""
    places = reference.xy.astype(np.float64)
    there = project(placed.homography, places)
    zoom = local_zoom(placed.homography, places)
    around = (margin * reference.size * zoom)[:, None]
    inside = ((there >= around) & (there <= np.array(query.resized) - 1 - around)).all(axis=1)
    depth = places @ placed.homography[2, :2] + placed.homography[2, 2]
    centre = np.array(reference.resized) / 2
    inside &= depth * (placed.homography[2, :2] @ centre + placed.homography[2, 2]) > 0
    inside &= (reference.size * zoom >= smallest_px) & (reference.size <= _LARGEST_PX)
    rows = np.flatnonzero(inside)
    _, first = np.unique(np.round(reference.xy[rows] / _PLACE_PX), axis=0, return_index=True)
    return np.asarray(rows[np.sort(first)], np.intp)


def _laid_over(
    placed: Alignment, query: MatchDescription, low: NDArray[np.int_], high: NDArray[np.int_]
) -> NDArray[np.uint8]:
    """The query as it shows this rectangle of the reference."""
    pixels = query.pixels()
    assert pixels is not None
    grey = 255 - pixels if placed.negative else pixels
    matrix = placed.homography
    zoom = float(local_zoom(matrix, (low + high)[None] / 2)[0])
    if zoom > _MUCH_SMALLER:  # of areas, not of single pixels
        width, height = query.resized
        size = max(1, round(width / zoom)), max(1, round(height / zoom))
        grey = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)
        across, down = size[0] / width, size[1] / height
        smaller = [[across, 0, (across - 1) / 2], [0, down, (down - 1) / 2], [0, 0, 1.0]]
        matrix = np.array(smaller) @ matrix
    corner = np.array([[1.0, 0, low[0]], [0, 1, low[1]], [0, 0, 1]])
    width, height = (int(side) for side in high - low)
    flags = cv2.WARP_INVERSE_MAP | cv2.INTER_LINEAR
    shown = cv2.warpPerspective(
        np.ascontiguousarray(grey),
        matrix @ corner,
        (width, height),
        flags=flags,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(shown, np.uint8)
