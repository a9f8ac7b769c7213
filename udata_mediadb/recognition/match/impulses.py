"""Salt-and-pepper noise in a picture: whether there is any, and the pixels without it."""

import cv2
import numpy as np
from numpy.typing import NDArray

_BLACK = 8
_WHITE = 247
_IMPULSE_STEP = 64
_IMPULSE_SHARE = 0.004  # measured: docs/explanation/match.md, "Noise"


def without_impulses(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The pixels, median filtered where salt-and-pepper noise shows itself."""
    for aperture_px in (3, 5):
        if not _may_have_impulses(pixels) or impulse_share(pixels) < _IMPULSE_SHARE:
            break
        pixels = np.asarray(cv2.medianBlur(pixels, aperture_px), np.uint8)
    return pixels


def _may_have_impulses(pixels: NDArray[np.uint8]) -> bool:
    """Whether there are black and white values enough; exact, at a sixth of the time."""
    least = _IMPULSE_SHARE * pixels.size
    few_dark = np.count_nonzero(pixels < _BLACK) < least
    return not (few_dark or np.count_nonzero(pixels > _WHITE) < least)


def impulse_share(pixels: NDArray[np.uint8]) -> float:
    """Share of values that stand out from their 3 x 3 median, black or white, the rarer kind.

    Noise has both; dark lines on white, or stars at night, have one.
    """
    apart = np.asarray(cv2.absdiff(pixels, cv2.medianBlur(pixels, 3))) > _IMPULSE_STEP
    return float(min(np.mean(apart & (pixels < _BLACK)), np.mean(apart & (pixels > _WHITE))))
