"""Variant selection: a first look at two descriptions: in which variants could they match?

One comparison of folded descriptors (`permutations.folded`) serves all four readings. It takes a
quarter of the time of an alignment, and most pairs of unrelated pictures end here.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from .basis import shipped_basis
from .description import MatchDescription
from .features import VARIANTS, Variant, placed_as
from .geometry import near_pairs

# Measured on 251 accepted pairs and 686 unrelated ones: explanation/match.md, "Early rejection":
# the variant that is accepted has at least 7 such pairs, and always the most of the four; unrelated
# pictures have 3 in the median, 6 in one of ten.
_PAIRS = 150
_LEAST_SIMILARITY = 0.75
LEAST_POOL = 6
_OF_THE_BEST = 0.5  # readings with a smaller share of the best one's pairs are left out
ENOUGH_TO_TELL = 100  # with fewer a glance is not worth its risk


def promising_variants(query: MatchDescription, reference: MatchDescription) -> tuple[Variant, ...]:
    """The readings of the query that are worth an alignment, the plain one first."""
    pools = pools_of(query, reference)
    if pools is None:
        return VARIANTS
    least = max(LEAST_POOL, _OF_THE_BEST * max(pools))
    return tuple(v for v, pool in zip(VARIANTS, pools, strict=True) if pool >= least)


def pools_of(query: MatchDescription, reference: MatchDescription) -> list[int] | None:
    """How many pairs one turn, zoom and shift explains, in each of `VARIANTS`.

    None where there are too few keypoints to tell by a first look.
    """
    if min(len(query), len(reference)) < ENOUGH_TO_TELL:
        return None
    query = query.strongest
    similarity = query.folded @ reference.folded.T
    nearest = similarity.argmax(axis=1)
    closeness = similarity[np.arange(len(nearest)), nearest]
    chosen = np.argsort(-closeness, kind="stable")[:_PAIRS]
    asked, known = query.only(chosen), reference.only(nearest[chosen])
    # a variant changes the signs of some components: one product of each pair serves all four
    alike = shipped_basis().signs @ (asked.vectors * known.vectors).T
    alike += 1 - asked.norms - known.norms
    best = alike.argmax(axis=0)
    rows = np.flatnonzero(alike[best, np.arange(len(best))] > _LEAST_SIMILARITY)
    reading = best[rows]
    near = near_pairs(np.stack([rows, rows], axis=1), _placed(asked, best), known)
    near &= reading[:, None] == reading
    sizes = near.sum(axis=1)
    return [int(sizes[reading == number].max(initial=0)) for number in range(len(VARIANTS))]


def _placed(asked: MatchDescription, reading: NDArray[np.intp]) -> MatchDescription:
    """Each keypoint where its own variant has it: see `features.placed_as`."""
    xy, angle = asked.xy.copy(), asked.angle.copy()
    for number, variant in enumerate(VARIANTS[1:], 1):
        own = reading == number
        placed = placed_as(asked, variant)
        xy[own], angle[own] = placed.xy[own], placed.angle[own]
    return replace(asked, xy=xy, angle=angle)
