"""Findings in plain words; the docs' page on decisions and scores has the same.

Texts are English here, marked for the catalogues; pages give them in their language.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from ...recognition.signature import Comparison, Decision
from ...search.query import Hit, score_of
from .figures import figure
from .languages import gettext, marked

# The tabs of the results: what each signature finds, in words.
TABS: Mapping[str, str] = {
    "match": marked("Same picture"),
    "similarity": marked("Looks alike"),
    "colors": marked("Colours"),
}
IN_WORDS: Mapping[Decision, str] = {
    "clone": marked("The same picture"),
    "match": marked("The same picture, wholly or in part"),
    "similar": marked("Looks alike"),
    "shared_part": marked("They share a logo, band or watermark"),
    "rejected_geometry": marked("Not the same: the points do not fit"),
    "rejected_box": marked("Not the same: what they share is too small"),
    "rejected_distance": marked("Not alike enough"),
}
_COLOURS = marked("Has these colours")
# Of a score, from the best down: how likeness of similarity and colors reads.
_LIKENESS = (
    (0.75, marked("very much alike")),
    (0.55, marked("rather alike")),
    (0.0, marked("a little alike")),
)
_WHOLE = 0.95  # a box of this share is the whole picture but for its margins
_TURNED_DEG = 3.0  # less than this nobody would call turned


def signature_word(name: str) -> str:
    """What a signature finds; its own name where the pages know none."""
    return gettext(TABS[name]) if name in TABS else name


def headline(hit: Hit) -> str:
    """What was found, by the signature that ranks the hit."""
    return in_words(hit.best_signature, hit.best)


def in_words(name: str, comparison: Comparison) -> str:
    """What this signature found."""
    if name == "colors" and comparison.decision == "similar":
        return gettext(_COLOURS)
    return gettext(IN_WORDS[comparison.decision])


def how_sure(name: str, comparison: Comparison) -> str:
    """How sure that is: by figures for match, else in words; empty for what was refused."""
    if not comparison.accepted:
        return ""
    score = score_of(comparison)
    if name == "match":
        percent = min(99.99, math.floor(score * 10_000) / 100)
        return gettext("%(percent)s %% sure") % {"percent": figure(percent, 2)}
    return gettext(next(words for least, words in _LIKENESS if score >= least))


def likeness(comparison: Comparison) -> float:
    """The score, 0 to 1, of what looks alike; 0 for what was refused."""
    return score_of(comparison) if comparison.accepted else 0.0


def seen(comparison: Comparison | None) -> list[str]:
    """What the proof says of how the one lies in the other, in sentences; none without a proof."""
    if comparison is None or "reference" not in comparison.details:
        return []
    details = comparison.details
    share = float(details["reference"]["matchingBox"]["area"])
    said = []
    if share < _WHOLE:
        percent = max(1, round(share * 100))
        said.append(gettext("Your picture shows %(percent)d %% of it.") % {"percent": percent})
    turned = abs(_turn_deg(details.get("homography", {}).get("coefficients")))
    if turned >= _TURNED_DEG:
        said.append(gettext("It is turned by %(degrees)d degrees.") % {"degrees": round(turned)})
    if details.get("mirrored"):
        said.append(gettext("It is mirrored."))
    if details.get("negative"):
        said.append(gettext("It is a negative."))
    return said


def _turn_deg(coefficients: Sequence[Any] | None) -> float:
    if not coefficients:
        return 0.0
    return math.degrees(math.atan2(float(coefficients[3]), float(coefficients[0])))
