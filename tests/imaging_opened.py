"""Pictures as they are opened, and compared."""

import numpy as np

from udata_mediadb.imaging import (
    Picture,
    decode,
)

MAX_PIXELS = 50_000_000


def opened(data: bytes, side: int = 4096) -> Picture:
    return decode(data, max_pixels=MAX_PIXELS, side=side)


def difference(first: np.ndarray, second: np.ndarray) -> float:
    assert first.shape == second.shape
    return float(np.abs(first.astype(int) - second.astype(int)).mean())


def corners(pixels: np.ndarray) -> list[tuple[int, ...]]:
    """The colours in the middle of the four quadrants, row by row."""
    height, width = pixels.shape[:2]
    places = [(y, x) for y in (height // 4, 3 * height // 4) for x in (width // 4, 3 * width // 4)]
    return [tuple(int(value) for value in pixels[place]) for place in places]
