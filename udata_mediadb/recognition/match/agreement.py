"""How much of all that two aligned pictures share agrees, beyond the keypoints that aligned them.

Keypoints tell that something is the same; they cannot tell whether the rest is. A logo on two
photographs and a cut-out of one of them have the same evidence there, and differ around it. So the
query is laid over the reference's stored thumbnail and compared block by block.
"""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from .alignment import Alignment
from .description import THUMBNAIL_PX, MatchDescription

Grey = NDArray[np.float32]

# Choices, in thumbnail pixels and levels of 255; measured: docs/explanation/match.md, "Agreement"
_BLOCK_PX = 9
_STEP_PX = 3
_TEXTURE = 6.0  # standard deviation
_ALIKE = 0.6  # normalised correlation of a block
_REGION_BLOCK_PX = 7
_REGION = 0.01  # of the reference
_NEAR_PX = 6
_EVEN = 4  # levels between the pixels of a neighbourhood
_SAME_TONE = 2
_DRAWN = 0.2
_FINE = 4  # parts of a thumbnail pixel, per side, before its mean is taken
_FINE_PX = _FINE * THUMBNAIL_PX
_LEAST_SCALE = 1 / 16  # of a thumbnail pixel: a smaller copy has no pixels to compare
_VISIBLE_BLUR_PX = 0.2


@dataclass(frozen=True)
class Agreement:
    """`share`: of the textured blocks of the overlap that agree, 0 to 1. `blocks`: how many.

    `differing`: share of the reference in its largest connected region that differs. `overlap`:
    share of the reference that the query shows. `differs`: (64, 64) 1 in the regions of the
    reference that differ and are not tiny. `away`: share of the textured blocks that lie away from
    all agreeing keypoints; `away_share`: of these that agree.
    """

    share: float
    blocks: int
    kept: float
    away: float
    away_share: float
    differing: float
    overlap: float
    differs: NDArray[np.uint8] = field(compare=False, repr=False)


def is_drawn(description: MatchDescription) -> bool:
    """Whether much of the picture is one even tone: pages, charts, codes, screens, clip art."""
    known = description.tried.get("drawn")
    if known is None:
        known = description.tried["drawn"] = _is_drawn(description.thumbnail)
    return bool(known)


def _is_drawn(greys: NDArray[np.uint8]) -> bool:
    side = np.ones((3, 3), np.uint8)
    even = cv2.subtract(cv2.dilate(greys, side), cv2.erode(greys, side)) <= _EVEN
    tones = np.bincount(greys[even], minlength=256)
    near_each_tone = np.convolve(tones, np.ones(2 * _SAME_TONE + 1, int), "same")
    return float(near_each_tone.max() / greys.size) > _DRAWN


def agreement(
    alignment: Alignment, query: MatchDescription, reference: MatchDescription
) -> Agreement:
    """Compare the query with the reference's thumbnail where the homography lays it.

    Without a textured block the share is 1: nothing speaks against the keypoints.
    """
    seen, known, inside = laid_over(alignment, query, reference)
    spreads, alike = _compared(seen, known, _BLOCK_PX)
    centres = slice(_BLOCK_PX // 2, None, _STEP_PX)
    whole_blocks = cv2.erode(inside, np.ones((_BLOCK_PX,) * 2, np.uint8), borderValue=0)
    each = [((one > _TEXTURE) & (whole_blocks > 0))[centres, centres] for one in spreads]
    textured = each[0] | each[1]
    agreeing = alike[centres, centres] > _ALIKE
    away = textured & ~near_keypoints(alignment, reference)[centres, centres]
    differing, differs = _differences(seen, known, inside)
    return Agreement(
        share=_share(agreeing, textured),
        blocks=int(textured.sum()),
        kept=max(_share(agreeing, one) for one in each if one.any() or not textured.any()),
        away=float(away.sum() / max(1, textured.sum())),
        away_share=_share(agreeing, away),
        differing=differing,
        overlap=float(inside.mean()),
        differs=differs,
    )


def near_keypoints(alignment: Alignment, reference: MatchDescription) -> NDArray[np.bool_]:
    """(64, 64) where an agreeing keypoint of the reference is near."""
    places = (alignment.source + 0.5) / np.array(reference.resized) * THUMBNAIL_PX
    x, y = np.clip(places.astype(int), 0, THUMBNAIL_PX - 1).T
    near = np.zeros((THUMBNAIL_PX,) * 2, np.uint8)
    near[y, x] = 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * _NEAR_PX + 1,) * 2)
    return np.asarray(cv2.dilate(near, disc) > 0)


def _share(agreeing: NDArray[np.bool_], of: NDArray[np.bool_]) -> float:
    """1 where there is none: nothing speaks against the keypoints."""
    return float(agreeing[of].mean()) if of.any() else 1.0


def laid_over(
    alignment: Alignment, query: MatchDescription, reference: MatchDescription
) -> tuple[Grey, Grey, NDArray[np.uint8]]:
    """The query and the reference as (64, 64) greys of the reference, and 1 where both are."""
    picture = query.thumbnail if query.grey is None else query.grey
    to_picture = (
        _from_unit(*picture.shape[::-1])
        @ np.linalg.inv(_from_unit(*query.resized))
        @ alignment.homography
        @ _from_unit(*reference.resized)
        @ np.linalg.inv(_from_unit(_FINE_PX, _FINE_PX))
    )
    scale = _scale(to_picture)
    if scale > 1:  # means of areas: fine details must not turn into others
        size = [max(1, round(side / scale)) for side in picture.shape[::-1]]
        smaller = _from_unit(*size) @ np.linalg.inv(_from_unit(*picture.shape[::-1]))
        picture = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
        to_picture = smaller @ to_picture
    known = reference.thumbnail.astype(np.float32)
    sigma = 0.5 * np.sqrt(1 / min(1.0, max(scale * _FINE, _LEAST_SCALE)) ** 2 - 1)
    return (
        _warped(picture, to_picture, alignment.negative),
        known if sigma < _VISIBLE_BLUR_PX else np.asarray(cv2.GaussianBlur(known, (0, 0), sigma)),
        _inside(picture, to_picture),
    )


def _warped(picture: NDArray[np.uint8], matrix: NDArray[np.float64], negative: bool) -> Grey:
    """(64, 64) the picture as the matrix lays it, in means of areas as a thumbnail."""
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    size = (_FINE_PX, _FINE_PX)
    fine = cv2.warpPerspective(picture, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    seen = cv2.resize(fine, (THUMBNAIL_PX,) * 2, interpolation=cv2.INTER_AREA).astype(np.float32)
    return np.asarray(255 - seen if negative else seen)


def _inside(picture: NDArray[np.uint8], matrix: NDArray[np.float64]) -> NDArray[np.uint8]:
    """(64, 64) 1 where a pixel of the thumbnail falls into the picture, and before the horizon."""
    y, x = (np.mgrid[:THUMBNAIL_PX, :THUMBNAIL_PX].reshape(2, -1) + 0.5) * _FINE - 0.5
    u, v, depth = matrix @ np.stack([x, y, np.ones_like(x)])
    ok = depth * np.sign(matrix[2] @ (_FINE_PX / 2, _FINE_PX / 2, 1.0)) > 1e-9
    depth = np.where(ok, depth, 1.0)
    height, width = picture.shape
    ok &= (u / depth > -0.5) & (u / depth < width - 0.5)
    ok &= (v / depth > -0.5) & (v / depth < height - 0.5)
    return np.asarray(ok.reshape(THUMBNAIL_PX, THUMBNAIL_PX), np.uint8)


def _scale(matrix: NDArray[np.float64]) -> float:
    """How many pixels of the query make one of the fine frame, in its middle (along one side)."""
    depth = abs(float(matrix[2] @ (_FINE_PX / 2, _FINE_PX / 2, 1.0)))
    return float(np.sqrt(abs(np.linalg.det(matrix)) / max(depth, 1e-9) ** 3))


def _compared(seen: Grey, known: Grey, side_px: int) -> tuple[tuple[Grey, Grey], Grey]:
    """Both standard deviations, and the correlation, of the block around each pixel."""
    size = (side_px, side_px)
    means = [cv2.blur(one, size) for one in (seen, known)]
    variances = [
        np.maximum(cv2.blur(one * one, size) - mean * mean, 0)
        for one, mean in zip((seen, known), means, strict=True)
    ]
    together = cv2.blur(seen * known, size) - means[0] * means[1]
    alike = together / np.sqrt(np.maximum(variances[0] * variances[1], 1e-3))
    return (np.sqrt(variances[0]), np.sqrt(variances[1])), np.asarray(alike, np.float32)


def _differences(
    seen: Grey, known: Grey, inside: NDArray[np.uint8]
) -> tuple[float, NDArray[np.uint8]]:
    """The largest connected region of textured pixels that differ, and all that are not tiny."""
    spreads, alike = _compared(seen, known, _REGION_BLOCK_PX)
    differs = ((np.maximum(*spreads) > _TEXTURE) & (alike < _ALIKE) & (inside > 0)).astype(np.uint8)
    count, labels, statistics, _ = cv2.connectedComponentsWithStats(differs, connectivity=8)
    if count < 2:
        return 0.0, differs
    areas = statistics[:, cv2.CC_STAT_AREA]
    areas[0] = 0  # what does not differ
    kept = (areas >= _REGION * THUMBNAIL_PX**2)[labels]
    return float(areas.max()) / THUMBNAIL_PX**2, kept.astype(np.uint8)


def _from_unit(width: float, height: float) -> NDArray[np.float64]:
    """Fractions of width and height -> pixels, centre of the top left one (0, 0)."""
    return np.array([[width, 0, -0.5], [0, height, -0.5], [0, 0, 1.0]])
