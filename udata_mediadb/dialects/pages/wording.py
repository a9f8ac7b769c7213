"""Findings in plain words; the docs' page on decisions and scores has the same."""

from collections.abc import Mapping

from ...recognition.signature import Comparison, Decision
from ...search.query import Hit, score_of

IN_WORDS: Mapping[Decision, str] = {
    "clone": "The same picture",
    "match": "Shows the same, wholly or in part",
    "similar": "Looks alike",
    "shared_part": "They share a logo, band or watermark",
    "rejected_geometry": "Not the same: the points do not fit",
    "rejected_box": "Not the same: what they share is too small",
    "rejected_distance": "Not alike enough",
}
_COLOURS = "Has these colours"
# Of a score, from the best down: how likeness of similarity and colors reads.
_LIKENESS = ((0.75, "very much alike"), (0.55, "rather alike"), (0.0, "a little alike"))


def headline(hit: Hit) -> str:
    """What was found, by the signature that ranks the hit."""
    if hit.best_signature == "colors" and hit.best.decision == "similar":
        return _COLOURS
    return IN_WORDS[hit.best.decision]


def how_sure(name: str, comparison: Comparison) -> str:
    """How sure that is: by figures for match, else in words; empty for what was refused."""
    if not comparison.accepted:
        return ""
    score = score_of(comparison)
    if name == "match":
        return f"{score:.2%} sure"
    return next(words for least, words in _LIKENESS if score >= least)
