"""What a palette query asks for: JSON -> description, in the same space as the pictures.

`[{"color": "#1a4f8a", "weight": 0.3}, {"color": "white", "weight": 0.2}]`. A weight is a share of
the picture. What the weights leave up to 1 is the *wildcard*: it may be anything.
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from .css import hex_of, parse
from .description import RGB, ColorsDescription
from .embedding import embed
from .oklab import from_rgb

MOST_COLORS = 10  # TinEye's MulticolorEngine gives at most as many
WILDCARD = "*"
LEAST_WEIGHT, MOST_WEIGHT = 0.0001, 1_000_000  # what float32 keeps apart
# Shares such as .33 + .33 + .33 are meant to fill the picture
_ROUNDED = 0.02
_COLOR_KEYS = ("color", "hex")  # the second as `summary.colors_of` gives it
_KEYS = frozenset({*_COLOR_KEYS, "weight", "name", "class", "rank"})


def read_palette(value: Any) -> ColorsDescription:
    """The description of a palette query; ValueError that names the fault.

    `value`: a list of 1 to 10 objects `{"color": hex or CSS name, "weight": number}`, or of the
    colours alone. Without any weight all colours have the same and fill the picture. Weights up to
    a sum of 1 are shares and the rest is the wildcard; above 1 (also percents) only their
    proportions count, and there is no wildcard unless one is named: `{"color": "*", "weight": 40}`.
    Where some colours have no weight they share what the others leave up to 1. The same colour
    twice adds up.
    """
    asked = [_colour_and_weight(entry) for entry in _entries(value)]
    shares: dict[RGB, float] = {}
    for (colour, _), weight in zip(asked, _shares([weight for _, weight in asked]), strict=True):
        if colour is not None:
            shares[colour] = shares.get(colour, 0.0) + weight
    if not shares:
        raise ValueError(f"the palette has no color beside the wildcard {WILDCARD!r}")
    return _description(shares)


def _entries(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError(
            'a palette is a list such as [{"color": "#1a4f8a", "weight": 0.6}], not '
            + type(value).__name__
        )
    if not 1 <= len(value) <= MOST_COLORS:
        raise ValueError(f"a palette has 1 to {MOST_COLORS} colors, not {len(value)}")
    return value


def _colour_and_weight(entry: Any) -> tuple[RGB | None, float | None]:
    """Colour, None for the wildcard, and weight, None where there is none."""
    if isinstance(entry, str):
        entry = {"color": entry}
    if not isinstance(entry, Mapping):
        raise ValueError(f'a color of a palette is {{"color": …, "weight": …}}, not {entry!r:.60}')
    unknown = [key for key in entry if key not in _KEYS]
    if unknown:
        raise ValueError(f"a color of a palette has color and weight, not {unknown[0]!r:.40}")
    text = next((entry[key] for key in _COLOR_KEYS if key in entry), None)
    if not isinstance(text, str):
        raise ValueError(
            f"a color of a palette is text such as '#1a4f8a' or 'navy', not {text!r:.40}"
        )
    colour = None if text.strip() == WILDCARD else parse(text)
    return colour, _weight(entry.get("weight"), text)


def _weight(weight: Any, text: str) -> float | None:
    if weight is None:
        return None
    if isinstance(weight, bool) or not isinstance(weight, int | float):
        raise ValueError(f"the weight of {text[:40]!r} is a number, not {weight!r:.40}")
    if not LEAST_WEIGHT <= weight <= MOST_WEIGHT:  # so is NaN
        raise ValueError(
            f"the weight of {text[:40]!r} is above 0 ({LEAST_WEIGHT} to {MOST_WEIGHT}), "
            f"not {weight!r:.40}"
        )
    return float(weight)


def _shares(weights: list[float | None]) -> list[float]:
    """Weights as shares of the picture; their sum is at most 1, less leaves a wildcard."""
    given = [weight for weight in weights if weight is not None]
    total = math.fsum(given)
    without = len(weights) - len(given)
    if without and total >= 1:
        raise ValueError(
            f"{without} of {len(weights)} colors have no weight and the others leave nothing; "
            "give all of them one"
        )
    rest = (1 - total) / without if without else 0.0
    shares = [rest if weight is None else weight for weight in weights]
    total = math.fsum(shares)
    return [share / total for share in shares] if total > 1 - _ROUNDED else shares


def _description(shares: Mapping[RGB, float]) -> ColorsDescription:
    order = sorted(shares, key=lambda colour: (-shares[colour], hex_of(colour)))
    swatches = np.array(order, np.uint8)
    weights = np.array([shares[colour] for colour in order], np.float32)
    missing = float(np.float32(1 - weights.sum()))
    if missing < _ROUNDED / 2:  # the wildcard was a rounding error
        missing, weights = 0.0, weights / weights.sum()
    vector = embed(from_rgb(swatches), weights)
    return ColorsDescription(swatches, weights, vector, missing=missing, asked=True)
