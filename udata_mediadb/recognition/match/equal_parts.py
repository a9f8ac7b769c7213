"""Forms, calendars, tables, boards: the same frame, filled differently, is another picture.

Of pictures that are made of equal parts nearly all may agree, and thumbnails are too coarse to see
one name or number. So the query is laid under the reference's own keypoints and described there
anew: no keypoint has to be found twice. Of a copy all are alike, or less so as a whole (blur,
noise); of the same form with another name some are not, and those lie beside each other
(docs/explanation/match.md, "Equal parts").
"""

import numpy as np
from numpy.typing import NDArray

from .agreement import Agreement
from .alignment import Alignment
from .described_there import DescribedThere, described_there
from .description import MatchDescription
from .geometry import project, visible_area

# Measured: docs/explanation/match.md, "Equal parts"
_LEAST_KEYPOINTS = 30
_LEAST_PLACES = 60
_MANY_PLACES = 100
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
_NEIGHBOURS = 4  # one of which must be unlike as well
_DIFFERENT = 0.025  # share of the places
_DIFFERENT_OF_FEW = 0.045  # three places of 60
_CLEAR = 0.97  # likeness, median: of a worse copy (a fax) more must differ
_DIFFERENT_IF_WORSE = 0.05
_HIDDEN_IN_PLACE = 0.97  # a caption or a sticker hides, and puts nothing elsewhere
_HIDDEN_CLEAR = 100
_CONTAINED = 0.75
# Another portrait on a card; what a fax takes from a coloured page is kept all the same (0.94)
_OTHER_REGION = 0.045  # of the reference
_KEPT = 0.90  # share of the blocks with texture
# Of what is shown in a place: nearer to what the reference has elsewhere than to what it has there
_SHOWN_ELSEWHERE = 0.04  # share of the places
_SHOWN_ELSEWHERE_IN_PLACE = 0.10
_TOLD_APART = 0.9  # likeness, median; of a worse copy (a fax of a coloured plan) up to 0.20
_SHOWN_ELSEWHERE_IF_WORSE = 0.30
_IN_PLACE = 0.85  # share of the clear matches: of others of a kind less
# What agrees in every block is the same, only worse: see "Equal parts", "The same throughout"
_THE_SAME = 0.995  # agreement
_THE_SAME_BLOCKS = 100
_THE_SAME_DIFFERS = 0.0005  # of the reference: nothing
_THE_SAME_OVERLAP = 0.95
_OWN = 0.85  # share of the places that are like nothing else in the reference as much;
_OWN_IF_LIKE = 0.55  # fewer where none is unlike
_HARDLY_UNLIKE = 0.005


def shows_other_parts(
    alignment: Alignment,
    agreed: Agreement,
    query: MatchDescription,
    reference: MatchDescription,
    *,
    bent: bool = False,
) -> bool:
    """Whether fields of the reference show something else in the query, for all that agrees.

    `bent`: the query was laid flat, which leaves its rim less alike.
    False where the reference has no equal parts; without the query's pixels places alone tell.
    """
    hidden = alignment.in_place >= _HIDDEN_IN_PLACE and alignment.clear >= _HIDDEN_CLEAR
    if hidden or not has_equal_parts(reference):
        return False
    if _contained(alignment, query, reference) < _CONTAINED:
        return True
    if query.pixels() is None:
        return False
    there = described_there(alignment, query, reference, margin=_MARGIN, smallest_px=0.0)
    if len(there) < _LEAST_PLACES or _is_the_same(alignment, agreed, there, reference):
        return False
    return (
        _shows_another_region(agreed, there)
        or _shows_what_is_elsewhere(alignment, there)
        or _shows_unlike_places(there, reference, bent=bent)
    )


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


def _is_the_same(
    alignment: Alignment, agreed: Agreement, there: DescribedThere, reference: MatchDescription
) -> bool:
    """Whether all blocks agree, and either no place shows what is unlike, or hardly any what is
    elsewhere. Of another entry a block differs a little, and its letters are those of others."""
    if agreed.share < _THE_SAME or agreed.blocks < _THE_SAME_BLOCKS:
        return False
    if agreed.differing > _THE_SAME_DIFFERS or agreed.overlap < _THE_SAME_OVERLAP:
        return False
    own = float(there.own.mean())
    if own >= _OWN:
        return not _shows_what_is_elsewhere(alignment, there)
    unlike = _different(reference.only(there.rows), there.likeness)
    return own >= _OWN_IF_LIKE and unlike <= _HARDLY_UNLIKE


def _shows_another_region(agreed: Agreement, there: DescribedThere) -> bool:
    """Whether a field without keypoints of its own differs: a portrait, a colour."""
    clear = np.median(there.likeness) > _TOLD_APART
    return bool(clear and agreed.differing > _OTHER_REGION and agreed.kept < _KEPT)


def _shows_what_is_elsewhere(alignment: Alignment, there: DescribedThere) -> bool:
    """Whether places show what the reference has elsewhere: names and numbers of the same letters.

    That needs no measure of how much worse a copy is: all that is like it becomes less alike.
    """
    other = there.others
    if np.median(there.likeness) < _TOLD_APART:
        return float(other.mean()) > _SHOWN_ELSEWHERE_IF_WORSE
    # a fax of a drawing: strokes of one kind are all unlike, and like each other
    other &= 1 - there.likeness > _UNLIKE * (1 - np.quantile(there.likeness, _USUAL))
    least = _SHOWN_ELSEWHERE_IN_PLACE if alignment.in_place >= _IN_PLACE else _SHOWN_ELSEWHERE
    return float(other.mean()) > least


def _shows_unlike_places(there: DescribedThere, reference: MatchDescription, *, bent: bool) -> bool:
    """Whether neighbouring places are less alike than others of their size and strength."""
    least = _DIFFERENT if len(there) >= _MANY_PLACES else _DIFFERENT_OF_FEW
    if bent or np.median(there.likeness) <= _CLEAR:
        least = _DIFFERENT_IF_WORSE
    return _different(reference.only(there.rows), there.likeness) > least


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
