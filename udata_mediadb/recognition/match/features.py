"""Pixels -> match description: SIFT of the reduced grey picture, and what mirroring does to it."""

from dataclasses import replace
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from ...imaging import Picture
from .description import (
    COLOURS_PX,
    LONG_SIDE_PX,
    MAX_KEYPOINTS,
    THUMBNAIL_PX,
    MatchDescription,
    quantised,
)
from .permutations import MIRRORED, NEGATIVE

Keypoints = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32], NDArray[np.uint8]]
Variant = Literal["plain", "mirrored", "negative", "mirrored_negative"]
VARIANTS: tuple[Variant, ...] = ("plain", "mirrored", "negative", "mirrored_negative")

# docs/explanation/match.md: 0.01 gives pale pictures more usable points than OpenCV's 0.04
_CONTRAST = 0.01
_LOW_CONTRAST = 0.003  # for pictures with fewer keypoints than are enough
_ENOUGH_KEYPOINTS = 300
_EDGE_THRESHOLD = 10.0  # Lowe 2004 4.1
_OCTAVE_LAYERS = 3  # Lowe 2004 3.3
_SIGMA = 1.6  # Lowe 2004 3.3
_SPREAD_FIELDS = 8  # per side; measured: explanation/match.md
CLOSE_SIDE_PX = 1024
CLOSE_KEYPOINTS = 2000
_SHORTEST_SIDE_PX = 16  # SIFT needs a few pixels in each direction


def describe(picture: Picture) -> MatchDescription:
    """The description of a picture; a picture without texture has no keypoints."""
    return _described(picture, LONG_SIDE_PX, MAX_KEYPOINTS)


def describe_closely(picture: Picture) -> MatchDescription:
    """As `describe`, of twice the size: up to 2,000 keypoints, half of them spread over it.

    For a query that shows more than one description holds; it has no stored form.
    """
    return _described(picture, CLOSE_SIDE_PX, CLOSE_KEYPOINTS, spread=True)


def _described(
    picture: Picture, side_px: int, keypoints: int, *, spread: bool = False
) -> MatchDescription:
    pixels = without_impulses(picture.pixels)
    reduced = _reduced(np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8), side_px)
    xy, size, angle, descriptors = _sift(reduced, keypoints, spread=spread)
    thumbnail = cv2.resize(reduced, (THUMBNAIL_PX,) * 2, interpolation=cv2.INTER_AREA)
    colours = cv2.resize(pixels, (COLOURS_PX,) * 2, interpolation=cv2.INTER_AREA)
    return MatchDescription(
        xy=xy,
        size=size,
        angle=angle,
        descriptors=descriptors,
        thumbnail=np.asarray(thumbnail, np.uint8),
        colours=np.asarray(colours, np.uint8),
        resized=(reduced.shape[1], reduced.shape[0]),
        original=(picture.width, picture.height),
        grey=reduced,
    )


def variant_of(description: MatchDescription, variant: Variant) -> MatchDescription:
    """The description that the mirrored or negative picture would have, without its pixels.

    Mirroring left-right sends cell row r to 3 - r and orientation o to -o in the keypoint's own
    frame, x to width - 1 - x and the angle to 180 - angle. A negative turns each gradient, so the
    keypoint's frame turns with it: cells (r, c) to (3 - r, 3 - c), angle + 180. The thumbnails
    stay as they are.
    """
    xy, angle, descriptors = description.xy, description.angle, description.descriptors
    if variant in ("mirrored", "mirrored_negative"):
        xy = np.stack([description.resized[0] - 1 - xy[:, 0], xy[:, 1]], axis=1)
        angle = (180 - angle) % 360
        descriptors = descriptors[:, MIRRORED]
    if variant in ("negative", "mirrored_negative"):
        angle = (angle + 180) % 360
        descriptors = descriptors[:, NEGATIVE]
    return replace(description, xy=xy, angle=angle, descriptors=descriptors)


def without_impulses(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The pixels, median filtered where salt-and-pepper noise shows itself."""
    for aperture_px in (3, 5):
        if impulse_share(pixels) < _IMPULSE_SHARE:
            break
        pixels = np.asarray(cv2.medianBlur(pixels, aperture_px), np.uint8)
    return pixels


def impulse_share(pixels: NDArray[np.uint8]) -> float:
    """Share of values that stand out from their 3 x 3 median, black or white, the rarer kind.

    Noise has both; dark lines on white, or stars at night, have one.
    """
    apart = np.asarray(cv2.absdiff(pixels, cv2.medianBlur(pixels, 3))) > _IMPULSE_STEP
    return float(min(np.mean(apart & (pixels < _BLACK)), np.mean(apart & (pixels > _WHITE))))


_BLACK = 8
_WHITE = 247
_IMPULSE_STEP = 64
_IMPULSE_SHARE = 0.004  # measured: docs/explanation/match.md, "Noise"


def _reduced(grey: NDArray[np.uint8], side_px: int) -> NDArray[np.uint8]:
    """The picture with this long side; small ones are enlarged."""
    height, width = grey.shape
    scale = side_px / max(height, width)
    size = tuple(max(_SHORTEST_SIDE_PX, round(side * scale)) for side in (width, height))
    if size == (width, height):
        return grey
    interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(grey, size, interpolation=interpolation), np.uint8)


def _sift(grey: NDArray[np.uint8], most: int, *, spread: bool) -> Keypoints:
    """xy, size, angle and descriptors of up to `most` keypoints, strongest first.

    One search with the lower threshold: those above the higher one are the same, and alone where
    they are enough. `spread`: half of them the strongest, half in turn from the fields of a grid.
    """
    # precise upscale: without it keypoints sit 0.25 px off and mirrored copies 0.5 px
    detector = cv2.SIFT.create(
        0 if spread else most, _OCTAVE_LAYERS, _LOW_CONTRAST, _EDGE_THRESHOLD, _SIGMA, True
    )
    found, descriptors = detector.detectAndCompute(grey, None)
    if not len(found):
        return _nothing()
    # OpenCV compares the response, times the layers of an octave, with its contrast threshold
    clear = [i for i, k in enumerate(found) if k.response * _OCTAVE_LAYERS >= _CONTRAST]
    kept = np.array(clear if len(clear) >= _ENOUGH_KEYPOINTS else range(len(found)))
    order = kept[np.argsort([-found[i].response for i in kept], kind="stable")]
    if spread and len(order) > most:
        places = np.array([found[i].pt for i in order])
        order = order[np.sort(order_spread(places, grey.shape[::-1], most // 2)[:most])]
    order = order[:most]
    chosen = [found[i] for i in order]
    xy, size, angle = quantised(
        np.array([k.pt for k in chosen], np.float32),
        np.array([k.size for k in chosen], np.float32),
        np.array([k.angle for k in chosen], np.float32),
    )
    vectors = np.asarray(descriptors, np.float32)[order]
    return xy, size, angle, np.clip(vectors, 0, 255).astype(np.uint8)


def _nothing() -> Keypoints:
    empty = np.zeros(0, np.float32)
    return np.zeros((0, 2), np.float32), empty, empty, np.zeros((0, 128), np.uint8)


def order_spread(
    places: NDArray[np.floating], frame: tuple[int, ...], strongest: int
) -> NDArray[np.intp]:
    """(n,) rows of (n, 2) places, strongest first: so many as they are, then in turn from a grid.

    The busiest spot of a picture has the strongest keypoints; a part beside it has none without.
    """
    cells = np.minimum(places / np.array(frame) * _SPREAD_FIELDS, _SPREAD_FIELDS - 1).astype(int)
    fields = cells[:, 0] * _SPREAD_FIELDS + cells[:, 1]
    rest = np.arange(strongest, len(places))
    by_field = rest[np.argsort(fields[rest], kind="stable")]
    sorted_fields = fields[by_field]
    starts = np.searchsorted(sorted_fields, sorted_fields, side="left")
    turn = np.arange(len(by_field)) - starts  # first, second, ... of its field
    in_turn = by_field[np.lexsort((by_field, turn))]
    return np.concatenate([np.arange(min(strongest, len(places))), in_turn])
