"""Drawn pictures whose colours are known, seeded."""

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.contracts.pictures import pixels
from tests.images import encoded, stream
from udata_mediadb.imaging import decode

Pixels = NDArray[np.uint8]
RED, BLUE, GREEN, SAND = (200, 30, 40), (26, 79, 138), (40, 140, 60), (220, 200, 150)


def stripes(*colours: tuple[int, int, int], shares: list[float] | None = None) -> Pixels:
    """(200, 300, 3) vertical stripes of these colours; equal ones unless `shares` says else."""
    shares = shares or [1 / len(colours)] * len(colours)
    ends = np.rint(np.cumsum([0.0, *shares]) * 300).astype(int)
    drawn = np.zeros((200, 300, 3), np.uint8)
    for colour, start, end in zip(colours, ends[:-1], ends[1:], strict=True):
        drawn[:, start:end] = colour
    return drawn


def disc(colour: tuple[int, int, int], ground: tuple[int, int, int], radius: int = 70) -> Pixels:
    """(240, 320, 3) a disc with a hole in the middle on a ground of one colour."""
    drawn = np.full((240, 320, 3), ground, np.uint8)
    cv2.circle(drawn, (160, 120), radius, colour, -1)
    cv2.circle(drawn, (160, 120), radius // 3, ground, -1)
    return drawn


def ragged(seed: int) -> tuple[Pixels, Pixels, NDArray[np.float32]]:
    """(240, 320, 3) ragged areas of two to six flat colours with noise; colours and shares."""
    random = np.random.default_rng(seed)
    colours: list[NDArray[np.int64]] = []
    while len(colours) < 2 + seed % 5:
        colour = random.integers(0, 256, 3)
        if all(np.linalg.norm(colour - other) > 70 for other in colours):
            colours.append(colour)
    field = cv2.resize(random.random((6, 8)), (320, 240), interpolation=cv2.INTER_CUBIC)
    rank = np.argsort(np.argsort(field.ravel())) / field.size
    labels = (rank * len(colours)).astype(int).reshape(240, 320)
    noisy = np.array(colours)[labels] + random.normal(0, 5, (240, 320, 3))
    shares = np.bincount(labels.ravel()) / labels.size
    drawn = np.clip(np.rint(noisy), 0, 255).astype(np.uint8)
    return drawn, np.array(colours, np.uint8), shares.astype(np.float32)


def jpeg(drawn: Pixels, quality: int) -> Pixels:
    """What a JPEG of that quality keeps."""
    data = stream(encoded(drawn, "JPEG", quality=quality)).read()
    return decode(data, max_pixels=10**8, side=1024).pixels


def photo(seed: int) -> Pixels:
    """(480, 640, 3) clouds, discs, boxes and letters."""
    return pixels(seed)
