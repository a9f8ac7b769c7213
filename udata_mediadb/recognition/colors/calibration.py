"""Distance -> decision and confidence."""

import numpy as np

from ..signature import Decision
from .description import ColorsDescription

# measured: docs/explanation/colors.md, "Distance of colours", as all figures here: keeps 95 of 100
# pictures that are asked for by their three leading colours, and lets 13 of 100 unrelated ones in
MOST_ACCEPTED = 0.5
# Few pictures have just the colours that somebody names: there the order is the answer, and only
# what has next to nothing of them is refused
MOST_ACCEPTED_FOR_PALETTE = 0.9
# Share of 40,000 unrelated pairs of pictures that are farther apart than this distance
_DISTANCES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
_FARTHER = (1.0, 1.0, 0.999, 0.99, 0.951, 0.866, 0.746, 0.612, 0.481, 0.364, 0.0)


def decide(query: ColorsDescription, distance: float) -> Decision:
    """Accepted as similar, or too far."""
    most = MOST_ACCEPTED_FOR_PALETTE if query.asked else MOST_ACCEPTED
    return "similar" if distance <= most else "rejected_distance"


def colors_confidence(query: ColorsDescription, distance: float) -> float:
    """0 to 1: how many unrelated pictures are farther from the query than this.

    With a wildcard the coverage itself, since what most pictures have of it depends on what is
    asked.
    """
    if query.missing > 0:
        return 1.0 - distance
    return float(np.interp(distance, _DISTANCES, _FARTHER))
