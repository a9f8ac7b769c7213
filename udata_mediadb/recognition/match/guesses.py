"""Where a reference may lie by one keypoint alone, if the greys are the same there.

Of wood, cloth and soft pictures hardly two keypoints agree, and a strong perspective leaves no pool
of matches. But each keypoint has a size and an angle, so one that is found again places the whole.
Of some dozen such guesses the greys tell the right one, where any is (docs/explanation/match.md,
"Guesses").
"""

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from .alignment import Alignment, likeness
from .appearance import placed_by, refined
from .description import STRONGEST, THUMBNAIL_PX, MatchDescription

# Measured: docs/explanation/match.md, "Guesses"
_CANDIDATES = 10  # of a query, the first;
_RICH_CANDIDATES = 4  # where both have this many keypoints
_RICH = 300
_GUESSES = 24
_LEAST_LIKENESS = 0.70  # cosine
_SAMPLES = 12  # per side
_LEAST_CORRELATION = 0.85  # of the greys: one of forty strangers
_LEAST_SHOWN = 0.5
_TRIED = 2
_FINE_PX = 2.0  # a keypoint of this size places the rest badly


def guessed(query: MatchDescription, reference: MatchDescription) -> Iterator[Alignment]:
    """The likeliest placements of the reference, each fitted to the greys of the query."""
    if query.grey is None or min(len(query), len(reference)) < 2:
        return
    asked = query.tried["guessed"] = query.tried.get("guessed", 0) + 1
    is_rich = min(len(query), len(reference)) >= _RICH
    if asked > (_RICH_CANDIDATES if is_rich else _CANDIDATES):
        return
    matrices = _guesses(query, reference)
    if not len(matrices):
        return
    alike = _correlations(matrices, query, reference)
    for number in np.argsort(-alike, kind="stable")[:_TRIED]:
        if alike[number] < _LEAST_CORRELATION:
            return
        whole = np.vstack([matrices[number], [0.0, 0.0, 1.0]])
        placed = placed_by(whole, "plain", query, reference)
        yield from refined(placed, query, reference, patient=True)


def _guesses(query: MatchDescription, reference: MatchDescription) -> NDArray[np.float64]:
    """(n, 2, 3) turn, zoom and shift of keypoints that are each other's nearest, large first."""
    seen, rows = _nearest(likeness(query, reference)[:STRONGEST, :STRONGEST], reference)
    turn = np.deg2rad(query.angle[seen].astype(np.float64) - reference.angle[rows])
    zoom = query.size[seen].astype(np.float64) / reference.size[rows]
    a, b = zoom * np.cos(turn), zoom * np.sin(turn)
    (x, y), (u, v) = (one.astype(np.float64).T for one in (reference.xy[rows], query.xy[seen]))
    right, down = u - (a * x - b * y), v - (b * x + a * y)
    return np.stack([a, -b, right, b, a, down], axis=1).reshape(-1, 2, 3)


def _nearest(
    alike: NDArray[np.float32], reference: MatchDescription
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows of the query and of the reference that are each other's nearest, a few."""
    nearest = alike.argmax(axis=1)
    cosine = alike[np.arange(len(nearest)), nearest]
    worth = cosine * np.log2(reference.size[nearest] + _FINE_PX)
    worth[cosine <= _LEAST_LIKENESS] = -1
    seen = np.argsort(-worth, kind="stable")[: 2 * _GUESSES]
    seen = seen[worth[seen] > 0]
    mutual = alike[:, nearest[seen]].argmax(axis=0) == seen
    seen = seen[mutual][:_GUESSES]
    return seen, nearest[seen]


def _correlations(
    matrices: NDArray[np.float64], query: MatchDescription, reference: MatchDescription
) -> NDArray[np.float64]:
    """(n,) how the greys correlate under each of (n, 2, 3), -1 where too little would be shown."""
    side = (_SAMPLES, _SAMPLES)
    known = cv2.resize(reference.thumbnail, side, interpolation=cv2.INTER_AREA).ravel()
    y, x = (np.mgrid[:_SAMPLES, :_SAMPLES].reshape(2, -1) + 0.5) / _SAMPLES
    width, height = reference.resized
    places = matrices @ np.stack([x * width - 0.5, y * height - 0.5, np.ones_like(x)])
    greys = query.thumbnail
    scale = THUMBNAIL_PX / np.array(query.resized)
    u, v = (np.round((places[:, i] + 0.5) * scale[i] - 0.5).astype(int) for i in (0, 1))
    inside = (u >= 0) & (u < THUMBNAIL_PX) & (v >= 0) & (v < THUMBNAIL_PX)
    seen = greys[v.clip(0, THUMBNAIL_PX - 1), u.clip(0, THUMBNAIL_PX - 1)]
    return _correlation_within(seen.astype(np.float64), known.astype(np.float64), inside)


def _correlation_within(
    seen: NDArray[np.float64], known: NDArray[np.float64], inside: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """(n,) of the rows of `seen` with `known`, each where it is inside."""
    count = inside.sum(axis=1)
    least = np.maximum(count, 1)[:, None]
    first = (seen - (seen * inside).sum(axis=1, keepdims=True) / least) * inside
    second = (known - (known * inside).sum(axis=1, keepdims=True) / least) * inside
    norms = np.sqrt((first**2).sum(axis=1) * (second**2).sum(axis=1))
    alike = (first * second).sum(axis=1) / np.maximum(norms, 1e-9)
    return np.where(count >= _LEAST_SHOWN * inside.shape[1], alike, -1.0)
