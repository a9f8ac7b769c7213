"""Colours to show: those of a picture, those of many together, and in how many each occurs."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .css import hex_of
from .description import ColorsDescription
from .naming import Color, class_of, name_of, rank_of, rgb_of
from .oklab import from_rgb, to_rgb
from .palette import extract
from .points import weighted_histogram

# a choice: docs/explanation/colors.md, "Names, classes, many pictures"
ALIKE = 0.12  # distance within which a swatch counts as the colour
LEAST_SHARE = 0.02
LARGE_SHARE = 0.5


def colors_of(description: ColorsDescription) -> list[dict[str, Any]]:
    """The palette for JSON, heaviest first: hex, weight (0 to 1), name, class and rank.

    Without the background; `description.with_background()` has it.
    """
    return _listed(description.swatches, description.weights)


def background_of(description: ColorsDescription) -> dict[str, Any] | None:
    """What was ignored as background, as in `colors_of`, with its share of the whole picture."""
    if description.background is None:
        return None
    share = np.array([description.background_share], np.float32)
    return _listed(np.array([description.background], np.uint8), share)[0]


def combined_colors(
    descriptions: Iterable[ColorsDescription], most: int = 10
) -> list[dict[str, Any]]:
    """The palette of many pictures together, each with the same weight; [] for none.

    The same method as for the pixels of one picture, on all swatches.
    """
    every = list(descriptions)
    if not every:
        return []
    swatches = np.concatenate([description.swatches for description in every])
    weights = np.concatenate([description.weights for description in every])
    points, shares = extract(*weighted_histogram(swatches, weights), most)
    return _listed(to_rgb(points), shares)


def count_colors(
    descriptions: Iterable[ColorsDescription], colors: Sequence[Color]
) -> list[dict[str, Any]]:
    """For each colour (hex, CSS name or sRGB), how many pictures have it.

    `any`: pictures of which it takes at least 2 %; `large`: those of which it takes at least half.
    """
    every = list(descriptions)
    lengths = [len(description) for description in every]
    owner = np.repeat(np.arange(len(every)), lengths)
    swatches = np.concatenate([np.zeros((0, 3), np.uint8), *(d.swatches for d in every)])
    weights = np.concatenate([np.zeros(0, np.float32), *(d.weights for d in every)])
    points = from_rgb(swatches)
    counts = []
    for color in colors:
        rgb = rgb_of(color)
        near = np.linalg.norm(points - from_rgb(rgb), axis=1) <= ALIKE
        share = np.bincount(owner[near], weights[near], len(every))
        counts.append(
            {
                "hex": hex_of(rgb[0].tolist()),
                "name": name_of(color),
                "any": int(np.count_nonzero(share >= LEAST_SHARE)),
                "large": int(np.count_nonzero(share >= LARGE_SHARE)),
            }
        )
    return counts


def _listed(swatches: NDArray[np.uint8], weights: NDArray[np.float32]) -> list[dict[str, Any]]:
    listed = []
    for swatch, weight in zip(swatches.tolist(), weights.tolist(), strict=True):
        rgb = (swatch[0], swatch[1], swatch[2])
        listed.append(
            {
                "hex": hex_of(rgb),
                "weight": round(weight, 4),
                "name": name_of(rgb),
                "class": class_of(rgb),
                "rank": rank_of(rgb),
            }
        )
    return listed
