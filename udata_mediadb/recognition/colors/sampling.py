"""A picture -> the few pixels that speak for it, without the colours that only its edges have.

Where two areas meet, reducing, anti-aliasing and JPEG's halved chroma make colours that are in
neither. They cost a palette its accuracy and add swatches that nobody sees.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from .oklab import Points

Pixels = NDArray[np.uint8]

# measured: docs/explanation/colors.md, "Edges"
LONG_SIDE_PX = 112
_STRIDE = 2  # reduced to twice that by area averaging, then every second pixel is taken
_LEAST_STEP = 0.12  # between the two sides of an edge, OKLab with a, b doubled
_DETOUR = 1.25  # a mixture makes the way from one side to the other at most so much longer


def sampled(pixels: Pixels) -> Pixels:
    """(h, w) or (h, w, c) of any size -> long side at most `LONG_SIDE_PX`."""
    height, width = pixels.shape[:2]
    if max(height, width) <= LONG_SIDE_PX:
        return pixels
    scale = _STRIDE * LONG_SIDE_PX / max(height, width)
    if scale < 1:
        size = max(1, round(width * scale)), max(1, round(height * scale))
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    return pixels[::_STRIDE, ::_STRIDE]


def without_mixtures(pixels: Pixels, lab: Points) -> Pixels:
    """(h, w, 3) with pixels that lie between two unlike neighbours in colour replaced.

    Such a pixel takes the colour of the nearer one, left and right or above and below, so that the
    shares of the areas stay. `lab`: the same pixels in OKLab.
    """
    sharpened = pixels.copy()
    _replace(sharpened, pixels, lab)
    _replace(sharpened.swapaxes(0, 1), pixels.swapaxes(0, 1), lab.swapaxes(0, 1))
    return sharpened


def _replace(target: Pixels, pixels: Pixels, lab: Points) -> None:
    """Along the second axis, in `target`; mixed both ways, a pixel goes by the later call."""
    if pixels.shape[1] < 3:
        return
    across = _length(lab[:, 2:] - lab[:, :-2])
    steps = _length(lab[:, 1:] - lab[:, :-1])
    to_first, to_second = steps[:, :-1], steps[:, 1:]
    mixed = (across > _LEAST_STEP) & (to_first + to_second < _DETOUR * across)
    nearer_first = to_first <= to_second
    inner = target[:, 1:-1]
    for nearer, side in ((nearer_first, pixels[:, :-2]), (~nearer_first, pixels[:, 2:])):
        chosen = mixed & nearer
        inner[chosen] = side[chosen]


def _length(difference: Points) -> NDArray[np.float32]:
    return np.asarray(np.sqrt((difference * difference).sum(axis=-1)), np.float32)
