"""What smooth surfaces explain of a thumbnail: two gradients correlate, their details do not."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .description import THUMBNAIL_PX

Floats = NDArray[np.floating[Any]]


def surfaces(within: NDArray[np.bool_]) -> NDArray[np.float64]:
    """(n, 6) an orthonormal base of the surfaces of the second degree over these pixels."""
    y, x = (np.stack(np.nonzero(within)) + 0.5) / THUMBNAIL_PX - 0.5
    base, _ = np.linalg.qr(np.stack([np.ones_like(x), x, y, x * x, y * y, x * y], axis=1))
    return np.asarray(base)


def detail(greys: Floats, base: NDArray[np.float64]) -> NDArray[np.float64]:
    """What is left of (n,) greys without the best surface of the base."""
    return np.asarray(greys - base @ (base.T @ greys))
