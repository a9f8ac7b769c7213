"""Tentative matches between two descriptions, before and after the geometry is known."""

import numpy as np
from numpy.typing import NDArray

from .description import MatchDescription

# Lowe 2004 7.1 has 0.8 for SIFT; measured: docs/explanation/match.md
RATIO = 0.82
_GUIDED_RADIUS_PX = 4.0
_GUIDED_SIMILARITY = 0.72  # cosine of RootSIFT; measured: docs/explanation/match.md
# L1 distance; measured: one blob often gives keypoints of two angles or scales
_SAME_PLACE_PX = 4.0


def similarities(query: MatchDescription, reference: MatchDescription) -> NDArray[np.float32]:
    """(n query, n reference) cosines of RootSIFT, as near as the basis tells: 1 - |a - b|^2 / 2."""
    return query.as_query @ reference.as_reference.T


def tentative_matches(
    similarity: NDArray[np.float32], reference: MatchDescription
) -> NDArray[np.intp]:
    """(m, 2) rows of query and reference index that pass the ratio test, closest first.

    The rival of a reference point is the best one that does not lie at the same place; each
    reference point is used once.
    """
    if similarity.shape[0] == 0 or similarity.shape[1] < 2:
        return np.zeros((0, 2), np.intp)
    best = similarity.argmax(axis=1)
    nearest = 1 - similarity[np.arange(len(best)), best]
    # |a - b|^2 = 2 - 2 cos for unit vectors
    chosen = np.flatnonzero(nearest < RATIO**2 * (1 - rivals(similarity, best, reference)))
    chosen = chosen[np.argsort(nearest[chosen], kind="stable")]
    _, first = np.unique(best[chosen], return_index=True)
    chosen = chosen[np.sort(first)]
    return np.stack([chosen, best[chosen]], axis=1)


def rivals(
    similarity: NDArray[np.float32], matched: NDArray[np.intp], reference: MatchDescription
) -> NDArray[np.float32]:
    """(n,) per row of (n, n reference) cosines the highest one elsewhere than at its match.

    `matched`: (n,) index of each row's match; -1 where the reference has no other place. Best
    first until one lies elsewhere: most rows need one look, a comparison of all places far more.
    `similarity` is written to meanwhile: a copy would take longer than the looks.
    """
    places = reference.xy
    found = np.full(len(similarity), np.float32(-1))
    rows = np.arange(len(similarity))
    hidden = [(rows, matched, similarity[rows, matched])]
    similarity[rows, matched] = -1
    while len(rows):
        left = similarity if len(rows) == len(similarity) else similarity[rows]
        next_best = left.argmax(axis=1)
        value = similarity[rows, next_best]
        apart = np.abs(places[next_best] - places[matched[rows]]).sum(axis=1)
        same = (apart < _SAME_PLACE_PX) & (value > -1)
        found[rows[~same]] = value[~same]
        rows, next_best, value = rows[same], next_best[same], value[same]
        hidden.append((rows, next_best, value))
        similarity[rows, next_best] = -1
    for rows, columns, values in hidden:
        similarity[rows, columns] = values
    return found


def guided_matches(
    similarity: NDArray[np.float32],
    query: MatchDescription,
    projected: NDArray[np.float64],
    visible: NDArray[np.bool_],
) -> NDArray[np.intp]:
    """(g, 2) rows of query and reference index: the most alike point near each projection.

    `projected`: (n reference, 2) px in the query; `visible`: (n reference,) falls inside it.
    """
    rows = np.flatnonzero(visible)
    x, y = projected[rows, 0], projected[rows, 1]
    # the few keypoints in the column around each projection, instead of all pairs
    by_x = np.argsort(query.xy[:, 0], kind="stable")
    places = query.xy[by_x, 0]
    first = np.searchsorted(places, x - _GUIDED_RADIUS_PX, side="right")
    counts = np.maximum(np.searchsorted(places, x + _GUIDED_RADIUS_PX, side="left") - first, 0)
    skipped = np.repeat(first - (np.cumsum(counts) - counts), counts)
    partner = by_x[np.arange(len(skipped)) + skipped]
    found = np.repeat(rows, counts)
    likeness = similarity[partner, found]
    near = np.abs(query.xy[partner, 1] - np.repeat(y, counts)) < _GUIDED_RADIUS_PX
    near &= likeness > _GUIDED_SIMILARITY
    partner, found, likeness = partner[near], found[near], likeness[near]
    order = np.lexsort((partner, -likeness, found))
    _, best = np.unique(found[order], return_index=True)
    return np.stack([partner[order][best], found[order][best]], axis=1)
