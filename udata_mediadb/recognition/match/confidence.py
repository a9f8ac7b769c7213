"""How sure an accepted picture is: the share of searches that accept as good a one wrongly.

Wrong is a picture that is no copy, and also one that has only a print in common with the query.
The numbers are fitted by `benchmarks/match_confidence.py` on one half of its queries; what they are
worth is counted on the other half, on its page.
"""

from math import exp, log

# -log10 of the share = start + per decade of nfa (up to a cap, since prints are exact copies too) +
# per logit of the agreement
START = 1.57
PER_NFA = 0.0012
_NFA_CAP = 300.0
PER_LOGIT = 0.14
_LEAST_AGREEMENT = 0.02
BEYOND_DOUBT = 9.0  # of the very same file
_REJECTED = 0.3  # decades: half of such pictures would be wrong

WHOLE_FALSE_ACCEPTS = 2.0  # where the thumbnails speak alone: none wrong in 884 queries


def false_accepts(nfa: float, agreement: float | None) -> float:
    """-log10 of the share of searches that accept a picture as good as this one wrongly.

    `agreement`: share of the overlap that agrees, 0 to 1; None for what the geometry rejects.
    """
    if agreement is None:
        return _REJECTED * max(0.0, min(1.0, nfa / 14.0))
    share = min(max(agreement, _LEAST_AGREEMENT), 1 - _LEAST_AGREEMENT)
    decades = START + PER_NFA * min(nfa, _NFA_CAP) + PER_LOGIT * log(share / (1 - share))
    return min(max(decades, _REJECTED), BEYOND_DOUBT)


def confidence_of(decades: float) -> float:
    """1 - 10^-decades, with all the digits that tell two of them apart."""
    return round(1 - exp(-decades * log(10)), 12)
