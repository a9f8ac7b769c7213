"""Evidence -> decision, distance and confidence. Every threshold: docs/explanation/match.md."""

from dataclasses import dataclass

import numpy as np

from ..signature import ACCEPTED, Decision
from .alignment import Alignment
from .description import MatchDescription
from .geometry import project
from .thumbnails import correlation as thumbnail_correlation

MIN_PLACES = 8
MIN_NFA = 14.0
MIN_GUIDED_RATIO = 0.03
# fewer matches are enough where the query shows most of what the reference predicts
MIN_NFA_WHEN_GUIDED = 8.0
GUIDED_RATIO = 0.35
GUIDED_PLACES = 20
MIN_THICKNESS_PX = 2.0
MIN_AREA = 0.01  # share of the reference that the box must cover, unless a search asks otherwise
MIN_QUERY_AREA = 0.1  # of that share is enough in the query: a stored logo is small in a photo

CLONE_CORNER_SHIFT = 0.02  # of the width and of the height
CLONE_AREA = 0.80
CLONE_CORRELATION = 0.90
# the box of a picture with much sky or wall is small, its thumbnail then speaks for the rest
CLONE_AREA_WITH_THUMBNAIL = 0.25
CLONE_CORRELATION_ALONE = 0.98

_FULL_NFA = 60.0
_FULL_PLACES = 40.0  # LTU's sample: 0.625 = 25 / 40
_CLONE_DISTANCE = 0.01  # LTU's sample
_WHOLE_DISTANCE = 0.02  # nearly a clone: turned, mirrored or a negative
_REJECTED_DISTANCE = 0.5

# Fitted by benchmarks/match_confidence.py: docs/explanation/match.md, "Distance and confidence"
CONFIDENCE_MIDDLE = -11.5  # nfa
CONFIDENCE_DECADE = 8.2  # nfa
WHOLE_CONFIDENCE = 0.99  # where the thumbnails speak alone: none wrong in 884 queries
_REJECTED_CONFIDENCE = 0.5  # of what an accepted one would have


@dataclass(frozen=True)
class Verdict:
    """`distance`: <= 0.01 clone, < 0.5 match, >= 0.5 rejected. `confidence`: 0 to 1.

    `strength`, `weighted_strength`: 0 to 1, from the number of distinct places that agree.
    """

    decision: Decision
    distance: float
    confidence: float
    strength: float
    weighted_strength: float


def judge(
    alignment: Alignment,
    query: MatchDescription,
    reference: MatchDescription,
    min_area: float = MIN_AREA,
) -> Verdict:
    """The decision about an alignment; `min_area`: share of the reference, 0 to 1."""
    strength = min(1.0, alignment.places / _FULL_PLACES)
    # a match twice as close as its rival counts 1.6 times, as in LTU's sample (1.0 for 0.625)
    weighted = min(1.0, alignment.places / _FULL_PLACES * 1.6 * min(1.0, alignment.weight / 0.5))
    decision = _decision(alignment, query, reference, min_area)
    merit = (
        0.5 * min(1.0, alignment.nfa / _FULL_NFA)
        + 0.3 * weighted
        + 0.2 * float(np.sqrt(alignment.guided_ratio))
    )
    return Verdict(
        decision=decision,
        distance=round(_distance(decision, merit), 4),
        confidence=round(nfa_confidence(alignment.nfa, accepted=decision in ACCEPTED), 4),
        strength=strength,
        weighted_strength=weighted,
    )


def nfa_confidence(nfa: float, *, accepted: bool) -> float:
    """1 - the share of searches for what is not stored in which a picture looks as good.

    0 to 1; a rejection has half of it, and so less than any accepted one.
    """
    share = 1 / (1 + 10 ** ((nfa - CONFIDENCE_MIDDLE) / CONFIDENCE_DECADE))
    return float((1 - share) * (1 if accepted else _REJECTED_CONFIDENCE))


def judge_whole(
    alignment: Alignment, query: MatchDescription, reference: MatchDescription
) -> Verdict:
    """The verdict where the thumbnails speak alone: a clone, or turned a match."""
    in_place = corner_shift(alignment, query, reference) < CLONE_CORNER_SHIFT
    clone = in_place and alignment.variant == "plain"
    distance = 0.0 if query == reference else _CLONE_DISTANCE if clone else _WHOLE_DISTANCE
    return Verdict(
        decision="clone" if clone else "match",
        distance=distance,
        confidence=WHOLE_CONFIDENCE,
        strength=0.0,
        weighted_strength=0.0,
    )


def _decision(
    alignment: Alignment, query: MatchDescription, reference: MatchDescription, min_area: float
) -> Decision:
    if alignment.places < MIN_PLACES or alignment.guided_ratio < MIN_GUIDED_RATIO:
        return "rejected_geometry"
    if alignment.nfa < (MIN_NFA_WHEN_GUIDED if _is_guided(alignment) else MIN_NFA):
        return "rejected_geometry"
    if alignment.thickness < MIN_THICKNESS_PX:
        return "rejected_geometry"  # on one line: any turn around it would fit as well
    area = min(alignment.areas[0], alignment.areas[1] / MIN_QUERY_AREA)
    if not alignment.plausible or area < min_area:
        return "rejected_box"
    return "clone" if _is_clone(alignment, query, reference) else "match"


def _is_guided(alignment: Alignment) -> bool:
    return alignment.guided_ratio >= GUIDED_RATIO and alignment.guided_places >= GUIDED_PLACES


def _is_clone(alignment: Alignment, query: MatchDescription, reference: MatchDescription) -> bool:
    if alignment.variant != "plain" or corner_shift(alignment, query, reference) > (
        CLONE_CORNER_SHIFT
    ):
        return False
    correlation = thumbnail_correlation(query, reference)
    area = min(alignment.areas)
    return (area > CLONE_AREA and correlation > CLONE_CORRELATION) or (
        area > CLONE_AREA_WITH_THUMBNAIL and correlation > CLONE_CORRELATION_ALONE
    )


def corner_shift(
    alignment: Alignment, query: MatchDescription, reference: MatchDescription
) -> float:
    """How far the reference's corners land from the query's, in fractions of its sides."""
    unit = np.array([[0, 0], [1, 0], [1, 1], [0, 1]])
    corners = unit * np.array(reference.resized) - 0.5
    landed = (project(alignment.homography, corners) + 0.5) / np.array(query.resized)
    return float(np.abs(landed - unit).max())


def _distance(decision: Decision, merit: float) -> float:
    if decision == "clone":
        return min(_CLONE_DISTANCE, 1 - merit)
    if decision == "match":
        span = _REJECTED_DISTANCE - _CLONE_DISTANCE
        return min(_REJECTED_DISTANCE - 1e-4, _CLONE_DISTANCE + span * (1 - merit))
    return _REJECTED_DISTANCE + (1 - _REJECTED_DISTANCE) * (1 - merit)
