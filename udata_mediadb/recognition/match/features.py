"""Pixels -> match description: SIFT of the reduced grey picture, and what mirroring does to it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from ...imaging import Picture
from .basis import shipped_basis
from .description import (
    COLOURS_PX,
    LONG_SIDE_PX,
    LONGEST_SIDE_PX,
    MAX_KEYPOINTS,
    MOST_KEYPOINTS,
    STRONGEST,
    THUMBNAIL_PX,
    MatchDescription,
    quantised,
)
from .impulses import without_impulses

Keypoints = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32], NDArray[np.uint8]]
Variant = Literal["plain", "mirrored", "negative", "mirrored_negative"]
VARIANTS: tuple[Variant, ...] = ("plain", "mirrored", "negative", "mirrored_negative")

# docs/explanation/match.md: 0.01 gives pale pictures more usable points than OpenCV's 0.04
_CONTRAST = 0.01
_LOW_CONTRAST = 0.003  # for pictures with fewer keypoints than are enough
_ENOUGH_KEYPOINTS = 300
# From 0.0236 on OpenCV passes over differences of less than a grey level. With less it examines the
# noise of every even spot, which takes most of its time there.
_CLOSE_CONTRAST = 0.0236
# 45 pictures: under 0.1 of such pixels the higher threshold left 300 keypoints in none
_DETAIL_SIGMAS = (1.2, 2.0)
_DETAIL_LEVELS = 2
_DETAIL_SHARE = 0.1
# Of a closer look. 60 pictures: under 0.11 of such pixels 47 had 0 to 6,600 keypoints, 1,000 in the
# median; of more, all but two had 2,900 to 11,000.
_FINE_SIGMAS = (0.8, 1.3)
_FINE_LEVELS = 3
_FINE_SHARE = 0.11
_WHITEST = 255
_MUCH_WHITE = 0.02  # of the pixels; saves a millisecond
_EDGE_THRESHOLD = 10.0  # Lowe 2004 4.1
_OCTAVE_LAYERS = 3  # Lowe 2004 3.3
_SIGMA = 1.6  # Lowe 2004 3.3
_SEARCHED = 1.5  # times the keypoints that are kept; measured: explanation/match.md
_SPREAD_FIELDS = 8  # per side; measured: explanation/match.md
CLOSE_KEYPOINTS = 2000
_SHORTEST_SIDE_PX = 16  # SIFT needs a few pixels in each direction


def describe(picture: Picture) -> MatchDescription:
    """The description of a picture; a picture without texture has no keypoints."""
    frame, keypoints = frame_of(*picture.pixels.shape[1::-1])
    return _described(picture, frame, keypoints, STRONGEST)


def describe_closely(picture: Picture) -> MatchDescription:
    """As `describe`, of twice the size, with up to 2,000 keypoints, half of them spread over it.

    For a query that shows more than one description holds; it has no stored form.
    """
    (width, height), _ = frame_of(*picture.pixels.shape[1::-1])
    frame = (2 * width, 2 * height)
    return _described(picture, frame, CLOSE_KEYPOINTS, CLOSE_KEYPOINTS // 2)


def frame_of(width: int, height: int) -> tuple[tuple[int, int], int]:
    """The size in which a picture of this size is described, and how many keypoints it may have.

    The long side is 512 px; beyond 2:1 the area is that of 512 x 256, so that a strip keeps its
    detail, and the keypoints grow as the frame becomes longer.
    """
    aspect = max(width, height) / max(1, min(width, height))
    side = min(LONGEST_SIDE_PX, LONG_SIDE_PX * float(np.sqrt(max(1.0, aspect / 2))))
    scale = side / max(width, height)
    size = (
        max(_SHORTEST_SIDE_PX, round(width * scale)),
        max(_SHORTEST_SIDE_PX, round(height * scale)),
    )
    return size, min(MOST_KEYPOINTS, round(MAX_KEYPOINTS * side / LONG_SIDE_PX))


def _described(
    picture: Picture, frame: tuple[int, int], keypoints: int, strongest: int
) -> MatchDescription:
    pixels = without_impulses(picture.pixels)
    reduced = reduced_grey(np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8), frame)
    xy, size, angle, descriptors = find_keypoints(reduced, keypoints, strongest)
    thumbnail = cv2.resize(reduced, (THUMBNAIL_PX,) * 2, interpolation=cv2.INTER_AREA)
    colours = cv2.resize(pixels, (COLOURS_PX,) * 2, interpolation=cv2.INTER_AREA)
    return MatchDescription(
        xy=xy,
        size=size,
        angle=angle,
        descriptors=shipped_basis().levels(descriptors),
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
    if variant in description.variants:
        return description.variants[variant]
    descriptors = shipped_basis().turned(description.descriptors, VARIANTS.index(variant))
    turned = replace(placed_as(description, variant), descriptors=descriptors)
    description.variants[variant] = turned
    return turned


def vectors_of(levels: NDArray[np.uint8], variant: Variant) -> NDArray[np.float32]:
    """(n, 64) vectors of (n, 64) levels, as the variant of the picture has them."""
    basis, number = shipped_basis(), VARIANTS.index(variant)
    return basis.vectors(basis.turned(levels, number) if number else levels)


def placed_as(description: MatchDescription, variant: Variant) -> MatchDescription:
    """The same with the places and angles alone that the variant has."""
    xy, angle = description.xy, description.angle
    if variant in ("mirrored", "mirrored_negative"):
        xy = np.stack([description.resized[0] - 1 - xy[:, 0], xy[:, 1]], axis=1)
        angle = (180 - angle) % 360
    if variant in ("negative", "mirrored_negative"):
        angle = (angle + 180) % 360
    return replace(description, xy=xy, angle=angle)


def reduced_grey(grey: NDArray[np.uint8], frame: tuple[int, int]) -> NDArray[np.uint8]:
    """The picture in this size; small ones are enlarged."""
    height, width = grey.shape
    if frame == (width, height):
        return grey
    smaller = max(frame) < max(width, height)
    interpolation = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(grey, frame, interpolation=interpolation), np.uint8)


def find_keypoints(grey: NDArray[np.uint8], most: int, strongest: int) -> Keypoints:
    """xy, size, angle and descriptors of up to `most` keypoints.

    So many as they are strongest, strongest first, then others in turn from the fields of a grid.
    With the lower threshold only where the higher one leaves few: it takes a fifth longer.
    """
    inverted = _is_quicker_inverted(grey)
    seen = 255 - grey if inverted else grey
    found, descriptors = _detected(seen, most)
    if not len(found):
        return _nothing()
    order = np.argsort([-one.response for one in found], kind="stable")
    places = np.array([found[i].pt for i in order])
    order = order[order_spread(places, grey.shape[::-1], strongest)[:most]]
    chosen = [found[i] for i in order]
    xy, size, angle = quantised(
        np.array([k.pt for k in chosen], np.float32),
        np.array([k.size for k in chosen], np.float32),
        np.array([k.angle for k in chosen], np.float32),
    )
    if descriptors is None:
        _, described = _sift(0, _CLOSE_CONTRAST).compute(seen, chosen)
    else:
        described = descriptors[order]
    vectors = np.asarray(described, np.uint8)
    if inverted:  # back again, as `variant_of` says
        angle = (angle + 180) % 360
        vectors = vectors.reshape(-1, 4, 4, 8)[:, ::-1, ::-1].reshape(-1, 128)
    return xy, size, angle, vectors


def _is_quicker_inverted(grey: NDArray[np.uint8]) -> bool:
    """Whether much of it is plain white, and more than is black.

    OpenCV passes over what is 0 and stays 0 when it is blurred. Any other even tone leaves traces
    of rounding there, each of which it examines: half of the time of a drawing on white.
    """
    white = np.count_nonzero(grey == _WHITEST)
    return bool(white > _MUCH_WHITE * grey.size and white > np.count_nonzero(grey == 0))


def describe_at(
    grey: NDArray[np.uint8],
    xy: NDArray[np.float32],
    size: NDArray[np.float32],
    angle: NDArray[np.float32],
) -> NDArray[np.uint8]:
    """(n, 128) SIFT descriptors at these places: what a picture shows there, found or not."""
    steps = np.maximum(np.round(_OCTAVE_LAYERS * np.log2(size / (2 * _SIGMA))), 1 - _OCTAVE_LAYERS)
    octave = ((steps - 1) // _OCTAVE_LAYERS).astype(int)
    packed = octave & 255 | (steps.astype(int) - _OCTAVE_LAYERS * octave) << 8  # OpenCV's own way
    places = np.column_stack([xy, size, angle]).tolist()
    wanted = [
        cv2.KeyPoint(x, y, diameter, degrees, 1.0, own)
        for (x, y, diameter, degrees), own in zip(places, packed.tolist(), strict=True)
    ]
    if not wanted:
        return np.zeros((0, 128), np.uint8)
    _, described = _sift(0, _LOW_CONTRAST).compute(grey, wanted)
    return np.asarray(described, np.uint8)


def _has_detail(grey: NDArray[np.uint8]) -> bool:
    """Whether a search with the higher threshold promises enough: a thirtieth of its time."""
    return _share_apart(grey, _DETAIL_SIGMAS, _DETAIL_LEVELS) >= _DETAIL_SHARE


def _share_apart(grey: NDArray[np.uint8], sigmas: tuple[float, float], levels: int) -> float:
    """Share of pixels in which two blurs are so many grey levels apart."""
    fine, coarse = (cv2.GaussianBlur(grey, (0, 0), sigma) for sigma in sigmas)
    return float(np.mean(cv2.absdiff(fine, coarse) >= levels))


def _detected(grey: NDArray[np.uint8], most: int) -> tuple[Sequence[cv2.KeyPoint], Any]:
    """Keypoints of the highest threshold that leaves enough, with their descriptors.

    Half as many again as are kept, to spread some. Of a closer look all, since the strongest of a
    collage are those of its busiest pictures. Where they may be many, without descriptors: most are
    not chosen. Where they are few it takes longer to blur the picture anew than to describe all.
    """
    if most >= CLOSE_KEYPOINTS:
        every = _sift(0, _CLOSE_CONTRAST)
        if _share_apart(grey, _FINE_SIGMAS, _FINE_LEVELS) < _FINE_SHARE:
            return every.detectAndCompute(grey, None)
        return every.detect(grey, None), None
    searched = round(_SEARCHED * most)
    if _has_detail(grey):
        found, descriptors = _sift(searched, _CONTRAST).detectAndCompute(grey, None)
        if len(found) >= _ENOUGH_KEYPOINTS:
            return found, descriptors
    return _sift(searched, _LOW_CONTRAST).detectAndCompute(grey, None)


def _sift(most: int, contrast: float) -> cv2.SIFT:
    # precise upscale: without it keypoints sit 0.25 px off and mirrored copies 0.5 px
    return cv2.SIFT.create(most, _OCTAVE_LAYERS, contrast, _EDGE_THRESHOLD, _SIGMA, cv2.CV_8U, True)


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
