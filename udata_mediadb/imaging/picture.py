"""What is known of an image before and after decoding."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Header:
    """What the first bytes say; no pixel was decoded.

    `format`: a key of `MIME`. `width`, `height`: pixels, upright (after EXIF orientation).
    `animated`: more than one frame is there; only the first is ever decoded.
    """

    format: str
    width: int
    height: int
    animated: bool


@dataclass(frozen=True)
class Picture:
    """A decoded image.

    `pixels`: (h, w, 3) uint8 RGB (sRGB), turned upright, transparency composited on white; its
    long side may be smaller than the original's (see `decode`). `width`, `height`: pixels of the
    original, upright. `format`: "JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF" or "AVIF".
    """

    pixels: NDArray[np.uint8]
    width: int
    height: int
    format: str
