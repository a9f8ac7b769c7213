"""Shares with their intervals, and what they advise."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import sqrt
from typing import Any

_Z = 1.96  # of 95 %


@dataclass(frozen=True)
class Share:
    """`count` of `of`; `low`, `high`: 95 % by Wilson's score (1927), also right at 0 and 1."""

    count: int
    of: int
    share: float
    low: float
    high: float


def share_of(count: int, of: int) -> Share:
    """The share with its interval; of nothing it is 0, and may be anything."""
    if of == 0:
        return Share(0, 0, 0.0, 0.0, 1.0)
    share = count / of
    middle = (share + _Z**2 / (2 * of)) / (1 + _Z**2 / of)
    reach = _Z / (1 + _Z**2 / of) * sqrt(share * (1 - share) / of + _Z**2 / (4 * of**2))
    low, high = max(0.0, middle - reach), min(1.0, middle + reach)
    return Share(count, of, round(share, 5), round(low, 5), round(high, 5))


def advised_min_score(
    false: Sequence[float], right: Sequence[float], searches: int, wanted: float
) -> dict[str, Any]:
    """The least `min_score` with which no more than the wanted share of searches shows a false hit.

    `false`: the best score of a false hit, of the searches that have one; `right`: scores of the
    right ones. `low`, `high`: where the interval of that share still reaches, and no longer
    exceeds, what is wanted; `high` is None where there are too few searches to be that sure.
    """
    steps = [0.0, *sorted({_above(score) for score in false})]
    rates = [share_of(sum(score >= step for score in false), searches) for step in steps]

    def first(fits: Sequence[bool]) -> float | None:
        return next((step for step, one in zip(steps, fits, strict=True) if one), None)

    advised = first([rate.share <= wanted for rate in rates])
    at = steps.index(advised) if advised is not None else len(steps) - 1
    kept = sum(score >= steps[at] for score in right)
    return {
        "wanted_rate": wanted,
        "min_score": advised,
        "low": first([rate.low <= wanted for rate in rates]),
        "high": first([rate.high <= wanted for rate in rates]),
        "false_accepts": asdict(rates[at]),
        "right_hits_kept": asdict(share_of(kept, len(right))),
    }


def _above(score: float) -> float:
    """The next value with four digits that cuts this score."""
    return round(min(1.0, int(score * 1e4) / 1e4 + 1e-4), 4)


def drift(now: Share, before: Share) -> str:
    """better, worse or same: only where the intervals do not overlap is it more than chance."""
    if now.low > before.high:
        return "better"
    return "worse" if now.high < before.low else "same"
