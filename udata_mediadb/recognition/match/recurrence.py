"""What lies elsewhere too: boards, forms, tables, fences and keyboards are made of equal parts.

Two of one kind align in all that the kind has in common, as well as two copies do. But their parts
recur: a sign of the one is found again on the other, in another place. Of a copy nearly all that is
alike lies where the homography has it (docs/explanation/match.md, "Recurrence").
"""

import numpy as np
from numpy.typing import NDArray

from .description import MatchDescription
from .geometry import Matrix, project

_CLEAR_SIMILARITY = 0.85  # chance matches are less alike
_NEAR_PX = 40.0  # what lies before or behind the plane of a photo moves so far


def matches_in_place(
    homography: Matrix,
    query: MatchDescription,
    reference: MatchDescription,
    similarity: NDArray[np.float32],
    tentative: NDArray[np.intp],
) -> tuple[int, float]:
    """How many clear matches all that both show has, and which share of them lies in its place.

    `tentative`: (m, 2) rows of query and reference. The share is 1 where there are none.
    """
    clear = tentative[similarity[tentative[:, 0], tentative[:, 1]] > _CLEAR_SIMILARITY]
    source = reference.xy[clear[:, 1]].astype(np.float64)
    target = query.xy[clear[:, 0]].astype(np.float64)
    there = project(homography, source)
    back = project(np.asarray(np.linalg.inv(homography), np.float64), target)
    common = ((there >= 0) & (there < np.array(query.resized))).all(axis=1)
    common &= ((back >= 0) & (back < np.array(reference.resized))).all(axis=1)
    near = np.hypot(*(there - target)[common].T) < _NEAR_PX
    return len(near), float(near.mean()) if len(near) else 1.0
