"""Proof by what a query shows where the reference's keypoints lie, found there again or not.

Compression, noise, blur, a watermark or a small crop leave a handful of keypoints that are found
twice: enough to say where a picture lies, too few to prove it. So the query is laid over the
reference and described at the reference's own keypoints. Of a copy most of them are alike, of
strangers that align as weakly few are (docs/explanation/match.md, "Described there").
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import lgamma, log

import numpy as np

from .agreement import Agreement, agreement, is_drawn
from .alignment import Alignment, box_around
from .appearance import grey_correlation
from .described_there import DescribedThere, described_there
from .description import MatchDescription
from .equal_parts import has_equal_parts
from .geometry import (
    Matrix,
    Points,
    distinct_places,
    polygon_area,
    project,
    shape_is_plausible,
    thickness,
    visible_area,
)

# Measured: docs/explanation/match.md, "Described there"
_ALIKE = 0.70  # cosine
_CHANCE = 0.30  # share of the places that are alike, of strangers that align weakly: the median
# Many places, most of them alike, and greys that do not contradict
_LEAST_PLACES = 20
_LEAST_SHARE = 0.70
_LEAST_SHARE_OF_UNLIKE = 0.85  # with less agreement than few places need: two drawings of one cat
_LEAST_AGREEMENT = 0.45
# that nothing elsewhere is like: of two noisy pictures 0.77 of 600 places are alike, 0.03 their own
_LEAST_OWN = 0.30
_LEAST_OWN_OF_ALIKE = 0.10  # where the greys agree as those of few must
# Of a drawn reference more of it: a canton makes no flag, and necks of two guitars are alike
_LEAST_SHARE_DRAWN = 0.80
_LEAST_PLACES_DRAWN = 30
_LEAST_OVERLAP_DRAWN = 0.5
# How much longer one way than the other: strangers are stretched until they fit
_MOST_STRETCHED = 1.5
_MOST_STRETCHED_DRAWN = 1.3
# Of what is made of equal parts another one of its kind is alike in most places
_UNIQUE = 0.90
_UNIQUE_AGREEMENT = 0.95
_FEW_BLOCKS = 20
_LEAST_CORRELATION = 0.60  # of the greys; two views of one tower in jagged black corners: 0.06
_CORRELATION_OF_FEW = 0.90  # where too few blocks have texture to tell
# Few places (a small crop), nearly all of them alike, and the same greys
_FEW_PLACES = 10
_SHARE_OF_FEW = 0.85
_OWN_OF_FEW = 0.5
_AGREEMENT_OF_FEW = 0.90
_CORRELATION = 0.95
# Hundreds of places (strong compression), many of them alike, and the same greys
_MANY_PLACES = 100
_SHARE_OF_MANY = 0.40
_AGREEMENT_OF_MANY = 0.95
_BLOCKS_OF_MANY = 100
_DETAIL_OF_MANY = 0.75
_CELL_PX = 8.0  # as `alignment`
_MOST_NFA = 30.0  # neighbours are not independent: a kind word, no certainty


def shown_by_places(
    query: MatchDescription, reference: MatchDescription, placed: Iterable[Alignment]
) -> Alignment | None:
    """The best of these placements of the reference, if the query shows it there; or None.

    Without the query's pixels nothing can be told.
    """
    if query.grey is None or not len(reference):
        return None
    found = [_proven(one, query, reference) for one in placed]
    return max(filter(None, found), key=lambda one: one.guided_places, default=None)


def _proven(
    placed: Alignment, query: MatchDescription, reference: MatchDescription
) -> Alignment | None:
    drawn = is_drawn(reference)
    most = _MOST_STRETCHED_DRAWN if drawn else _MOST_STRETCHED
    if not placed.plausible or stretch(placed.homography, reference.resized) > most:
        return None
    agreed = agreement(placed, query, reference)
    if agreed.share < _LEAST_AGREEMENT:  # most strangers end here
        return None
    there = described_there(placed, query, reference)
    if len(there) < _FEW_PLACES:
        return None
    seen = _Seen(there, agreed, grey_correlation(placed, query, reference))
    if not seen.is_proof(drawn) or (has_equal_parts(reference) and (drawn or not seen.is_unique)):
        return None
    return _alignment(placed, there, agreed, query, reference)


@dataclass(frozen=True)
class _Seen:
    """What the places show; `greys`: the correlation of the greys, and of their details."""

    there: DescribedThere
    agreed: Agreement
    greys: tuple[float, float]

    @property
    def share(self) -> float:
        """Of the places that are alike."""
        return float((self.there.likeness > _ALIKE).mean())

    @property
    def own(self) -> float:
        """The share that is like nothing else in the reference as much."""
        return float(self.there.own.mean())

    def is_proof(self, drawn: bool) -> bool:
        places, share, agreed = len(self.there), self.share, self.agreed
        if drawn and (
            agreed.overlap < _LEAST_OVERLAP_DRAWN
            or places < _LEAST_PLACES_DRAWN
            or share < _LEAST_SHARE_DRAWN
        ):
            return False
        is_alike = agreed.share >= _AGREEMENT_OF_FEW
        if self.own < (_LEAST_OWN_OF_ALIKE if is_alike else _LEAST_OWN):
            return False
        if places >= _LEAST_PLACES and share >= (
            _LEAST_SHARE if is_alike else _LEAST_SHARE_OF_UNLIKE
        ):
            few = agreed.blocks < _FEW_BLOCKS
            return self.greys[0] >= (_CORRELATION_OF_FEW if few else _LEAST_CORRELATION)
        if share >= _SHARE_OF_FEW and self.own >= _OWN_OF_FEW:
            return self.greys[0] >= _CORRELATION and agreed.share >= _AGREEMENT_OF_FEW
        return (
            places >= _MANY_PLACES
            and share >= _SHARE_OF_MANY
            and agreed.share >= _AGREEMENT_OF_MANY
            and agreed.blocks >= _BLOCKS_OF_MANY
            and self.greys[1] >= _DETAIL_OF_MANY
        )

    @property
    def is_unique(self) -> bool:
        """Whether no other place of a reference that is made of equal parts would do as well."""
        return (
            self.share >= _UNIQUE and self.own >= _UNIQUE and self.agreed.share >= _UNIQUE_AGREEMENT
        )


def _alignment(
    placed: Alignment,
    there: DescribedThere,
    agreed: Agreement,
    query: MatchDescription,
    reference: MatchDescription,
) -> Alignment:
    """The places that are alike as the evidence of an alignment."""
    alike = there.likeness > _ALIKE
    rows, share = there.rows, float(alike.mean())
    source = reference.xy[rows[alike]].astype(np.float64)
    target = project(placed.homography, source)
    radius = reference.size[rows[alike]].astype(np.float64) / 2
    if agreed.share >= _AGREEMENT_OF_FEW:  # all that both show is the same, not these places alone
        box = visible_box(placed.homography, query.resized, reference.resized)
    else:
        box = box_around(source, radius, reference.resized)
    quad = project(placed.homography, box)
    frames = [float(np.prod(one.resized)) for one in (reference, query)]
    return replace(
        placed,
        box=box,
        quad=quad,
        source=source,
        target=target,
        radius=radius,
        places=min(distinct_places(one, _CELL_PX) for one in (source, target)),
        nfa=min(_MOST_NFA, surprise(int(alike.sum()), len(rows), _CHANCE)),
        guided_ratio=share,
        guided_places=int(alike.sum()),
        box_ratio=share,
        clear=len(rows),
        in_place=share,
        areas=(polygon_area(box) / frames[0], visible_area(quad, query.resized) / frames[1]),
        thickness=min(thickness(one) for one in (source, target)),
        plausible=shape_is_plausible(placed.homography, box),
    )


def visible_box(homography: Matrix, query: tuple[int, int], reference: tuple[int, int]) -> Points:
    """(4, 2) the upright rectangle of the reference that holds all that the query shows of it."""
    unit = np.array([[0.0, 0], [1, 0], [1, 1], [0, 1]])
    back = np.asarray(np.linalg.inv(homography), np.float64)
    seen = project(back, unit * np.array(query) - 0.5)
    low = np.maximum(seen.min(axis=0), -0.5)
    high = np.maximum(np.minimum(seen.max(axis=0), np.array(reference) - 0.5), low + 1)
    return low + unit * (high - low)


def stretch(homography: Matrix, frame: tuple[int, int]) -> float:
    """How many times longer a stroke in the middle becomes in one direction than in another."""
    middle = np.array(frame) / 2
    around = project(homography, middle + np.array([[0.0, 0], [1, 0], [0, 1]]))
    most, least = np.linalg.svd(around[1:] - around[0], compute_uv=False)
    return float(most / max(least, 1e-9))


def surprise(alike: int, places: int, chance: float) -> float:
    """-log10 of the chance that so many of these places, or more, are alike."""
    total = lgamma(places + 1)
    logs = [
        total
        - lgamma(k + 1)
        - lgamma(places - k + 1)
        + k * log(chance)
        + (places - k) * log(1 - chance)
        for k in range(alike, places + 1)
    ]
    most = max(logs)
    return -(most + log(sum(np.exp(np.array(logs) - most)))) / log(10)
