"""sRGB <-> OKLab with a and b doubled: the space in which this signature measures colours.

B. Ottosson, *A perceptual color space for image processing* (2020); matrices and transfer curve
from there and from IEC 61966-2-1. Black to white is 1.00, red to green 0.95.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Points = NDArray[np.float32]

# A choice, so that hue and lightness weigh alike: docs/explanation/colors.md, "Space"
CHROMA_SCALE = 2.0

_SCALE = np.array([1.0, CHROMA_SCALE, CHROMA_SCALE])
_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
_LMS_FLOAT = _LMS.T.astype(np.float32)
_LAB_SCALED = (_LAB.T * _SCALE).astype(np.float32)
_LMS_BACK = np.linalg.inv(_LMS).T
_LAB_BACK = np.linalg.inv(_LAB).T


def _linear(value: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


_LINEAR = _linear(np.arange(256) / 255.0).astype(np.float32)


def from_rgb(rgb: ArrayLike) -> Points:
    """(..., 3) sRGB of 0 to 255, whole or with a fraction -> (..., 3) float32 L, 2a, 2b."""
    values = np.asarray(rgb)
    if values.dtype == np.uint8:
        linear = _LINEAR[values]
    else:
        linear = _linear(np.asarray(values, np.float64) / 255.0).astype(np.float32)
    return np.asarray(np.cbrt(linear @ _LMS_FLOAT) @ _LAB_SCALED, np.float32)


def to_rgb(points: ArrayLike) -> NDArray[np.uint8]:
    """(..., 3) L, 2a, 2b -> (..., 3) uint8 sRGB, clipped into its gamut."""
    lms = (np.asarray(points, np.float64) / _SCALE) @ _LAB_BACK
    linear = np.clip((lms**3) @ _LMS_BACK, 0.0, 1.0)
    curved = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.asarray(np.clip(np.rint(255 * curved), 0, 255), np.uint8)
