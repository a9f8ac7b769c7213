"""Which pixels are background: one colour along the border, and what hangs together with it."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from .oklab import Points, to_rgb

Mask = NDArray[np.bool_]

RING_PX = 2  # of the reduced picture
# measured: docs/explanation/colors.md, "Background"
TOLERANCE = 0.055  # distance from the background's colour, OKLab with a, b doubled
LEAST_SHARE_OF_RING = 0.55
LEAST_SHARE_OF_SIDE = 0.15
LEAST_FOREGROUND = 0.03  # with less left, the whole picture speaks
_NOISE = 10  # of 255 in each channel: JPEG's noise on black is far in OKLab, and not seen
_SHARE_OF_LINE = 0.95  # of a row or column that belongs to a frame
_LEAST_SIDE_PX = 8  # below, everything is border
_CELL = 0.06  # of the grid in which the commonest colour of the ring is looked for


@dataclass(frozen=True, eq=False)
class Background:
    """`mask`: (h, w) of the pixels to ignore; `colour`: (3,) L, 2a, 2b."""

    mask: Mask
    colour: Points


def find_background(
    pixels: NDArray[np.uint8], lab: Points, opaque: Mask, *, interior: bool = False
) -> Background | None:
    """The background of (h, w, 3) uint8 sRGB pixels; None where there is none.

    Connected to the border, of one colour along most of it; of a frame around a picture the frame
    alone. `lab`: the pixels in OKLab; `opaque`: (h, w), only these are looked at. `interior`:
    enclosed areas of the same colour count too. None as well where less than `LEAST_FOREGROUND`
    would be left.
    """
    if min(lab.shape[:2]) < _LEAST_SIDE_PX:
        return None
    on_ring = _ring(lab.shape[0], lab.shape[1])
    ring = lab[on_ring & opaque]
    if len(ring) < LEAST_SHARE_OF_RING * np.count_nonzero(on_ring):
        return None
    colour = _commonest(ring)
    near = _near(pixels, lab, colour) & opaque
    if np.mean(near[on_ring & opaque]) < LEAST_SHARE_OF_RING or not _on_all_sides(near):
        return None
    top, bottom, left, right = _inside_frame(near)
    inner = near[top:bottom, left:right]
    mask = near if interior else _connected_to_border(near)
    if inner.size and np.mean(inner[_ring(*inner.shape)]) < LEAST_SHARE_OF_RING:
        mask = opaque.copy()
        mask[top:bottom, left:right] = False
    if np.count_nonzero(opaque & ~mask) < LEAST_FOREGROUND * np.count_nonzero(opaque):
        return None
    return Background(mask, lab[mask].mean(axis=0))


def _near(pixels: NDArray[np.uint8], lab: Points, colour: Points) -> Mask:
    """(h, w): pixels of that colour (3,), with what noise does to it."""
    apart = np.abs(pixels.astype(np.int16) - to_rgb(colour).astype(np.int16)).max(axis=2)
    return np.asarray((_distance(lab, colour) < TOLERANCE) | (apart <= _NOISE), np.bool_)


def _on_all_sides(near: Mask) -> bool:
    """A stripe of a flag or a sky is not behind the rest: it misses a side."""
    sides = (near[0], near[-1], near[:, 0], near[:, -1])
    return min(float(side.mean()) for side in sides) >= LEAST_SHARE_OF_SIDE


def _inside_frame(near: Mask) -> tuple[int, int, int, int]:
    """Top, bottom, left and right of what the outer rows and columns of one colour leave."""
    rows = np.flatnonzero(near.mean(axis=1) < _SHARE_OF_LINE)
    if not len(rows):
        return 0, 0, 0, 0
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    columns = np.flatnonzero(near[top:bottom].mean(axis=0) < _SHARE_OF_LINE)
    if not len(columns):
        return 0, 0, 0, 0
    return top, bottom, int(columns[0]), int(columns[-1]) + 1


def _ring(height: int, width: int) -> Mask:
    ring = np.ones((height, width), np.bool_)
    ring[RING_PX:-RING_PX, RING_PX:-RING_PX] = False
    return ring


def _commonest(ring: Points) -> Points:
    """The mode of (n, 3) colours: median of the fullest cell, then of what is near that."""
    cells = np.rint(ring / _CELL).astype(np.int64)
    keys = (cells[:, 0] << 32) + (cells[:, 1] << 16) + cells[:, 2]
    _, inverse, counts = np.unique(keys, return_inverse=True, return_counts=True)
    colour = np.median(ring[inverse == counts.argmax()], axis=0)
    near = ring[_distance(ring, colour) < TOLERANCE]
    return np.asarray(np.median(near, axis=0) if len(near) else colour, np.float32)


def _distance(points: Points, colour: Points) -> NDArray[np.float32]:
    difference = points - colour
    return np.asarray(np.sqrt((difference * difference).sum(axis=-1)), np.float32)


def _connected_to_border(mask: Mask) -> Mask:
    _, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=4)
    edges = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    touching = np.zeros(int(labels.max()) + 1, np.bool_)
    touching[edges] = True
    touching[0] = False  # label 0 is what is not in the mask
    return np.asarray(touching[labels], np.bool_)
