"""Pictures with known colours for the colors benchmark, drawn and seeded, and alterations."""

from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from udata_mediadb.imaging import Picture

Pixels = NDArray[np.uint8]

_LEAST_APART = 70  # of 255, between two colours of one palette
_LEAST_SHARE = 0.04


def jpeg(pixels: Pixels, quality: int) -> Pixels:
    """What a JPEG of that quality keeps of (h, w, 3) pixels."""
    out = BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=quality)
    return np.asarray(Image.open(out))


def read(path: Path) -> Pixels:
    """(h, w, 3) of a file."""
    return np.asarray(Image.open(path).convert("RGB"))


def picture(pixels: Pixels) -> Picture:
    """As if decoded."""
    return Picture(pixels, pixels.shape[1], pixels.shape[0], "PNG")


def areas(seed: int) -> tuple[Pixels, Pixels, NDArray[np.float32]]:
    """(240, 320, 3) ragged areas of two to six flat colours, noise of sigma 6, JPEG 75.

    With the colours (n, 3) and their shares (n,).
    """
    random = np.random.default_rng(seed)
    colours: list[NDArray[np.int64]] = []
    count = int(random.integers(2, 7))
    while len(colours) < count:
        colour = random.integers(0, 256, 3)
        if all(np.linalg.norm(colour - other) > _LEAST_APART for other in colours):
            colours.append(colour)
    shares = np.maximum(random.dirichlet(np.full(count, 2.0)), _LEAST_SHARE)
    shares /= shares.sum()
    field = _cloud(random, 6, 8) + 0.1 * _cloud(random, 24, 32)
    rank = np.argsort(np.argsort(field.ravel())) / field.size
    labels = np.searchsorted(np.cumsum(shares)[:-1], rank, side="right").reshape(field.shape)
    noisy = np.array(colours)[labels] + random.normal(0, 6, (*field.shape, 3))
    pixels = np.clip(np.rint(noisy), 0, 255).astype(np.uint8)
    truth = np.bincount(labels.ravel(), minlength=count) / labels.size
    return jpeg(pixels, 75), np.array(colours, np.uint8), truth.astype(np.float32)


def product(seed: int) -> tuple[Pixels, tuple[int, int, int]]:
    """(240, 320, 3) a disc with a hole on shaded near-white, JPEG 85, and the disc's colour."""
    random = np.random.default_rng(seed)
    shade = random.uniform(238, 250) + np.linspace(-4, 4, 320)[None, :] * np.ones((240, 1))
    pixels = np.repeat(shade[..., None], 3, axis=2).astype(np.uint8)
    red, green, blue = (int(value) for value in random.integers(0, 200, 3))
    centre = int(random.integers(120, 200)), int(random.integers(100, 140))
    radius = int(random.integers(40, 85))
    hole = tuple(int(value) for value in pixels[0, centre[0]])
    cv2.circle(pixels, centre, radius, (red, green, blue), -1, cv2.LINE_AA)
    cv2.circle(pixels, centre, radius // 3, hole, -1, cv2.LINE_AA)
    return jpeg(pixels, 85), (red, green, blue)


def bordered(pixels: Pixels, grey: int) -> Pixels:
    """With a border of a tenth of each side in that grey."""
    height, width = pixels.shape[0] // 10, pixels.shape[1] // 10
    value = (grey, grey, grey)
    framed = cv2.copyMakeBorder(
        pixels, height, height, width, width, cv2.BORDER_CONSTANT, value=value
    )
    return np.asarray(framed, np.uint8)


def resized(pixels: Pixels, scale: float) -> Pixels:
    """By area averaging down, linear up."""
    size = max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(pixels, size, interpolation=way), np.uint8)


def cropped(pixels: Pixels, share: float) -> Pixels:
    """The middle, `share` of each side."""
    height, width = pixels.shape[:2]
    top, left = round(height * (1 - share) / 2), round(width * (1 - share) / 2)
    return np.ascontiguousarray(pixels[top : height - top, left : width - left])


def _cloud(random: np.random.Generator, rows: int, columns: int) -> NDArray[np.float32]:
    coarse = random.random((rows, columns)).astype(np.float32)
    return np.asarray(cv2.resize(coarse, (320, 240), interpolation=cv2.INTER_CUBIC), np.float32)
