"""Whole-picture evidence for pictures without enough keypoints: thumbnails that agree."""

import numpy as np
from numpy.typing import NDArray

from .description import THUMBNAIL_PX, MatchDescription
from .global_descriptor import LEAST_CONTRAST, ORIENTATIONS, UPRIGHT, Orientation
from .surfaces import detail, surfaces

Grey = NDArray[np.float64]

# measured: docs/explanation/match.md, "Pictures without texture"
_CORRELATION = 0.98
_ASPECT = 0.02
_COLOUR_DIFFERENCE = 2.5  # mean of 255
# More is allowed where also what no smooth surface explains agrees: any two gradients correlate
_COLOUR_DIFFERENCE_OF_DETAIL = 6.0
_CORRELATION_OF_DETAIL = 0.97
_LEAST_DETAIL = 3.0  # standard deviation of 255


def correlation(query: MatchDescription, reference: MatchDescription) -> float:
    """Normalised cross-correlation of the grey thumbnails, -1 to 1; 0 for a flat picture."""
    return _correlation(_centred(query.thumbnail), _centred(reference.thumbnail))


def agree(
    query: MatchDescription, reference: MatchDescription, *, upright: bool = False
) -> tuple[Orientation, bool] | None:
    """The orientation of the query in which it is the reference, and whether as a negative.

    Same proportions, same greys, same colours; never for flat pictures. The upright reading first;
    `upright`: no other.
    """
    if min(query.thumbnail.std(), reference.thumbnail.std()) < LEAST_CONTRAST:
        return None
    for negative in (False,) if upright else (False, True):
        for orientation in (UPRIGHT,) if upright else ORIENTATIONS:
            if _agree(query, reference, orientation, negative):
                return orientation, negative
    return None


def _agree(
    query: MatchDescription, reference: MatchDescription, orientation: Orientation, negative: bool
) -> bool:
    width, height = query.original[:: -1 if orientation.turns % 2 else 1]
    proportion = width * reference.original[1] / (height * reference.original[0])
    if abs(np.log(proportion)) > _ASPECT:
        return False
    sign = -1 if negative else 1
    seen = sign * _centred(orientation.of(query.thumbnail))
    known = _centred(reference.thumbnail)
    if _correlation(seen, known) < _CORRELATION:
        return False
    colours = orientation.of(query.colours).astype(np.int16)
    difference = np.abs((255 - colours if negative else colours) - reference.colours).mean()
    if difference < _COLOUR_DIFFERENCE:
        return True
    seen, known = detail(seen, _SURFACES), detail(known, _SURFACES)
    return bool(
        difference < _COLOUR_DIFFERENCE_OF_DETAIL
        and min(seen.std(), known.std()) > _LEAST_DETAIL
        and _correlation(seen, known) > _CORRELATION_OF_DETAIL
    )


def _centred(thumbnail: NDArray[np.uint8]) -> Grey:
    """(4096,) greys less their mean."""
    greys = thumbnail.astype(np.float64).ravel()
    return np.asarray(greys - greys.mean())


def _correlation(first: Grey, second: Grey) -> float:
    norm = float(np.sqrt((first @ first) * (second @ second)))
    return float(first @ second / norm) if norm > 1e-9 else 0.0


_SURFACES = surfaces(np.ones((THUMBNAIL_PX, THUMBNAIL_PX), bool))
