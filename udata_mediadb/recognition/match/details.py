"""A judged alignment -> the fields of the LTU guide's search answer, ready for JSON."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ..signature import Decision
from .alignment import Alignment
from .decision import Verdict
from .description import MatchDescription
from .geometry import Matrix, Points, normalised

CATEGORY = "LOCALMATCHING"  # LTU guide
DECISIONS: dict[Decision, str] = {  # LTU guide
    "clone": "Clone",
    "match": "Match",
    "shared_part": "Rejection due to shape of the matching box",
    "rejected_geometry": "Rejection due to geometric test",
    "rejected_box": "Rejection due to shape of the matching box",
}
_SMALLEST_DISC_PX = 4.0
_NOISE = 1e-12  # what is left of an exact zero after three products of float64
_DIGITS = 9  # of a homography's coefficients: 1e-9 of 512 px is far below any keypoint's accuracy


def details(
    alignment: Alignment, verdict: Verdict, query: MatchDescription, reference: MatchDescription
) -> dict[str, Any]:
    """The details of one comparison; docs/explanation/match.md says what each field means."""
    homography = alignment.homography
    fractions = _in_fractions(homography, query.resized, reference.resized)
    agreed = verdict.agreement
    return {
        "decision": DECISIONS[verdict.decision],
        "category": CATEGORY,
        "reference": _side(reference, alignment.box, alignment.areas[0]),
        "query": _side(query, alignment.quad, alignment.areas[1]),
        "scores": {
            "boxPointsRatio": round(alignment.box_ratio, 4),
            "boxCoveredSurface": round(covered_surface(alignment), 4),
            "boxPointsRatioHomography": round(min(1.0, alignment.guided_ratio), 4),
            "matchStrength": round(verdict.weighted_strength, 4),
            "matchStrengthWithoutWeighting": round(verdict.strength, 4),
        },
        "distance": verdict.distance,
        "confidence": verdict.confidence,
        "false_accepts": verdict.false_accepts,
        "agreement": None if agreed is None else round(agreed.share, 4),
        "overlap": None if agreed is None else round(agreed.overlap, 4),
        "homography": {
            "source": "reference",
            "destination": "query",
            "coefficients": _coefficients(homography),
        },
        "homography_normalized": _coefficients(fractions),
        "mirrored": alignment.mirrored,
        "negative": alignment.negative,
        "inliers": len(alignment.source),
        "nfa": round(alignment.nfa, 4),
    }


def points(
    alignment: Alignment, query: MatchDescription, reference: MatchDescription
) -> NDArray[np.float64]:
    """(k, 4) x, y in the query and in the reference of the keypoints that agree, in fractions."""
    seen = (alignment.target + 0.5) / np.array(query.resized)
    known = (alignment.source + 0.5) / np.array(reference.resized)
    return np.hstack([seen, known])


def covered_surface(alignment: Alignment) -> float:
    """Share of the reference's box that the discs of the agreeing keypoints cover."""
    low, high = np.floor(alignment.box[0]), np.ceil(alignment.box[2])
    width, height = (high - low + 1).astype(int)
    covered = np.zeros((int(height), int(width)), np.uint8)
    radii = np.maximum(alignment.radius, _SMALLEST_DISC_PX)
    for (x, y), radius in zip(np.round(alignment.source - low), radii, strict=True):
        cv2.circle(covered, (int(x), int(y)), round(float(radius)), 1, cv2.FILLED)
    return float(covered.mean())


def _side(description: MatchDescription, corners: Points, area: float) -> dict[str, Any]:
    fractions = (corners + 0.5) / np.array(description.resized)
    return {
        "resizedDimensions": [float(side) for side in description.resized],
        "originalDimensions": [float(side) for side in description.original],
        "matchingBox": {
            "points": [[round(float(x), 4), round(float(y), 4)] for x, y in fractions],
            "area": round(min(1.0, area), 4),
        },
    }


def _in_fractions(homography: Matrix, query: tuple[int, int], reference: tuple[int, int]) -> Matrix:
    """The same map between fractions of width and height (0 and 1 at the picture's edges)."""
    return normalised(_to_fractions(query) @ homography @ np.linalg.inv(_to_fractions(reference)))


def _to_fractions(frame: tuple[int, int]) -> Matrix:
    width, height = frame
    return np.array([[1 / width, 0, 0.5 / width], [0, 1 / height, 0.5 / height], [0, 0, 1]])


def _coefficients(matrix: Matrix) -> list[float]:
    """Noise as zero, and one zero: JSON clients have been seen to compare texts."""
    values = [0.0 if abs(value) < _NOISE else float(value) for value in matrix.ravel()]
    return [float(f"{value:.{_DIGITS}g}") for value in values]
