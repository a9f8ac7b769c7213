"""A page that curls, a crinkled poster: laid flat, then judged as any other picture is.

One homography places a plane. Of what is bent it has the middle or a rim, and what lies beside is
displaced, a little more with each step: to the rules for shared parts that is another picture. So
a surface of the third degree is fitted to what the matches are displaced by, and the query is drawn
and its keypoints are placed without it (docs/explanation/match.md, "Bent things").
"""

from dataclasses import replace
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from .alignment import Alignment
from .description import THUMBNAIL_PX, MatchDescription
from .geometry import INLIER_PX, Matrix, Points, distinct_places, project
from .matching import guided_matches, similarities, tentative_matches

Number = TypeVar("Number", np.uint8, np.float32)

# Measured: docs/explanation/match.md, "Bent things"
_MOST_PX = 40.0  # a twelfth of the frame
_TIGHT_PX = 1.5
_MORE = 1.25  # times the places that agree so closely without it
_LEAST_PLACES = 16
_STEPS = 6
_FIRST_PX = INLIER_PX
_WITHIN_PX = (9.0, 7.2, 5.8, 4.6, 4.5)
_RIDGE = 1e-2
_DEGREE = 3
_BEYOND = 1.1  # of the reference: from there on a displacement stays as it is at the rim
_CELL_PX = 8.0  # as `alignment`
_COARSE = 8  # pixels between those that are computed
_POWERS = [(i, j) for i in range(_DEGREE + 1) for j in range(_DEGREE + 1 - i)]


def laid_flat(
    alignment: Alignment, query: MatchDescription, reference: MatchDescription
) -> MatchDescription | None:
    """The query as if the thing were flat; None where no more agrees for it.

    None as well without its pixels, and for readings other than the plain one.
    """
    if alignment.variant != "plain":
        return None
    bend = _fitted(alignment.homography, query, reference)
    grey = query.pixels() if bend is not None else None
    if bend is None or grey is None:
        return None
    back = np.asarray(np.linalg.inv(alignment.homography), np.float64)
    return _without(bend, back, query, grey, reference.resized)


def _fitted(
    homography: Matrix, query: MatchDescription, reference: MatchDescription
) -> NDArray[np.float64] | None:
    """(10, 2) of the surface by which matches are displaced; None where hardly more agree.

    First from those that may be alike at one place only, then from all that lie near where it says:
    it grows from where the homography holds.
    """
    alike = similarities(query, reference)
    planar = project(homography, reference.xy.astype(np.float64))
    terms = _terms(reference.xy.astype(np.float64), reference.resized)
    seen, rows = tentative_matches(alike, reference).T
    near = np.abs(query.xy[seen] - planar[rows]).max(axis=1) < _MOST_PX
    bend = _surface(terms[rows[near]], (query.xy[seen] - planar[rows])[near])
    for _ in range(_STEPS):
        seen, rows = _guided(alike, query, planar + terms @ bend)
        bend = _surface(terms[rows], query.xy[seen] - planar[rows])
    before, after = (
        _places_at(places, alike, query, reference) for places in (planar, planar + terms @ bend)
    )
    return bend if after >= max(_LEAST_PLACES, _MORE * before) else None


def _places_at(
    places: Points,
    alike: NDArray[np.float32],
    query: MatchDescription,
    reference: MatchDescription,
) -> int:
    """How many places of the reference are found closely where they should lie."""
    seen, rows = _guided(alike, query, places)
    close = np.hypot(*(query.xy[seen] - places[rows]).T) < _TIGHT_PX
    return distinct_places(reference.xy[rows[close]].astype(np.float64), _CELL_PX)


def _guided(
    alike: NDArray[np.float32], query: MatchDescription, places: Points
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows of the query and the reference that are alike, where the reference's lie at these."""
    inside = ((places >= 0) & (places < np.array(query.resized))).all(axis=1)
    seen, rows = guided_matches(alike, query, places, np.asarray(inside)).T
    return seen, rows


def _surface(terms: NDArray[np.float64], apart: NDArray[np.float64]) -> NDArray[np.float64]:
    """(10, 2) the surface of the third degree through most of these displacements."""
    agreeing = np.hypot(*apart.T) < _FIRST_PX
    bend = np.zeros((len(_POWERS), 2))
    for most in _WITHIN_PX:
        own = terms[agreeing]
        ridge = _RIDGE * np.eye(own.shape[1])
        bend = np.linalg.solve(own.T @ own + ridge, own.T @ apart[agreeing])
        agreeing = np.hypot(*(apart - terms @ bend).T) < most
    return bend


def _terms(points: Points, frame: tuple[int, int]) -> NDArray[np.float64]:
    """(n, 10) products of powers of places in the reference, from -1 to 1."""
    x, y = (2 * (points + 0.5) / np.array(frame) - 1).clip(-_BEYOND, _BEYOND).T
    return np.stack([x**i * y**j for i, j in _POWERS], axis=1)


def _without(
    bend: NDArray[np.float64],
    back: Matrix,
    query: MatchDescription,
    grey: NDArray[np.uint8],
    frame: tuple[int, int],
) -> MatchDescription:
    """The query without what it is bent by; `back`: from it to the reference, of this frame."""
    height, width = grey.shape
    corners = _raster(width + _COARSE, height + _COARSE, _COARSE)
    terms = _terms(project(back, corners.reshape(-1, 2).astype(np.float64)), frame)
    moved = (terms @ bend).reshape(corners.shape).astype(np.float32)
    places = _raster(width, height, 1)
    by = _sampled(moved, np.divide(places, _COARSE, dtype=np.float32))
    flat = _sampled(grey, np.add(places, by, dtype=np.float32))
    xy = query.xy.astype(np.float64)
    for _ in range(2):
        xy = query.xy - _terms(project(back, xy), frame) @ bend
    thumbnail = cv2.resize(flat, (THUMBNAIL_PX,) * 2, interpolation=cv2.INTER_AREA)
    found = replace(
        query,
        xy=xy.astype(np.float32),
        grey=flat,
        thumbnail=np.asarray(thumbnail, np.uint8),
        look=None,
    )
    vars(found)["vectors"] = query.vectors  # as `cached_property` would
    return found


def _raster(width: int, height: int, step: int) -> NDArray[np.float32]:
    """(h, w, 2) x and y of every so many-th pixel."""
    x, y = np.meshgrid(np.arange(0, width, step), np.arange(0, height, step))
    return np.stack([x, y], axis=2).astype(np.float32)


def _sampled(picture: NDArray[Number], places: NDArray[np.float32]) -> NDArray[Number]:
    """What the picture shows at (h, w, 2) places."""
    x, y = (np.ascontiguousarray(places[..., i]) for i in (0, 1))
    seen = cv2.remap(picture, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(seen, picture.dtype)
