"""What a client says of a part of a picture -> `imaging.Region`, in two forms."""

from typing import Any

from ..imaging import WHOLE, Region
from ..web.readers import number_of, parse_json

PERCENT = "pct:"  # IIIF Image API 3.0, 4.1
_ROUNDED = 0.001  # what numbers of three digits may lie beyond an edge, summed up
_FORM = "x,y,width,height in fractions of the upright picture, 0 to 1, or pct: and percents"


def read_region(value: Any) -> Region:
    """The region of `x,y,w,h`, of a list of four, or of IIIF's `pct:x,y,w,h`.

    ValueError for one without area, or beyond the picture; `pct:` is cut at the right and the lower
    edge, as IIIF has it.
    """
    x, y, width, height = _numbers(value)
    in_percent = isinstance(value, str) and value.strip().lower().startswith(PERCENT)
    if in_percent:
        x, y, width, height = (number / 100 for number in (x, y, width, height))
    if width <= 0 or height <= 0:
        raise ValueError("a region has an area")
    if min(x, y) < 0 or max(x, y) >= 1:
        raise ValueError(f"the region lies outside of the picture: {_FORM}")
    if not in_percent and max(x + width, y + height) > 1 + _ROUNDED:
        raise ValueError(f"the region goes beyond the picture: {_FORM}")
    return Region(x, y, min(width, 1 - x), min(height, 1 - y))


def part_of(region: Region | None) -> Region | None:
    """None for the whole picture, which is as good as no region."""
    return None if region == WHOLE else region


def as_text(region: Region) -> str:
    """As `read_region` reads it."""
    return ",".join(f"{one:.6g}" for one in (region.x, region.y, region.width, region.height))


def _numbers(value: Any) -> list[float]:
    if isinstance(value, str):
        text = value.strip()
        text = text[len(PERCENT) :] if text.lower().startswith(PERCENT) else text
        value = parse_json(text) if text.startswith("[") else text.split(",")
    if not isinstance(value, list) or len(value) != 4:
        raise ValueError(_FORM)
    numbers = [number_of(one) for one in value]
    if None in numbers:
        raise ValueError(_FORM)
    return [float(one) for one in numbers if one is not None]
