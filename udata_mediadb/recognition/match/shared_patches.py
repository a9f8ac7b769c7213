"""A small patch that many pictures share is a logo, a watermark or a colour chart: no copy.

One pair of pictures cannot tell a logo from a cut-out. The answer to one query can: where several
stored pictures show the same small part of it in a small part of theirs, that part is common
property. A picture that hangs in many photos fills at least one of the two sides, and is kept.
"""

from collections.abc import Sequence
from dataclasses import replace
from statistics import median
from typing import Any

from ..signature import Comparison
from .details import DECISIONS

# Choices: the logos of `photos/` take 1 to 8 % of their pictures; with fewer than five it may be
# chance that one object is in several.
_SMALL = 0.15
_MANY = 5
_SAME_PLACE = 0.3  # intersection over union
# A picture with nothing but the patch is told by more evidence than the others have: 1.1 at most
# among pictures with one logo, 2 and more for a login screen among its variants
_STANDS_OUT = 1.5
_LEAST_DISTANCE = 0.5  # of a rejection

Rectangle = tuple[float, float, float, float]


def without_shared_patches(comparisons: Sequence[Comparison]) -> list[Comparison]:
    """The comparisons of one query, those that rest on a shared patch named so."""
    small = [(i, _rectangle(c)) for i, c in enumerate(comparisons) if c.accepted and _is_small(c)]
    judged = list(comparisons)
    for number, mine in small:
        same = [_nfa(comparisons[i]) for i, other in small if _overlap(mine, other) > _SAME_PLACE]
        if len(same) >= _MANY and _nfa(comparisons[number]) < _STANDS_OUT * median(same):
            judged[number] = _as_shared(comparisons[number])
    return judged


def _nfa(comparison: Comparison) -> float:
    return float(comparison.details["nfa"])


def _is_small(comparison: Comparison) -> bool:
    sides = (comparison.details.get(side) for side in ("reference", "query"))
    return all(side is not None and side["matchingBox"]["area"] < _SMALL for side in sides)


def _rectangle(comparison: Comparison) -> Rectangle:
    """Left, top, right, bottom of the box in the query."""
    x, y = zip(*comparison.details["query"]["matchingBox"]["points"], strict=True)
    return min(x), min(y), max(x), max(y)


def _overlap(first: Rectangle, second: Rectangle) -> float:
    """Intersection over union of two rectangles."""
    width = min(first[2], second[2]) - max(first[0], second[0])
    height = min(first[3], second[3]) - max(first[1], second[1])
    common = max(0.0, width) * max(0.0, height)
    return common / max(_area(first) + _area(second) - common, 1e-12)


def _area(rectangle: Rectangle) -> float:
    return (rectangle[2] - rectangle[0]) * (rectangle[3] - rectangle[1])


def _as_shared(comparison: Comparison) -> Comparison:
    distance = max(_LEAST_DISTANCE, comparison.distance)
    details: dict[str, Any] = {
        **comparison.details,
        "decision": DECISIONS["shared_part"],
        "distance": distance,
        "confidence": 0.0,
        "false_accepts": 0.0,
    }
    return replace(comparison, decision="shared_part", distance=distance, details=details)
