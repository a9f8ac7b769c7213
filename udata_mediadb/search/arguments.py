"""What a search takes."""

import re
from dataclasses import replace
from typing import Any

from ..filters.arguments import FILTERS
from ..filters.conditions import read_conditions
from ..hosts.related import read_related
from ..media.arguments import METADATA
from ..recognition.colors import ColorsDescription, read_palette
from ..recognition.looking import THOROUGH, Thorough
from ..web.arguments import Argument
from ..web.page_arguments import PAGE_ARGUMENTS
from ..web.readers import parse_json, read_flag, read_keywords, read_metadata, read_share
from .regions import read_region


def _read_text(value: Any) -> str | None:
    if not isinstance(value, str):
        raise ValueError("an id is text")
    return value or None


def _read_palette(value: Any) -> ColorsDescription:
    """A palette, also as JSON text in a form."""
    return read_palette(parse_json(value) if isinstance(value, str) else value)


def _read_names(value: Any) -> list[str]:
    if isinstance(value, str):
        value = parse_json(value) if value.lstrip().startswith("[") else value.split(",")
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError("signatures are a list of names, or one text with commas")
    return [name for item in value if (name := item.strip())]


def _read_thorough(value: Any) -> Thorough:
    for one in THOROUGH:
        if value == one:
            return one
    raise ValueError(f"one of {', '.join(THOROUGH)}")


def _read_collapse(value: Any) -> bool:
    if value != COLLAPSED:
        raise ValueError(f"{COLLAPSED}, or nothing")
    return True


class QueryId(str):
    """The id of a kept query, where `query` is not an object of conditions."""

    __slots__ = ()


def read_query(value: Any) -> QueryId | dict[str, Any]:
    """An id, or conditions as an object or its JSON text."""
    if isinstance(value, str) and _QUERY_ID.fullmatch(value):
        return QueryId(value)
    return read_conditions(value)


_QUERY_ID = re.compile(r"[\w-]{32}", re.ASCII)
COLLAPSED = "duplicates"
_SHARE = {"minimum": 0, "maximum": 1}
APPLICATION = Argument(
    "application",
    "where to search; default: that of the api-key, of the media, or your only one",
    read=_read_text,
)
COLLECTION = Argument("collection", "only among media that this collection holds", read=_read_text)
SMART_COLLECTION = Argument(
    "smart_collection", "only among media that this smart collection holds", read=_read_text
)
MIN_SCORE = Argument(
    "min_score",
    "only hits whose `score` is at least this, 0 to 1 "
    "([what that means](../explanation/decisions-and-scores.md))",
    "number",
    read=read_share,
    schema=_SHARE,
)
SIGNATURES = Argument(
    "signatures",
    "names; default: all of the application",
    "array",
    read=_read_names,
    schema={"items": {"type": "string"}, "example": ["match"]},
)
COLLAPSE = Argument(
    "collapse",
    "`duplicates`: of hits that show the same picture the best one alone, the others in its "
    "`duplicates`: the same bytes, [proven duplicates](duplicates.md), and, where similarity is "
    "asked, edited copies",
    read=_read_collapse,
    schema={"enum": [COLLAPSED]},
)
BLEND = Argument(
    "blend",
    "0 to 1, the share of colors in one ranking with similarity: the same kind of picture in the "
    "same colours",
    "number",
    read=read_share,
    schema=_SHARE,
)
MEDIA = Argument("media", "the id of a stored media, in place of a picture", read=_read_text)
# Each property of a search, by the value that it is a part of.
PLACES = (APPLICATION, MEDIA, COLLECTION, SMART_COLLECTION)
CRITERIA = (
    Argument(
        "keywords",
        "only among media that have all of these",
        "array",
        read=read_keywords,
        schema={"items": {"type": "string"}},
    ),
    Argument(
        "metadata",
        "only among media that meet all of these; a list means any of its values",
        "object",
        read=read_metadata,
        schema=METADATA.schema,
    ),
    Argument(
        "related",
        "only among media that illustrate these objects of the portal, in the forms above",
        "array",
        read=read_related,
        schema={"items": {"type": "object"}},
    ),
    Argument(
        "query",
        "the id of a [kept query](#coming-back-to-a-search), in place of a picture; or an object: "
        "only among media that meet these [conditions](collections.md#queries)",
        "object",
        read=read_query,
    ),
)
COMPARING = (
    MIN_SCORE,
    Argument(
        "min_box",
        "share of a stored picture that the query must show for a match, 0 to 1, usually 0.01; "
        "larger values leave out pictures that share only a logo or a watermark, smaller ones find "
        "more; where it is given, shared parts are shown too",
        "number",
        read=read_share,
        schema=_SHARE,
    ),
    SIGNATURES,
    Argument(
        "palette",
        "colours to look for, see [below](#colours); alone or in place of the picture's own",
        "array",
        read=_read_palette,
        schema={
            "items": {
                "type": "object",
                "properties": {"color": {"type": "string"}, "weight": {"type": "number"}},
            },
            "example": [{"color": "#1a4f8a", "weight": 0.4}],
        },
    ),
    BLEND,
    Argument(
        "thorough",
        "`auto` (default, or what the application's option `default.thorough` says): where what "
        "was found does not explain the picture, its parts are looked at on their own, so that a "
        "collage, a screen or a page finds what it shows; `always`: in any case, also for `media`; "
        "`never`: one look",
        read=_read_thorough,
        schema={"enum": list(THOROUGH)},
    ),
    Argument(
        "include_shared",
        "`true` also shows pictures that share no more than a logo, a band, a watermark or a frame "
        "with this one (`shared_part`), below every copy",
        "boolean",
        read=read_flag,
    ),
    Argument(
        "include_rejected",
        "`true` shows candidates that were looked at and refused, too",
        "boolean",
        read=read_flag,
    ),
    COLLAPSE,
)
CONDITIONS = Argument(
    "conditions",
    "the same as an object in `query`, beside the id of a kept query",
    "object",
    read=read_conditions,
)
REGION = Argument(
    "region",
    "only this part of the picture is looked for, as if the rest did not exist: `x,y,w,h` in "
    "fractions, or `pct:x,y,w,h` in percents as in IIIF",
    read=read_region,
    schema={"example": "0.25,0.25,0.5,0.5"},
)
URL = Argument("url", "where the portal fetches the picture, in place of a file")
SEARCH_QUERY = (*PLACES, REGION, *CRITERIA, CONDITIONS, *COMPARING, *PAGE_ARGUMENTS)
SEARCH_BODY = (*PLACES, REGION, *CRITERIA, CONDITIONS, *COMPARING, URL, *PAGE_ARGUMENTS)
_UNEXPLAINED = ("palette", "blend", "signatures", "collapse")
_EXPLAINED = tuple(one for one in COMPARING if one.name not in _UNEXPLAINED)
EXPECTED = replace(MEDIA, description="the id of the stored media that you expected", required=True)
EXPLAIN_QUERY = (APPLICATION, EXPECTED, *PLACES[2:], REGION, *CRITERIA, CONDITIONS, *_EXPLAINED)
EXPLAIN_BODY = (*EXPLAIN_QUERY, URL)
SIMILAR = (
    *PAGE_ARGUMENTS,
    REGION,
    BLEND,
    MIN_SCORE,
    COLLAPSE,
    SIGNATURES,
    COLLECTION,
    SMART_COLLECTION,
)
COLOR = Argument("color", "a colour to count; repeat it for several", repeated=True)
SUMMARY = (
    Argument("application", "the application's id; default: your only one"),
    *FILTERS,
    Argument("collection", "only media in this collection"),
    COLOR,
)
PICTURE_COLORS = (APPLICATION, URL, REGION)
