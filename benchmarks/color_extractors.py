"""Palettes of other tools beside ours: (h, w, 3) RGB -> ((n, 3) uint8 colours, (n,) weights)."""

from collections.abc import Callable
from io import BytesIO

import colorgram
import cv2
import numpy as np
from colorthief import ColorThief
from numpy.typing import NDArray
from PIL import Image

from udata_mediadb.recognition.colors import describe_pixels
from udata_mediadb.recognition.colors.oklab import from_rgb, to_rgb
from udata_mediadb.recognition.colors.sampling import sampled

Pixels = NDArray[np.uint8]
Palette = tuple[Pixels, NDArray[np.float32]]
COUNT = 8


def ours(pixels: Pixels) -> Palette:
    found = describe_pixels(pixels, ignore_background=False)
    return found.swatches, found.weights


def kmeans(pixels: Pixels) -> Palette:
    """Plain k-means in the same space on the same pixels."""
    points = from_rgb(sampled(pixels).reshape(-1, 3))
    cv2.setRNGSeed(1)
    stop = (cv2.TERM_CRITERIA_COUNT, 10, 0)
    count = min(COUNT, len(points))
    _, labels, centres = cv2.kmeans(points, count, None, stop, 1, cv2.KMEANS_PP_CENTERS)
    return _used(to_rgb(centres), np.bincount(labels.ravel(), minlength=count))


def median_cut(pixels: Pixels) -> Palette:
    """Pillow's."""
    quantized = Image.fromarray(pixels).quantize(COUNT, Image.Quantize.MEDIANCUT)
    palette = np.array(quantized.getpalette(), np.uint8).reshape(-1, 3)
    counts, indices = zip(*(quantized.getcolors() or []), strict=True)
    return _used(palette[list(indices)], np.array(counts))


def color_thief(pixels: Pixels) -> Palette:
    """It gives no weights: those of the nearest pixels here."""
    file = BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    colours = np.array(ColorThief(file).get_palette(color_count=COUNT), np.uint8)
    small = sampled(pixels).reshape(-1, 3).astype(np.int64)
    squared = ((small[:, None] - colours.astype(np.int64)) ** 2).sum(axis=2)
    return _used(colours, np.bincount(squared.argmin(axis=1), minlength=len(colours)))


def color_gram(pixels: Pixels) -> Palette:
    found = colorgram.extract(Image.fromarray(pixels), COUNT)
    return _used(
        np.array([tuple(colour.rgb) for colour in found], np.uint8),
        np.array([colour.proportion for colour in found]),
    )


EXTRACTORS: dict[str, Callable[[Pixels], Palette]] = {
    "ours": ours,
    "k-means 8 in OKLab": kmeans,
    "Pillow median cut 8": median_cut,
    "ColorThief 8": color_thief,
    "colorgram.py 8": color_gram,
}


def signature(palette: Palette) -> NDArray[np.float32]:
    """(n, 4) weight, L, 2a, 2b, as `cv2.EMD` takes it."""
    colours, weights = palette
    return np.ascontiguousarray(np.column_stack([weights, from_rgb(colours)]), np.float32)


def _used(colours: Pixels, counts: NDArray[np.generic]) -> Palette:
    shares = counts.astype(np.float64)
    kept = shares > 0
    return colours[kept], (shares[kept] / shares[kept].sum()).astype(np.float32)
