"""Two pictures and what they share, drawn: beside each other, laid over, or their difference."""

from dataclasses import dataclass
from typing import Literal, get_args

import cv2
import numpy as np
from numpy.typing import NDArray

from .geometry import Matrix, project

View = Literal["side", "over", "difference", "points"]
VIEWS: tuple[View, ...] = get_args(View)
Pixels = NDArray[np.uint8]
Size = tuple[int, int]

_GAP_PX = 8
_GROUND = (236, 236, 236)
# A bright line within a dark one is seen on any picture, by anybody
_LINE, _AROUND = (255, 196, 0), (20, 20, 20)
_LINES = ((255, 196, 0), (0, 200, 255), (255, 110, 180), (120, 230, 80))
_DIMMED = 0.25  # of the query where the reference does not reach
_FAR = 8.0  # times the picture: what lies on the horizon stays a number that can be drawn
_GAIN = 2.0  # of a difference, so that it is seen
_UNIT = np.array([[0.0, 0], [1, 0], [1, 1], [0, 1]])


@dataclass(frozen=True)
class Shared:
    """What two pictures share, in fractions of their width and height.

    `homography`: reference -> query, None where they do not align. `boxes`: (4, 2) corners in the
    query and in the reference. `points`: (k, 4) x, y in the query and in the reference.
    """

    homography: Matrix | None
    boxes: tuple[NDArray[np.float64], NDArray[np.float64]] | None
    points: NDArray[np.float64]
    negative: bool = False


def draw(view: View, query: Pixels, reference: Pixels, shared: Shared, side: int) -> Pixels:
    """(h, w, 3) RGB of two RGB pictures, each with its long side at `side` px.

    Pictures that do not align are laid over as wholes.
    """
    seen, known = _fitted(query, side), _fitted(reference, side)
    if view in ("side", "points"):
        return _beside(seen, known, shared, with_points=view == "points")
    warped, inside = _laid_over(seen, known, shared)
    if view == "over":
        return _over(seen, warped, inside, shared)
    return _difference(seen, warped, inside)


def _fitted(pixels: Pixels, side: int) -> Pixels:
    height, width = pixels.shape[:2]
    scale = side / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(pixels, size, interpolation=way), np.uint8)


def _beside(seen: Pixels, known: Pixels, shared: Shared, *, with_points: bool) -> Pixels:
    height = max(seen.shape[0], known.shape[0])
    start = seen.shape[1] + _GAP_PX
    canvas = np.full((height, start + known.shape[1], 3), _GROUND, np.uint8)
    canvas[: seen.shape[0], : seen.shape[1]] = seen
    canvas[: known.shape[0], start:] = known
    if shared.boxes is not None:
        _outline(canvas, shared.boxes[0] * _size(seen))
        _outline(canvas, shared.boxes[1] * _size(known) + (start, 0))
    if with_points:
        _lines(
            canvas,
            shared.points[:, :2] * _size(seen),
            shared.points[:, 2:] * _size(known) + (start, 0),
        )
    return canvas


def _laid_over(seen: Pixels, known: Pixels, shared: Shared) -> tuple[Pixels, NDArray[np.bool_]]:
    """The reference as the query shows it, and where it does."""
    size = seen.shape[1], seen.shape[0]
    unit = np.eye(3) if shared.homography is None else shared.homography
    scaled = np.diag([*_size(seen), 1.0]) @ unit @ np.diag([*(1 / _size(known)), 1.0])
    known = 255 - known if shared.negative else known
    warped = cv2.warpPerspective(known, scaled, size, flags=cv2.INTER_LINEAR)
    whole = np.full(known.shape[:2], 255, np.uint8)
    inside = cv2.warpPerspective(whole, scaled, size, flags=cv2.INTER_NEAREST) > 0
    return np.asarray(warped, np.uint8), np.asarray(inside)


def _over(seen: Pixels, warped: Pixels, inside: NDArray[np.bool_], shared: Shared) -> Pixels:
    half = np.asarray(cv2.addWeighted(seen, 0.5, warped, 0.5, 0), np.uint8)
    canvas = np.where(inside[..., None], half, seen)
    if shared.homography is not None:
        _outline(canvas, project(shared.homography, _UNIT).clip(-_FAR, _FAR) * _size(seen))
    return canvas


def _difference(seen: Pixels, warped: Pixels, inside: NDArray[np.bool_]) -> Pixels:
    """Black where both are the same, the query dimmed where the reference does not reach."""
    apart = cv2.convertScaleAbs(cv2.absdiff(seen, warped), alpha=_GAIN)
    dimmed = cv2.convertScaleAbs(seen, alpha=_DIMMED)
    return np.asarray(np.where(inside[..., None], apart, dimmed), np.uint8)


def _outline(canvas: Pixels, corners: NDArray[np.float64]) -> None:
    line = [np.round(corners).astype(np.int32)]
    cv2.polylines(canvas, line, True, _AROUND, 5, cv2.LINE_AA)
    cv2.polylines(canvas, line, True, _LINE, 2, cv2.LINE_AA)


def _lines(canvas: Pixels, first: NDArray[np.float64], second: NDArray[np.float64]) -> None:
    ends = zip(np.round(first).astype(int), np.round(second).astype(int), strict=True)
    for number, (one, other) in enumerate(ends):
        a, b = (int(one[0]), int(one[1])), (int(other[0]), int(other[1]))
        color = _LINES[number % len(_LINES)]
        cv2.line(canvas, a, b, color, 1, cv2.LINE_AA)
        for place in (a, b):
            cv2.circle(canvas, place, 3, _AROUND, cv2.FILLED, cv2.LINE_AA)
            cv2.circle(canvas, place, 2, color, cv2.FILLED, cv2.LINE_AA)


def _size(pixels: Pixels) -> NDArray[np.float64]:
    return np.array([pixels.shape[1], pixels.shape[0]], np.float64)
