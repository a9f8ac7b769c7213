"""Whether all that two pictures share is printed on both: a lower third, a poster's layout, a card.

A print is drawn: letters and flat tones. A photographed object shows many tones, and where it is
seen from elsewhere what lies beside the agreeing keypoints is found a little displaced. Both are
looked at where the rest of the overlap differs (docs/explanation/match.md, "Shared print").
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from .agreement import Agreement, laid_over, near_keypoints
from .alignment import Alignment
from .description import THUMBNAIL_PX, MatchDescription

# A print of any texture: nothing else agrees, and under a sticker more of a copy is in its place
PRINT_KEPT = 0.50
PRINT_GUIDED = 0.55
PRINT_AWAY = 0.55
PRINT_AWAY_AGREES = 0.11
PRINT_IN_PLACE = 0.95
LAYOUT_AGREEMENT = 0.50
LAYOUT_GUIDED = 0.40
LAYOUT_AWAY_AGREES = 0.32
LAYOUT_AREA = 0.50
# A print of few tones: all else differs, unless what differs was laid over it
TONES_AWAY = 0.20
TONES_AWAY_AGREES = 0.40
HIDING_GUIDED = 0.40  # what a sticker leaves of a copy: more is guided,
HIDING_AREA = 0.25
HIDING_AWAY = 0.52  # and less lies away,
HIDING_AGREEMENT = 0.50  # or more agrees
# Share of its two commonest tones that is asked for, by what is kept below this: where much is,
# a copy may be seen through what was laid over it
TONES_KEPT = ((0.50, 0.38), (0.55, 0.42), (0.75, 0.50))
# What lies away, found nearby and not elsewhere: less of it where there are such tones
TONES_DISPLACED = ((0.0, 0.30), (0.55, 0.45))
# A strip on which the rims of both lie over each other, and nothing else
STRIP_AREA = 0.10
STRIP_OVERLAP = 0.10
STRIP_TONES = 0.45

_AROUND_PX = 17  # of the query, around a keypoint
_TONE = 8  # levels to either side
_BLOCK_PX = 9
_STEP_PX = 3
_TEXTURE = 6.0  # standard deviation, as for the agreement
_SHIFT_PX = 4  # of a thumbnail: what parallax may move
_ALIKE = 0.8  # normalised correlation, the best of all shifts
_ELSEWHERE_PX = 12
_LEAST_BLOCKS = 4


def is_shared_print(
    alignment: Alignment, agreed: Agreement, query: MatchDescription, reference: MatchDescription
) -> bool:
    """Whether they show the same print, and other pictures beside it; neither is drawn."""
    if _differs_throughout(alignment, agreed):
        return True
    if not _may_be_print(alignment, agreed):
        return False
    tones = _tones(alignment, query)
    if not any(agreed.kept < kept and tones >= least for kept, least in TONES_KEPT):
        return False
    most = max(displaced for least, displaced in TONES_DISPLACED if tones >= least)
    return _displaced(alignment, agreed, query, reference) < most


def is_shared_strip(alignment: Alignment, agreed: Agreement, query: MatchDescription) -> bool:
    """Whether the rims of both lie over each other with a print on them, and nothing else does."""
    strip = max(alignment.areas) < STRIP_AREA and agreed.overlap < STRIP_OVERLAP
    return strip and _tones(alignment, query) >= STRIP_TONES


def _differs_throughout(alignment: Alignment, agreed: Agreement) -> bool:
    """Whether hardly anything agrees away from the keypoints, or little of what they enclose.

    Under a sticker or a watermark the rest of a copy is there, and in its place.
    """
    if agreed.kept >= PRINT_KEPT or alignment.in_place >= PRINT_IN_PLACE:
        return False
    guided, apart = alignment.guided_ratio, agreed.away_share
    around = agreed.away >= PRINT_AWAY and apart <= PRINT_AWAY_AGREES and guided < PRINT_GUIDED
    few = agreed.share < LAYOUT_AGREEMENT and guided < LAYOUT_GUIDED
    layout = few and apart <= LAYOUT_AWAY_AGREES and alignment.areas[0] >= LAYOUT_AREA
    return around or layout


def _may_be_print(alignment: Alignment, agreed: Agreement) -> bool:
    """Whether enough lies away from the keypoints and most of it differs."""
    return (
        agreed.away >= TONES_AWAY
        and agreed.away_share <= TONES_AWAY_AGREES
        and not _is_hidden(alignment, agreed)
    )


def _is_hidden(alignment: Alignment, agreed: Agreement) -> bool:
    """Whether what differs may be a sticker on a copy: more of that is left than of a layout."""
    if alignment.guided_ratio < HIDING_GUIDED or alignment.areas[0] < HIDING_AREA:
        return False
    return agreed.away < HIDING_AWAY or agreed.share >= HIDING_AGREEMENT


def _tones(alignment: Alignment, query: MatchDescription) -> float:
    """How much around the agreeing keypoints has one of the two commonest tones, 0 to 1."""
    grey = query.thumbnail if query.grey is None else query.grey
    size = np.array(grey.shape[::-1])
    places = (alignment.target + 0.5) / np.array(query.resized) * size
    x, y = np.clip(places.astype(int), 0, size - 1).T
    around = np.zeros(grey.shape, np.uint8)
    around[y, x] = 1
    side = _AROUND_PX if query.grey is not None else _BLOCK_PX
    seen = grey[cv2.dilate(around, np.ones((side, side), np.uint8)) > 0]
    tones, found = np.bincount(seen, minlength=256), 0
    for _ in range(2):
        tone = int(np.convolve(tones, np.ones(2 * _TONE + 1, int), "same").argmax())
        near = slice(max(0, tone - _TONE), tone + _TONE + 1)
        found += int(tones[near].sum())
        tones[near] = 0
    return found / max(1, seen.size)


def _displaced(
    alignment: Alignment, agreed: Agreement, query: MatchDescription, reference: MatchDescription
) -> float:
    """How much of what lies away from the keypoints is found nearby, less what is elsewhere.

    Where too little lies there to tell: how much is found in its place.
    """
    seen, known, inside = laid_over(alignment, query, reference)
    places = _textured_places(known, inside, near_keypoints(alignment, reference))
    others = np.roll(places, len(places) // 2, axis=0)
    apart = np.abs(places - others).sum(axis=1) > _ELSEWHERE_PX
    if apart.sum() < _LEAST_BLOCKS:
        return agreed.away_share
    pairs = zip(places[apart], others[apart], strict=True)
    likeness = [
        (_best_near(seen, known, place, place), _best_near(seen, known, place, other))
        for place, other in pairs
    ]
    here, elsewhere = (np.array(likeness) > _ALIKE).mean(axis=0)
    return float(here - elsewhere)


def _textured_places(
    known: NDArray[np.float32], inside: NDArray[np.uint8], near: NDArray[np.bool_]
) -> NDArray[np.intp]:
    """(n, 2) y, x of the middles of blocks that the query shows, with texture and not near."""
    block = np.ones((_BLOCK_PX,) * 2, np.uint8)
    size = (_BLOCK_PX, _BLOCK_PX)
    variance = cv2.blur(known * known, size) - cv2.blur(known, size) ** 2
    wanted = (cv2.erode(inside, block, borderValue=0) > 0) & (variance > _TEXTURE**2) & ~near
    half = _BLOCK_PX // 2
    raster = np.zeros_like(wanted)
    raster[half : THUMBNAIL_PX - half : _STEP_PX, half : THUMBNAIL_PX - half : _STEP_PX] = True
    return np.argwhere(wanted & raster)


def _best_near(
    seen: NDArray[np.float32],
    known: NDArray[np.float32],
    place: NDArray[np.intp],
    other: NDArray[np.intp],
) -> float:
    """The best correlation of the reference's block at `place` with the query's about `other`."""
    half = _BLOCK_PX // 2
    y, x = place
    block = known[y - half : y + half + 1, x - half : x + half + 1]
    reach = half + _SHIFT_PX
    top, left = np.maximum(other - reach, 0)
    around = seen[top : other[0] + reach + 1, left : other[1] + reach + 1]
    return float(np.nan_to_num(cv2.matchTemplate(around, block, cv2.TM_CCOEFF_NORMED)).max())
