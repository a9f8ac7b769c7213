"""Bytes of a stranger -> pixels, safely.

Refuse before decoding: the format by its magic bytes, the size by its header, then the pixels.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Picture:
    """A decoded image.

    `pixels`: (h, w, 3) uint8 RGB, turned upright, transparency composited on white; its long side
    may be smaller than the original's (see `decode`). `width`, `height`: pixels of the original,
    upright. `format`: "JPEG", "PNG", "GIF", "WEBP", "BMP" or "TIFF".
    """

    pixels: NDArray[np.uint8]
    width: int
    height: int
    format: str
