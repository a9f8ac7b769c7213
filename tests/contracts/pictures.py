"""Drawn pictures with texture, seeded."""

import cv2
import numpy as np
from numpy.typing import NDArray

from udata_mediadb.imaging import Picture


def pixels(seed: int, width: int = 640, height: int = 480) -> NDArray[np.uint8]:
    """(height, width, 3) of clouds, discs, boxes and letters; different for each seed."""
    rng = np.random.default_rng(seed)
    grid = rng.integers(40, 220, (6, 8, 3), dtype=np.uint8)
    canvas = cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC)
    for _ in range(150):
        x, y = int(rng.integers(0, width)), int(rng.integers(0, height))
        size = int(rng.integers(4, 40))
        colour = tuple(int(c) for c in rng.integers(0, 256, 3))
        kind = rng.integers(0, 3)
        if kind == 0:
            axes = size, int(rng.integers(3, 30))
            cv2.ellipse(canvas, (x, y), axes, float(rng.uniform(0, 180)), 0, 360, colour, -1)
        elif kind == 1:
            cv2.rectangle(canvas, (x, y), (x + size, y + int(rng.integers(3, 30))), colour, -1)
        else:
            letter = chr(int(rng.integers(65, 91)))
            cv2.putText(canvas, letter, (x, y), cv2.FONT_HERSHEY_DUPLEX, size / 20, colour, 2)
    return np.asarray(canvas, np.uint8)


def picture(array: NDArray[np.uint8]) -> Picture:
    """The picture that a decoder would give for these pixels."""
    return Picture(np.ascontiguousarray(array), array.shape[1], array.shape[0], "PNG")


def flat(grey: int) -> Picture:
    """A picture without any content."""
    return picture(np.full((200, 300, 3), grey, np.uint8))
