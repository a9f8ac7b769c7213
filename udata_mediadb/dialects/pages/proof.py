"""The proof of a match as pages draw it: frames in both pictures, and one laid over the other."""

from typing import Any

from ...recognition.signature import Comparison

Size = tuple[int, int]


def boxes(proof: Comparison | None, query: Size, stored: Size) -> dict[str, str] | None:
    """What the two share as polygons in their own pixels: for `query` and `reference`."""
    if proof is None or not proof.details.get("query"):
        return None
    return {
        side: _polygon(proof.details[side]["matchingBox"]["points"], size)
        for side, size in (("query", query), ("reference", stored))
    }


def homography(proof: Comparison | None) -> str | None:
    """Nine numbers, in fractions of both pictures: where each point of the stored one lies in the
    query. None without a proof."""
    if proof is None or not proof.details.get("homography_normalized"):
        return None
    return " ".join(f"{value:.9g}" for value in proof.details["homography_normalized"])


def _polygon(points: Any, size: Size) -> str:
    return " ".join(f"{x * size[0]:.1f},{y * size[1]:.1f}" for x, y in points)
