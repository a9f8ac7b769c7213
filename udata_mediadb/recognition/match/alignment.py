"""The best homography between two descriptions and the evidence for it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from . import geometry
from .description import MatchDescription
from .features import Variant, variant_of
from .geometry import Matrix, Points
from .matching import guided_matches, rivals, similarities, tentative_matches
from .recurrence import matches_in_place

_MIN_POOL = 4
_MIN_AGREEING = 5  # one more than defines a homography
_REFITS = 2
_CELL_PX = 8.0  # measured: docs/explanation/match.md
_GUIDED_CELL_PX = 6.0
_STRAY_SHARE = 0.05  # of the keypoints: one of a hundred agrees by chance, seen with logos
_STRAY_BOX = 0.5
_SMALLEST_KEYPOINT_PX = 2.0  # SIFT's first octave starts at 2 x sigma x 0.5 px


@dataclass(frozen=True)
class Alignment:
    """How a reference lies in a query; pixels of the resized frames.

    `homography`: reference -> query, determinant negative for mirrored copies. `box`: (4, 2) the
    reference's axis-aligned rectangle TL, TR, BR, BL around the agreeing keypoints; `quad`: the
    same through the homography. `source`, `target`: (k, 2) agreeing matches, `radius`: (k,) px of
    their keypoints in the reference. `places`: distinct 8 px cells they cover. `nfa`:
    -log10 of the number of false alarms. `guided_ratio`: share of the reference's keypoints that
    the query shows where it should. `box_ratio`: share of the tentative matches inside both
    boxes that agree. `areas`: share of the reference and of the query that the box covers.
    `clear`: close matches in all that both show; `in_place`: share of them that lie where the
    homography has them, 1 without any. Of a board, a form or a table, few do on another one.
    """

    variant: Variant
    homography: Matrix
    box: Points
    quad: Points
    source: Points
    target: Points
    radius: NDArray[np.float64]
    weight: float
    places: int
    nfa: float
    guided_ratio: float
    guided_places: int
    box_ratio: float
    clear: int
    in_place: float
    areas: tuple[float, float]
    thickness: float
    plausible: bool

    @property
    def mirrored(self) -> bool:
        return self.variant in ("mirrored", "mirrored_negative")

    @property
    def negative(self) -> bool:
        return self.variant in ("negative", "mirrored_negative")


@dataclass(frozen=True)
class _Pair:
    """Two descriptions and their tentative matches; `query` is the variant under test.

    `pool`: the largest set of matches under one similarity, None where there is hardly any.
    """

    query: MatchDescription
    reference: MatchDescription
    similarity: NDArray[np.float32]
    tentative: NDArray[np.intp]
    pool: NDArray[np.intp] | None

    def points(self, matches: NDArray[np.intp]) -> tuple[Points, Points]:
        """(m, 2) places in the reference and in the query."""
        source = self.reference.xy[matches[:, 1]].astype(np.float64)
        return source, self.query.xy[matches[:, 0]].astype(np.float64)

    def agreeing(self, homography: Matrix) -> NDArray[np.intp]:
        return geometry.agreeing(homography, self.tentative, self.query, self.reference)


def align(
    query: MatchDescription, reference: MatchDescription, variant: Variant = "plain"
) -> Alignment | None:
    """The alignment of the reference with this variant of the query, or None."""
    seen = query if variant == "plain" else variant_of(query, variant)
    pair = _pair(seen, reference)
    homography = _first_homography(pair)
    if homography is None:
        return None
    homography, found, expected = _refined(homography, pair)
    agreeing = pair.agreeing(homography)
    if len(agreeing) < _MIN_AGREEING:
        return None
    return _alignment(pair, variant, homography, agreeing, (found, expected))


def likeness(query: MatchDescription, reference: MatchDescription) -> NDArray[np.float32]:
    """(n query, n reference) cosines of all keypoints, in the plain reading."""
    return _pair(query, reference).similarity


def rough_homographies(
    query: MatchDescription, reference: MatchDescription, variants: Sequence[Variant]
) -> Iterator[tuple[Variant, Matrix]]:
    """Where the largest pool of matches has the reference, by turn, zoom and shift alone."""
    for variant in variants:
        seen = query if variant == "plain" else variant_of(query, variant)
        pair = _pair(seen, reference)
        if pair.pool is None:
            continue
        found = geometry.estimate_similarity(*pair.points(pair.pool))
        if found is not None:
            yield variant, geometry.normalised(_flip(query.resized[0], variant) @ found)


def _pair(query: MatchDescription, reference: MatchDescription) -> _Pair:
    """Their matches. Those with the last reference are known: what aligns badly is asked twice."""
    known = query.tried.get("last")
    if known is not None and known[0] is reference:
        return _Pair(query, *known)
    similarity = similarities(query, reference)
    tentative = tentative_matches(similarity, reference)
    pool = _pool(tentative, query, reference)
    query.tried["last"] = reference, similarity, tentative, pool
    return _Pair(query, reference, similarity, tentative, pool)


def _pool(
    tentative: NDArray[np.intp], query: MatchDescription, reference: MatchDescription
) -> NDArray[np.intp] | None:
    if len(tentative) < _MIN_POOL:
        return None
    pool = geometry.similarity_pool(tentative, query, reference)
    return pool if len(pool) >= _MIN_POOL else None


def _first_homography(pair: _Pair) -> Matrix | None:
    """The homography that most tentative matches agree with, from all of them or from the pool."""
    pool = pair.pool
    if pool is None or len(pair.tentative) < _MIN_AGREEING:
        return None
    best: Matrix | None = None
    most = _MIN_AGREEING - 1
    for matches in (pool, pair.tentative):
        found = geometry.estimate(*pair.points(matches))
        if found is None:
            continue
        count = len(pair.agreeing(found))
        if count > most:
            best, most = found, count
    return best


def _refined(homography: Matrix, pair: _Pair) -> tuple[Matrix, int, int]:
    """Refit on all keypoints found where it predicts them; distinct places found and expected."""
    most = len(pair.agreeing(homography))
    places = expected = 0
    for _ in range(_REFITS):
        projected = geometry.project(homography, pair.reference.xy.astype(np.float64))
        visible = _visible(homography, projected, pair)
        guided = guided_matches(pair.similarity, pair.query, projected, visible)
        guided = geometry.agreeing(homography, guided, pair.query, pair.reference)
        expected = geometry.distinct_places(
            pair.reference.xy[visible].astype(np.float64), _GUIDED_CELL_PX
        )
        source, target = pair.points(guided)
        places = geometry.distinct_places(source, _GUIDED_CELL_PX)
        better = geometry.refit(source, target)
        if better is None:
            break
        count = len(pair.agreeing(better))
        if count < most:
            break
        homography, most = better, count
    return homography, places, expected


def _visible(homography: Matrix, projected: Points, pair: _Pair) -> NDArray[np.bool_]:
    """Reference keypoints that the query could show: inside it and not too small there."""
    inside = ((projected >= 0) & (projected < np.array(pair.query.resized))).all(axis=1)
    zoom = geometry.local_zoom(homography, pair.reference.xy.astype(np.float64))
    return np.asarray(inside & (pair.reference.size * zoom >= _SMALLEST_KEYPOINT_PX))


def _alignment(
    pair: _Pair,
    variant: Variant,
    homography: Matrix,
    agreeing: NDArray[np.intp],
    guided: tuple[int, int],
) -> Alignment:
    source, target = pair.points(agreeing)
    radius = pair.reference.size[agreeing[:, 1]].astype(np.float64) / 2
    box = box_around(source, radius, pair.reference.resized)
    quad = geometry.project(homography, box)
    places = min(geometry.distinct_places(p, _CELL_PX) for p in (source, target))
    flip = _flip(pair.query.resized[0], variant)
    clear, in_place = matches_in_place(
        homography, pair.query, pair.reference, pair.similarity, pair.tentative
    )
    return Alignment(
        variant=variant,
        homography=geometry.normalised(flip @ homography),
        box=box,
        quad=geometry.project(flip, quad),
        source=source,
        target=geometry.project(flip, target),
        radius=radius,
        weight=_distinctness(agreeing, pair),
        places=places,
        nfa=geometry.meaning(places, len(pair.tentative), pair.query.resized),
        guided_ratio=guided[0] / max(1, guided[1]),
        guided_places=guided[0],
        box_ratio=_box_ratio(box, homography, len(agreeing), pair),
        clear=clear,
        in_place=in_place,
        areas=(
            geometry.polygon_area(box) / _area(pair.reference),
            geometry.visible_area(quad, pair.query.resized) / _area(pair.query),
        ),
        thickness=min(geometry.thickness(p) for p in (source, target)),
        plausible=geometry.shape_is_plausible(homography, box),
    )


def _area(description: MatchDescription) -> int:
    return description.resized[0] * description.resized[1]


def box_around(source: Points, radius: NDArray[np.float64], frame: tuple[int, int]) -> Points:
    """The rectangle around the keypoint discs, TL TR BR BL, clipped to the frame's pixels.

    A few keypoints far from all others agree by chance: they do not make most of the box.
    """
    whole = _rectangle(source, radius, frame)
    centre = np.median(source, axis=0)
    order = np.argsort(np.abs(source - centre).max(axis=1))
    kept = order[: len(order) - int(len(order) * _STRAY_SHARE)]
    dense = _rectangle(source[kept], radius[kept], frame)
    stray = geometry.polygon_area(dense) < _STRAY_BOX * geometry.polygon_area(whole)
    return dense if stray else whole


def _rectangle(source: Points, radius: NDArray[np.float64], frame: tuple[int, int]) -> Points:
    low = np.maximum((source - radius[:, None]).min(axis=0), -0.5)
    high = np.minimum((source + radius[:, None]).max(axis=0), np.array(frame) - 0.5)
    return np.array([low, (high[0], low[1]), high, (low[0], high[1])])


def _box_ratio(box: Points, homography: Matrix, agreeing: int, pair: _Pair) -> float:
    source, target = pair.points(pair.tentative)
    back = geometry.project(np.asarray(np.linalg.inv(homography), np.float64), target)
    inside = ((source >= box[0]) & (source <= box[2])).all(axis=1)
    inside &= ((back >= box[0]) & (back <= box[2])).all(axis=1)
    return min(1.0, agreeing / max(1, int(inside.sum())))


def _distinctness(agreeing: NDArray[np.intp], pair: _Pair) -> float:
    """Mean of 1 - (distance to the match / distance to its best rival), 0 to 1."""
    rows = pair.similarity[agreeing[:, 0]]
    elsewhere = rivals(rows, agreeing[:, 1], pair.reference)
    nearest = np.maximum(0, 1 - rows[np.arange(len(rows)), agreeing[:, 1]])
    return float(np.mean(1 - np.sqrt(nearest / np.maximum(1 - elsewhere, 1e-6))))


def _flip(width: int, variant: Variant) -> Matrix:
    """The homography that undoes the mirroring of a variant of the query."""
    if variant in ("mirrored", "mirrored_negative"):
        return np.array([[-1.0, 0, width - 1], [0, 1, 0], [0, 0, 1]])
    return np.eye(3)
