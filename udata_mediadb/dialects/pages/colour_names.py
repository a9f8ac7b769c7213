"""Colours as pages name them: a dozen to choose from, others by their hexadecimal digits."""

from collections.abc import Mapping

from .languages import gettext, marked

# Name in an address, what it is called, and the colour itself (sRGB).
COLOURS: Mapping[str, tuple[str, str]] = {
    "red": (marked("red"), "#c8202a"),
    "orange": (marked("orange"), "#e8761c"),
    "yellow": (marked("yellow"), "#f0cd2e"),
    "green": (marked("green"), "#3d8c40"),
    "teal": (marked("turquoise"), "#2aa198"),
    "blue": (marked("blue"), "#2a5fb0"),
    "purple": (marked("violet"), "#6b3fa0"),
    "pink": (marked("pink"), "#e58bb0"),
    "brown": (marked("brown"), "#7a5230"),
    "white": (marked("white"), "#ffffff"),
    "gray": (marked("grey"), "#8a8a8a"),
    "black": (marked("black"), "#101010"),
}


def colour_of(text: str) -> tuple[str, str]:
    """What to call a colour of an address, and the colour itself; another text as it is."""
    if text in COLOURS:
        name, value = COLOURS[text]
        return gettext(name), value
    digits = text.removeprefix("#").lower()
    is_hex = len(digits) == 6 and all(one in "0123456789abcdef" for one in digits)
    return (f"#{digits}",) * 2 if is_hex else (text, text)
