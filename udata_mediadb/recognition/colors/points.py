"""Pixels -> few weighted points in OKLab."""

import numpy as np
from numpy.typing import NDArray

from .oklab import Points, from_rgb

_BITS = 5  # of each channel; the cells keep the exact mean of their pixels
_CELLS = 1 << 3 * _BITS


def histogram(pixels: NDArray[np.uint8]) -> tuple[Points, NDArray[np.float32]]:
    """(n, 3) uint8 sRGB -> (m, 3) points in OKLab and (m,) weights with sum 1; n > 0.

    A point is the mean of the pixels in one cell of 32 x 32 x 32, so that flat colours stay exact.
    """
    return weighted_histogram(pixels, np.ones(len(pixels), np.float32))


def weighted_histogram(
    pixels: NDArray[np.uint8], weights: NDArray[np.float32]
) -> tuple[Points, NDArray[np.float32]]:
    """The same where pixel i counts `weights[i]` > 0."""
    cells = (pixels >> (8 - _BITS)).astype(np.int32)
    keys = (cells[:, 0] << 2 * _BITS) | (cells[:, 1] << _BITS) | cells[:, 2]
    mass = np.bincount(keys, weights, _CELLS)
    filled = np.flatnonzero(mass)
    mass = mass[filled]
    sums = [np.bincount(keys, weights * pixels[:, i], _CELLS)[filled] for i in range(3)]
    means = np.stack(sums, axis=1) / mass[:, None]
    return from_rgb(means), (mass / mass.sum()).astype(np.float32)
