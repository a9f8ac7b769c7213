"""Colours as text: `#rgb`, `#rrggbb` and the 148 names of CSS (CSS Color Module Level 4, 6.1).

Pillow knows more forms (`hsl()`, an alpha); they are not taken, as text may be a list with commas.
"""

import re

from PIL import ImageColor

from .description import RGB

_HEX = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})")
_SECOND_NAMES = re.compile(r"aqua|fuchsia|.*grey")


def _rgb(text: str) -> RGB:
    red, green, blue = ImageColor.getrgb(text)[:3]
    return red, green, blue


COLOURS: dict[str, RGB] = {name: _rgb(name) for name in sorted(ImageColor.colormap)}
# One name for each colour: aqua, fuchsia and the greys with an e are synonyms
DISTINCT: dict[str, RGB] = {
    name: rgb for name, rgb in COLOURS.items() if not _SECOND_NAMES.fullmatch(name)
}


def parse(text: str) -> RGB:
    """sRGB of "#1a4f8a", "#fa3" or a CSS name, in any case; ValueError for anything else."""
    wanted = text.strip().lower()
    if wanted not in COLOURS and not _HEX.fullmatch(wanted):
        raise ValueError(
            f"{text[:40]!r} is not a color: give #rgb, #rrggbb or a CSS name such as navy"
        )
    return _rgb(wanted)


def hex_of(rgb: "RGB | list[int]") -> str:
    """'#rrggbb'."""
    red, green, blue = rgb
    return f"#{red:02x}{green:02x}{blue:02x}"
