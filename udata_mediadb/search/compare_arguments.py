"""What a comparison of two pictures takes."""

from dataclasses import replace
from typing import Any

from ..recognition.match.overlay import VIEWS, View
from ..web.arguments import Argument
from ..web.readers import parse_json, positive_number, read_texts
from .arguments import APPLICATION, REGION
from .overlays import FORMATS, SIDE_MAX_PX, SIDE_MIN_PX, SIDE_PX, Format
from .regions import read_region


def _read_ids(value: Any) -> list[str]:
    """Ids: a list, or text with commas."""
    return [one for one in read_texts(value) if one]


def read_urls(value: Any) -> list[str]:
    """A list of addresses, also as JSON text, or one as it is: it may have commas."""
    if isinstance(value, str):
        value = parse_json(value) if value.lstrip().startswith("[") else [value]
    return [one for one in read_texts(value) if one]


def _read_view(value: Any) -> View:
    for one in VIEWS:
        if value == one:
            return one
    raise ValueError(f"one of {', '.join(VIEWS)}")


def _read_format(value: Any) -> Format:
    for one in FORMATS:
        if value == one or (value == "jpg" and one == "jpeg"):
            return one
    raise ValueError(f"one of {', '.join(FORMATS)}")


def _read_size(value: Any) -> int:
    size = positive_number(value)
    if size is None or not SIDE_MIN_PX <= size <= SIDE_MAX_PX:
        raise ValueError(f"{SIDE_MIN_PX} to {SIDE_MAX_PX} pixels")
    return size


REFERENCE_REGION = Argument(
    "reference_region",
    "the same of the second picture",
    read=read_region,
    schema={"example": "0,0,0.5,1"},
)
# Two pictures: each of these may be given twice, the first of all is the query.
PAIR = (
    APPLICATION,
    Argument("query", "ids of kept queries, one or two", "array", read=_read_ids),
    Argument("media", "ids of stored media, one or two", "array", read=_read_ids),
    Argument("url", "where the portal fetches pictures, one or two", "array", read=read_urls),
    replace(REGION, description="of the first picture: only this part of it is compared"),
    REFERENCE_REGION,
)
PAIR_QUERY = (
    APPLICATION,
    Argument("query", "id of a kept query; repeat it for two", repeated=True),
    Argument("media", "id of a stored media; repeat it for two", repeated=True),
    *PAIR[-2:],
)
OVERLAY = (
    Argument(
        "view",
        "`side`: side by side; `over`: the second laid over the first; `difference`; `points`: "
        "side by side, with lines between points that agree",
        read=_read_view,
        schema={"enum": list(VIEWS), "default": VIEWS[0]},
    ),
    Argument(
        "format", "png or jpeg", read=_read_format, schema={"enum": list(FORMATS), "default": "png"}
    ),
    Argument(
        "size",
        "pixels of the long side of each picture, 64 to 1,024",
        "integer",
        read=_read_size,
        schema={"minimum": SIDE_MIN_PX, "maximum": SIDE_MAX_PX, "default": SIDE_PX},
    ),
)
