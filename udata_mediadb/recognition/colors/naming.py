"""Names of colours: the nearest of CSS, and one of 29 classes in the order of the hues."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from .css import DISTINCT, parse
from .description import RGB
from .oklab import CHROMA_SCALE, Points, from_rgb

Color = str | RGB

# (hue up to this angle of OKLab in degrees, its name): between the CSS colours of these names
_HUES = (
    (10.0, "pink"),
    (45.0, "red"),
    (87.0, "orange"),
    (122.0, "yellow"),
    (172.0, "green"),
    (227.0, "cyan"),
    (287.0, "blue"),
    (340.0, "purple"),
    (360.0, "pink"),
)
HUES = ("red", "orange", "yellow", "green", "cyan", "blue", "purple", "pink")
NEUTRALS = ("white", "light grey", "grey", "dark grey", "black")
# All classes; the place of one is its rank: round the circle of hues, then white to black
CLASSES = (
    *(f"{tint}{hue}" for hue in HUES for tint in ("light ", "", "dark ")),
    *NEUTRALS,
)
_LEAST_CHROMA = 0.03  # of OKLab; below, a colour is a grey (slategray has .032, silver 0)
_LIGHTEST_DARK = 0.33  # (max + min) / 2 of sRGB: pure hues have .5, navy and maroon .25
_DARKEST_LIGHT = 0.70  # lightblue has .79, pink .88
_BLACK_BELOW = 0.22  # L of OKLab: #1a1a1a
# L from which on: #f2f2f2 is white, #b4b4b4 light grey, #646464 grey
_NEUTRAL_FROM = ((0.955, "white"), (0.77, "light grey"), (0.50, "grey"))


def name_of(color: Color) -> str:
    """The nearest of the CSS names, by OKLab; `color`: hex, CSS name or sRGB."""
    names, points = _named()
    difference = points - from_rgb(rgb_of(color))
    return names[int((difference * difference).sum(axis=1).argmin())]


def class_of(color: Color) -> str:
    """One of `CLASSES`, such as "dark blue" or "light grey"."""
    red, green, blue = rgb_of(color)[0].tolist()
    lightness, a, b = from_rgb(rgb_of(color))[0].astype(np.float64) / (
        1,
        CHROMA_SCALE,
        CHROMA_SCALE,
    )
    if lightness < _BLACK_BELOW:
        return "black"
    if np.hypot(a, b) < _LEAST_CHROMA:
        return next((name for least, name in _NEUTRAL_FROM if lightness >= least), "dark grey")
    angle = np.degrees(np.arctan2(b, a)) % 360
    hue = next(name for end, name in _HUES if angle <= end)
    middle = (max(red, green, blue) + min(red, green, blue)) / (2 * 255)
    if middle < _LIGHTEST_DARK:
        return f"dark {hue}"
    return f"light {hue}" if middle > _DARKEST_LIGHT else hue


def rank_of(color: Color) -> int:
    """Place in the order of the hues, 0 to 28; see `CLASSES`."""
    return CLASSES.index(class_of(color))


def rgb_of(color: Color) -> NDArray[np.uint8]:
    """(1, 3) uint8 sRGB; ValueError for text that is no color."""
    return np.array([parse(color) if isinstance(color, str) else color], np.uint8)


@cache
def _named() -> tuple[list[str], Points]:
    return list(DISTINCT), from_rgb(np.array(list(DISTINCT.values()), np.uint8))
