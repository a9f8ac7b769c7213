"""Forms, calendars, tables, boards: the same frame, filled differently, is another picture.

Of pictures that are made of equal parts nearly all may agree, and thumbnails are too coarse to see
one name or number. So the query is laid under the reference's own keypoints and described there
anew: no keypoint has to be found twice. Of a copy all are alike, or less so as a whole (blur,
noise); of the same form with another name some are not, and those lie beside each other
(docs/explanation/match.md, "Equal parts").
"""

from functools import partial

import cv2
import numpy as np
from numpy.typing import NDArray

from .alignment import Alignment
from .basis import shipped_basis
from .description import MatchDescription
from .features import describe_at
from .geometry import project, visible_area

# Measured: docs/explanation/match.md, "Equal parts"
_LEAST_KEYPOINTS = 30
_LEAST_PLACES = 100
_ASKED = 200  # of the strongest, whether they recur
_ELSEWHERE_PX = 24.0
_SAME_SIZE = 0.4  # octaves
_SAME_ANGLE = 20.0
_RECURS = 0.93  # cosine
_MADE_OF_EQUAL_PARTS = 0.45  # share of the keypoints; photographs: 0.06, 3 % of them over 0.7
_MARGIN = 3.0  # diameters of a keypoint that must be seen around it
_SIZES = 4  # classes: blur takes the small keypoints,
_STRENGTHS = 8  # and compression the pale ones
_LEAST_UNLIKE = 0.1  # below 1 - cosine
_USUAL = 0.75  # quantile: of two tables most places may differ
_UNLIKE = 8.0  # times as unlike as is usual in its class
_LARGEST_PX = 16.0  # a field has smaller ones
_PLACE_PX = 2.0
_NEIGHBOURS = 4  # one of which must be unlike as well
_DIFFERENT = 0.02  # share of the places
_CLEAR = 0.97  # likeness, median: of a worse copy (a fax) more must differ
_DIFFERENT_IF_WORSE = 0.05
_HIDDEN_IN_PLACE = 0.97  # a caption or a sticker hides, and puts nothing elsewhere
_HIDDEN_CLEAR = 100
_CONTAINED = 0.75
_BACKWARDS = cv2.WARP_INVERSE_MAP


def shows_other_parts(
    alignment: Alignment, query: MatchDescription, reference: MatchDescription
) -> bool:
    """Whether fields of the reference show something else in the query, for all that agrees.

    False where the reference has no equal parts; without the query's pixels places alone tell.
    """
    hidden = alignment.in_place >= _HIDDEN_IN_PLACE and alignment.clear >= _HIDDEN_CLEAR
    if hidden or not has_equal_parts(reference):
        return False
    if _contained(alignment, query, reference) < _CONTAINED:
        return True
    pixels = query.pixels()
    if pixels is None:
        return False
    rows, likeness = _described_there(alignment, pixels, reference)
    if len(rows) < _LEAST_PLACES:
        return False
    least = _DIFFERENT if np.median(likeness) > _CLEAR else _DIFFERENT_IF_WORSE
    return _different(reference.only(rows), likeness) > least


def has_equal_parts(reference: MatchDescription) -> bool:
    """Whether most of its strongest keypoints are found again elsewhere in it, as large and as
    upright: letters, crossings, squares."""
    rows, seen = reference.only(slice(_ASKED)), reference.strongest
    if len(rows) < _LEAST_KEYPOINTS:
        return False
    alike = np.nonzero(rows.as_query @ seen.as_reference.T > _RECURS)
    (here, there), found = alike, np.zeros(len(rows), bool)
    apart = np.abs(rows.xy[here] - seen.xy[there]).max(axis=1) > _ELSEWHERE_PX
    octaves = np.abs(np.log2(rows.size[here] / seen.size[there])) < _SAME_SIZE
    turned = np.abs((rows.angle[here] - seen.angle[there] + 180) % 360 - 180) < _SAME_ANGLE
    found[here[apart & octaves & turned]] = True
    return float(found.mean()) > _MADE_OF_EQUAL_PARTS


def _contained(alignment: Alignment, query: MatchDescription, reference: MatchDescription) -> float:
    """How far one lies within the other, 0 to 1: a copy is a part of its original, or holds it.

    Two months that are laid over each other by some days stick out of each other.
    """
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float64)
    back = np.asarray(np.linalg.inv(alignment.homography), np.float64)
    of_query = visible_area(
        project(alignment.homography, corners * reference.resized), query.resized
    ) / float(np.prod(query.resized))
    of_reference = visible_area(project(back, corners * query.resized), reference.resized) / float(
        np.prod(reference.resized)
    )
    return max(of_query, of_reference)


def _described_there(
    alignment: Alignment, pixels: NDArray[np.uint8], reference: MatchDescription
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Rows of the reference's keypoints that the query shows, and how alike it is there."""
    size = reference.resized
    grey = np.ascontiguousarray(255 - pixels if alignment.negative else pixels)
    lay = partial(cv2.warpPerspective, M=alignment.homography, dsize=size)
    shown = lay(grey, flags=_BACKWARDS | cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    inside = lay(np.ones_like(grey), flags=_BACKWARDS | cv2.INTER_NEAREST)
    margin = cv2.distanceTransform(np.pad(inside, 1), cv2.DIST_C, 3)[1:-1, 1:-1]
    x, y = np.round(reference.xy).astype(int).clip(0, np.array(size) - 1).T
    told = (margin[y, x] > _MARGIN * reference.size) & (reference.size <= _LARGEST_PX)
    _, first = np.unique(np.round(reference.xy / _PLACE_PX), axis=0, return_index=True)
    rows = np.intersect1d(np.flatnonzero(told), first)
    wanted = reference.only(rows)
    described = describe_at(np.asarray(shown, np.uint8), wanted.xy, wanted.size, wanted.angle)
    basis = shipped_basis()
    apart = basis.vectors(basis.levels(described)) - wanted.vectors
    return rows, np.asarray(1 - (apart**2).sum(axis=1) / 2, np.float64)


def _different(shown: MatchDescription, likeness: NDArray[np.float64]) -> float:
    """The share of these keypoints, strongest first, that lie where something else is."""
    by_size = np.array_split(np.argsort(shown.size, kind="stable"), _SIZES)
    by_strength = np.array_split(np.arange(len(shown)), _STRENGTHS)
    usual = np.ones_like(likeness)
    for rows in (*by_size, *by_strength):
        usual[rows] = np.minimum(usual[rows], np.quantile(likeness[rows], _USUAL))
    unlike = likeness < 1 - np.maximum(_LEAST_UNLIKE, _UNLIKE * (1 - usual))
    number = np.flatnonzero(unlike)
    apart = ((shown.xy[number, None] - shown.xy[None]) ** 2).sum(axis=2)
    apart[np.arange(len(number)), number] = np.inf
    near = np.argpartition(apart, _NEIGHBOURS, axis=1)[:, :_NEIGHBOURS]
    return float(unlike[near].any(axis=1).sum() / len(shown))
