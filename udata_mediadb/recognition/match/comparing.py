"""An alignment and its verdict as the comparison that a search answers."""

from ..signature import Comparison
from .alignment import Alignment
from .decision import Verdict, judge_whole
from .description import MatchDescription
from .details import details, points
from .whole import whole

# A mirrored reading must be this much more meaningful than the plain one to replace it: symmetric
# pictures verify both ways and are meant plainly.
_OTHER_READING_FACTOR = 1.3
RANKS = {"clone": 2, "match": 2, "shared_part": 1}


def with_itself(description: MatchDescription) -> tuple[Alignment, Verdict]:
    """A picture laid over itself."""
    alignment = whole(description, description)
    return alignment, judge_whole(alignment, description, description)


def comparison_of(
    alignment: Alignment, verdict: Verdict, query: MatchDescription, reference: MatchDescription
) -> Comparison:
    """What the search answers of an alignment and what it means."""
    return Comparison(
        decision=verdict.decision,
        distance=verdict.distance,
        details=details(alignment, verdict, query, reference),
        points=points(alignment, query, reference),
        differs=verdict.agreement.differs if verdict.agreement else None,
    )


def is_better(
    alignment: Alignment, verdict: Verdict, best: Alignment, best_verdict: Verdict
) -> bool:
    """Whether the first two say more than the best so far."""
    rank, best_rank = (RANKS.get(v.decision, 0) for v in (verdict, best_verdict))
    if rank != best_rank:
        return rank > best_rank
    return alignment.nfa > best.nfa * _OTHER_READING_FACTOR
