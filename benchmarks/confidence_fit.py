"""The confidence of an accepted picture, fitted on searches of which the truth is known."""

from collections.abc import Sequence

import numpy as np

from udata_mediadb.recognition.signature import Comparison

SAME_AGREEMENT, SAME_OVERLAP = 0.9, 0.5
LEAST_AGREEMENT, NFA_CAP = 0.02, 300.0  # as in `confidence.py`
RIDGE = 1e-4


def is_same(comparison: Comparison) -> bool:
    """Whether this is the same picture, stored twice."""
    agreement, overlap = (comparison.details[name] for name in ("agreement", "overlap"))
    return agreement is None or (agreement >= SAME_AGREEMENT and overlap >= SAME_OVERLAP)


def fitted(
    right: Sequence[Comparison], strangers: Sequence[Sequence[Comparison]]
) -> tuple[float, float, float]:
    """Start, per nfa and per logit of the agreement, of the decades that `confidence.py` computes.

    A logistic regression tells right from wrong pairs; the tail of the best wrong pair of each
    search gives its scale.
    """
    strangers = [[one for one in found if by_keypoints(one)] for found in strangers]
    copies = [features(one) for one in right if by_keypoints(one)]
    wrong = [features(one) for found in strangers for one in found]
    weights = regression(np.array(copies), np.array(wrong))
    best = np.sort(
        [max((features(one) @ weights for one in f), default=-np.inf) for f in strangers]
    )
    best = best[np.isfinite(best)][::-1]
    decades = -np.log10(np.arange(1, len(best) + 1) / len(strangers))
    slope, start = np.polyfit(best, decades, 1)
    return float(start), float(slope * weights[0]), float(slope * weights[1])


def by_keypoints(comparison: Comparison) -> bool:
    """Whether keypoints are the evidence: what greys alone prove has one number for all."""
    return bool(comparison.details["inliers"] and comparison.details["agreement"])


def features(comparison: Comparison) -> np.ndarray:
    """nfa up to its cap, and the logit of the agreement."""
    nfa, agreement = comparison.details["nfa"], comparison.details["agreement"]
    share = min(max(agreement, LEAST_AGREEMENT), 1 - LEAST_AGREEMENT)
    return np.array([min(nfa, NFA_CAP), np.log(share / (1 - share))])


def regression(right: np.ndarray, wrong: np.ndarray) -> np.ndarray:
    """(2,) weights of a logistic regression, both kinds counting as much; Newton's method."""
    rows = np.concatenate([right, wrong])
    rows = np.concatenate([rows, np.ones((len(rows), 1))], axis=1)
    truth = np.r_[np.ones(len(right)), np.zeros(len(wrong))]
    mass = np.where(truth == 1, 0.5 / len(right), 0.5 / len(wrong))
    weights = np.zeros(3)
    for _ in range(50):
        chance = 1 / (1 + np.exp(-np.clip(rows @ weights, -30, 30)))
        slope = rows.T @ (mass * (truth - chance)) - RIDGE * weights
        curve = (rows * (mass * chance * (1 - chance))[:, None]).T @ rows + RIDGE * np.eye(3)
        weights = weights + np.linalg.solve(curve, slope)
    return weights[:2]


def upper_bound(seen: int, trials: int) -> float:
    """95 % upper bound of a rate (Wilson's score; the rule of three where nothing was seen)."""
    if not seen:
        return 3 / trials
    z, share = 1.645, seen / trials
    middle = share + z * z / (2 * trials)
    spread = z * np.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    return float((middle + spread) / (1 + z * z / trials))
