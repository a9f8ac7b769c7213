"""Whether a query shows all of a reference, for all that the rules for shared parts say.

Those rules look at the matches and at thumbnails: they must guess what lies between. With the
query's pixels it can be asked: the reference's own keypoints are described in it, found there or
not (docs/explanation/match.md, "Shown throughout").
"""

from .agreement import Agreement
from .alignment import Alignment
from .described_there import described_there
from .description import MatchDescription

# Measured: docs/explanation/match.md, "Shown throughout"
_ALIKE = 0.70  # cosine, as in `places`
_LEAST_OVERLAP = 0.90
_LEAST_AGREEMENT = 0.90
_LEAST_PLACES = 300
_LEAST_ALIKE = 0.97
_LEAST_OWN = 0.80
_ELSEWHERE = 0.015  # share of the places that show what the reference has elsewhere
_MARGIN = 3.0  # diameters of a keypoint that must be seen around it


def is_shown_throughout(
    alignment: Alignment, agreed: Agreement, query: MatchDescription, reference: MatchDescription
) -> bool:
    """Whether nearly every keypoint of the reference is shown in its place, and nowhere else.

    False without the query's pixels.
    """
    if agreed.overlap < _LEAST_OVERLAP or agreed.share < _LEAST_AGREEMENT:
        return False
    if len(reference) < _LEAST_PLACES or query.pixels() is None:
        return False
    there = described_there(alignment, query, reference, margin=_MARGIN, smallest_px=0.0)
    return (
        len(there) >= _LEAST_PLACES
        and float((there.likeness > _ALIKE).mean()) >= _LEAST_ALIKE
        and float(there.own.mean()) >= _LEAST_OWN
        and float(there.others.mean()) <= _ELSEWHERE
    )
