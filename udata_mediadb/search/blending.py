"""Similarity and colors in one distance: the same kind of composition, in the same colours."""

from collections.abc import Mapping
from typing import Any

from ..recognition.signature import Comparison
from .query import score_of

BLENDED = ("similarity", "colors")


def blended(comparisons: Mapping[str, Comparison], share: float) -> Comparison | None:
    """The common comparison of both; None where one of them has nothing to say.

    `share`: of colors, 0 to 1. One of the two within its own bounds is enough to be accepted: what
    the other lacks shows in the distance.
    """
    if not set(BLENDED) <= set(comparisons):
        return None
    shares = dict(zip(BLENDED, (1.0 - share, share), strict=True))
    used = {name: weight for name, weight in shares.items() if weight > 0}
    distance = sum(weight * comparisons[name].distance for name, weight in used.items())
    confidence = sum(weight * score_of(comparisons[name]) for name, weight in used.items())
    accepted = any(comparisons[name].accepted for name in used)
    details: dict[str, Any] = {"confidence": round(confidence, 4), "colors_share": share}
    return Comparison("similar" if accepted else "rejected_distance", round(distance, 4), details)
