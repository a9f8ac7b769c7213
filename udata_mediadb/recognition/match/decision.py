"""Evidence -> decision, distance and confidence. Every threshold: docs/explanation/match.md."""

from dataclasses import dataclass

import numpy as np

from ..signature import ACCEPTED, Decision
from .agreement import Agreement, agreement, is_drawn
from .alignment import Alignment
from .confidence import WHOLE_FALSE_ACCEPTS, confidence_of, false_accepts
from .description import MatchDescription
from .equal_parts import shows_other_parts
from .geometry import project
from .shared_parts import is_shared_part
from .throughout import is_shown_throughout
from .thumbnails import correlation as thumbnail_correlation

MIN_PLACES = 8
MIN_NFA = 14.0
# 9 windows of 5 candidates are 45 chances more: log10(45) above, and no help by the guided share
MIN_NFA_OF_A_CLOSER_LOOK = 16.0
MIN_GUIDED_RATIO = 0.03
# fewer matches are enough where the query shows most of what the reference predicts
MIN_NFA_WHEN_GUIDED = 8.0
GUIDED_RATIO = 0.35
GUIDED_PLACES = 20
# and where all that both show agrees: greys tell as much as keypoints
MIN_NFA_WHEN_ALIKE = 8.0
ALIKE_AGREEMENT = 0.90
ALIKE_BLOCKS = 60  # with texture; of 361
ALIKE_DIFFERENCE = 0.05
MIN_THICKNESS_PX = 2.0
MIN_AREA = 0.01  # share of the reference that the box must cover, unless a search asks otherwise
MIN_QUERY_AREA = 0.1  # of that share is enough in the query: a stored logo is small in a photo

CLONE_CORNER_SHIFT = 0.02  # of the width and of the height
CLONE_AREA = 0.80
CLONE_CORRELATION = 0.90
# the box of a picture with much sky or wall is small, its thumbnail then speaks for the rest
CLONE_AREA_WITH_THUMBNAIL = 0.25
CLONE_CORRELATION_ALONE = 0.98
CLONE_DIFFERENCE = 0.02  # of the reference in one connected region that differs: not the same

_FULL_NFA = 60.0
_FULL_PLACES = 40.0  # LTU's sample: 0.625 = 25 / 40
_OTHER_COLOURS = 64.0  # mean difference of 255 beyond which clones are not told apart further
_CLONE_DISTANCE = 0.01  # LTU's sample
_WHOLE_DISTANCE = 0.02  # nearly a clone: turned, mirrored or a negative
_APPEARANCE_DISTANCE = 0.1  # few keypoints, and all greys: a good match
_REJECTED_DISTANCE = 0.5


@dataclass(frozen=True)
class Verdict:
    """`distance`: <= 0.01 clone, < 0.5 match, >= 0.5 rejected. `confidence`: 0 to 1.

    `strength`, `weighted_strength`: 0 to 1, from the number of distinct places that agree.
    `false_accepts`: see `confidence.py`. `agreement`: None where the geometry is rejected.
    """

    decision: Decision
    distance: float
    confidence: float
    strength: float
    weighted_strength: float
    false_accepts: float = 0.0
    agreement: Agreement | None = None


def judge(
    alignment: Alignment,
    query: MatchDescription,
    reference: MatchDescription,
    min_area: float = MIN_AREA,
    *,
    min_nfa: float | None = None,
    bent: bool = False,
) -> Verdict:
    """The decision about an alignment; `min_area`: share of the reference, 0 to 1.

    `min_nfa`: what is asked of it where it is proven otherwise. `bent`: the query was laid flat.
    """
    strength = min(1.0, alignment.places / _FULL_PLACES)
    # a match twice as close as its rival counts 1.6 times, as in LTU's sample (1.0 for 0.625)
    weighted = min(1.0, alignment.places / _FULL_PLACES * 1.6 * min(1.0, alignment.weight / 0.5))
    least = least_nfa(alignment) if min_nfa is None else min_nfa
    refused, agreed = _by_geometry(alignment, query, reference, min_area, least)
    decision = refused or _decision(alignment, agreed, query, reference, bent=bent)
    merit = (
        0.3 * min(1.0, alignment.nfa / _FULL_NFA)
        + 0.2 * weighted
        + 0.1 * float(np.sqrt(alignment.guided_ratio))
        + 0.4 * (agreed.share if agreed else 0.0)
    )
    unlike = _colour_difference(query, reference) / _OTHER_COLOURS if decision == "clone" else 0.0
    is_accepted = agreed is not None and decision in ACCEPTED
    decades = false_accepts(alignment.nfa, agreed.share if agreed and is_accepted else None)
    return Verdict(
        decision=decision,
        distance=round(_distance(decision, merit, unlike), 4),
        confidence=confidence_of(decades),
        strength=strength,
        weighted_strength=weighted,
        false_accepts=round(decades, 2),
        agreement=agreed,
    )


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
        confidence=confidence_of(WHOLE_FALSE_ACCEPTS),
        strength=0.0,
        weighted_strength=0.0,
        false_accepts=WHOLE_FALSE_ACCEPTS,
    )


def judge_appearance(
    alignment: Alignment, agreed: Agreement, query: MatchDescription, reference: MatchDescription
) -> Verdict:
    """The verdict where the greys prove what keypoints placed: a clone, or a match."""
    in_place = corner_shift(alignment, query, reference) < CLONE_CORNER_SHIFT
    alike = thumbnail_correlation(query, reference) > CLONE_CORRELATION_ALONE
    clone = in_place and alike and alignment.variant == "plain"
    return Verdict(
        decision="clone" if clone else "match",
        distance=_CLONE_DISTANCE if clone else _APPEARANCE_DISTANCE,
        confidence=confidence_of(WHOLE_FALSE_ACCEPTS),
        strength=0.0,
        weighted_strength=0.0,
        false_accepts=WHOLE_FALSE_ACCEPTS,
        agreement=agreed,
    )


def _by_geometry(
    alignment: Alignment,
    query: MatchDescription,
    reference: MatchDescription,
    min_area: float,
    min_nfa: float,
) -> tuple[Decision | None, Agreement | None]:
    """What speaks against it, or None and how far the rest agrees."""
    refused = _refused(alignment, min_area, min_nfa)
    if refused and _refused(alignment, min_area, MIN_NFA_WHEN_ALIKE):
        return refused, None
    agreed = agreement(alignment, query, reference)
    if refused and not _is_alike(agreed, reference):
        return refused, None
    return None, agreed


def _is_alike(agreed: Agreement, reference: MatchDescription) -> bool:
    """Whether all that both show is the same; drawn pictures of one kind often are."""
    return (
        agreed.share >= ALIKE_AGREEMENT
        and agreed.blocks >= ALIKE_BLOCKS
        and agreed.differing <= ALIKE_DIFFERENCE
        and not is_drawn(reference)
    )


def _refused(alignment: Alignment, min_area: float, min_nfa: float) -> Decision | None:
    """What the geometry alone says against it."""
    if alignment.places < MIN_PLACES or alignment.guided_ratio < MIN_GUIDED_RATIO:
        return "rejected_geometry"
    if alignment.nfa < min_nfa:
        return "rejected_geometry"
    if alignment.thickness < MIN_THICKNESS_PX:
        return "rejected_geometry"  # on one line: any turn around it would fit as well
    if not alignment.plausible or box_share(alignment) < min_area:
        return "rejected_box"
    return None


def least_nfa(alignment: Alignment) -> float:
    """What its nfa must reach: less where the query shows most of what the reference predicts."""
    return MIN_NFA_WHEN_GUIDED if _is_guided(alignment) else MIN_NFA


def box_share(alignment: Alignment) -> float:
    """The share that is compared with the least area of a search."""
    return min(alignment.areas[0], alignment.areas[1] / MIN_QUERY_AREA)


def _decision(
    alignment: Alignment,
    agreed: Agreement | None,
    query: MatchDescription,
    reference: MatchDescription,
    *,
    bent: bool,
) -> Decision:
    if agreed is None:
        return "rejected_geometry"
    if is_shared_part(alignment, agreed, query, reference) and not is_shown_throughout(
        alignment, agreed, query, reference
    ):
        return "shared_part"
    if shows_other_parts(alignment, agreed, query, reference, bent=bent):
        return "shared_part"
    same = agreed.differing <= CLONE_DIFFERENCE and _is_clone(alignment, query, reference)
    return "clone" if same else "match"


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


def _colour_difference(query: MatchDescription, reference: MatchDescription) -> float:
    """Mean difference of the colour thumbnails, 0 to 255."""
    return float(np.abs(query.colours.astype(np.int16) - reference.colours).mean())


def _distance(decision: Decision, merit: float, unlike: float) -> float:
    """`merit`: 0 to 1; `unlike`: how much clones differ in colour, which orders them."""
    if decision == "clone":
        return _CLONE_DISTANCE * (0.5 * min(1.0, 1 - merit) + 0.5 * min(1.0, unlike))
    if decision == "match":
        span = _REJECTED_DISTANCE - _CLONE_DISTANCE
        return min(_REJECTED_DISTANCE - 1e-4, _CLONE_DISTANCE + span * (1 - merit))
    return _REJECTED_DISTANCE + (1 - _REJECTED_DISTANCE) * (1 - merit)
