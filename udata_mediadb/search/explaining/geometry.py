"""What the match signature says of two descriptions, threshold by threshold."""

from dataclasses import dataclass

from ...recognition.match.agreement import agreement
from ...recognition.match.alignment import Alignment
from ...recognition.match.decision import (
    MIN_GUIDED_RATIO,
    MIN_NFA,
    MIN_PLACES,
    MIN_THICKNESS_PX,
    Verdict,
    box_share,
    least_nfa,
)
from ...recognition.match.description import MatchDescription
from ...recognition.match.shared_parts import SHARED_AGREEMENT
from ...recognition.match.signature import MatchSignature
from ...recognition.match.variant_selection import LEAST_POOL, pools_of, promising_variants
from ...recognition.signature import Comparison
from .stage import Stage

_DIGITS = 4


@dataclass(frozen=True)
class Evidence:
    """A query and a reference, and the best alignment that there is, whether it counts or not."""

    query: MatchDescription
    reference: MatchDescription
    min_box: float
    best: tuple[Alignment, Verdict] | None

    @property
    def alignment(self) -> Alignment | None:
        """Of all readings of the query, also those that the first look holds for vain."""
        return None if self.best is None else self.best[0]


def evidence_of(
    signature: MatchSignature, query: MatchDescription, reference: MatchDescription
) -> Evidence:
    """Align them in every reading."""
    return Evidence(query, reference, signature.min_box, signature.best_of(query, reference))


def early_rejection(evidence: Evidence) -> Stage:
    """The first look: how many pairs agree in a turn, a zoom and a shift."""
    pools = pools_of(evidence.query, evidence.reference)
    if pools is None:
        advice = "Too few keypoints for a first look: they are aligned in any case."
        return Stage("early_rejection", True, None, LEAST_POOL, advice=advice)
    passed = bool(promising_variants(evidence.query, evidence.reference))
    advice = (
        "The first look finds enough in common."
        if passed
        else "The first look finds hardly anything in common: name the part that is meant as "
        "`region`, or send a picture with more detail."
    )
    return Stage("early_rejection", passed, max(pools), LEAST_POOL, advice=advice)


def agreeing_points(evidence: Evidence) -> Stage:
    """Distinct places that agree with one homography."""
    one = evidence.alignment
    if one is None:
        advice = "No two handfuls of points lie alike in both: they show different things, or too "
        advice += "little of the same; try a `region` or a sharper picture."
        return Stage("agreeing_points", False, 0, MIN_PLACES, advice=advice)
    places, advice = one.places, "Enough points lie alike in both."
    passed = places >= MIN_PLACES
    if not passed:
        advice = f"Only {places} places lie alike in both; {MIN_PLACES} are needed: try a `region`."
    elif one.guided_ratio < MIN_GUIDED_RATIO:
        passed = False
        advice = "Points agree, but hardly any of those that should be seen beside them: chance."
    elif one.thickness < MIN_THICKNESS_PX:
        passed = False
        advice = "All points that agree lie on one line, round which anything could be turned."
    return Stage("agreeing_points", passed, places, MIN_PLACES, advice=advice)


def meaning(evidence: Evidence) -> Stage:
    """How unlikely it is that so many agree by chance."""
    one = evidence.alignment
    if one is None:
        return Stage("nfa", False, 0.0, MIN_NFA, advice="Nothing agrees that could be counted.")
    least = least_nfa(one)
    passed = one.nfa >= least
    advice = (
        "That so many points agree is no chance."
        if passed
        else "As many points would agree by chance: a `region` around what both show has fewer "
        "others, and the same points then mean more."
    )
    return Stage("nfa", passed, round(one.nfa, 2), least, advice=advice)


def agreement_of(evidence: Evidence, judged: Comparison | None) -> Stage:
    """Whether what lies around the points agrees as well. `judged`: in the light of the others."""
    if evidence.best is None:
        advice = "There is no overlap to compare."
        return Stage("agreement", False, 0.0, SHARED_AGREEMENT, advice=advice)
    alignment, verdict = evidence.best
    agreed = verdict.agreement or agreement(alignment, evidence.query, evidence.reference)
    shared = "shared_part" in (verdict.decision, judged.decision if judged else None)
    advice = (
        "They share a logo, a band, a watermark or a frame, and differ otherwise: "
        "`include_shared` shows such pictures."
        if shared
        else "What lies around the points is not judged on its own where it is no shared part."
    )
    return Stage(
        "agreement", not shared, round(agreed.share, _DIGITS), SHARED_AGREEMENT, advice=advice
    )


def box(evidence: Evidence) -> Stage:
    """How much of the reference, and of the query, what agrees covers."""
    one = evidence.alignment
    if one is None:
        advice = "Nothing agrees that would have a box."
        return Stage("box_share", False, 0.0, evidence.min_box, advice=advice)
    share = min(1.0, box_share(one))
    if not one.plausible:
        advice = "The box would be bent as no photograph shows a flat picture."
        return Stage("box_share", False, round(share, _DIGITS), evidence.min_box, advice=advice)
    passed = share >= evidence.min_box
    advice = (
        "What agrees is large enough."
        if passed
        else f"What agrees covers {share:.2%}; the limit is {evidence.min_box:.2%}: search again "
        "with a smaller `min_box`."
    )
    return Stage("box_share", passed, round(share, _DIGITS), evidence.min_box, advice=advice)
