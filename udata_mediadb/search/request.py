"""The properties of a search request -> what to search with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..filters.conditions import read_conditions
from ..filters.terms import number_of
from ..hosts.related import Related, read_related
from ..recognition.colors import ColorsDescription, read_palette
from ..web.readers import parse_json, read_flag, read_keywords, read_metadata, read_properties


@dataclass(frozen=True)
class SearchRequest:
    """What a client asks for, checked in form."""

    application: str | None = None
    media: str | None = None
    keywords: list[str] = field(default_factory=list)
    metadata: dict[str, Any] = field(default_factory=dict)
    signatures: list[str] = field(default_factory=list)
    include_rejected: bool = False
    collection: str | None = None
    smart_collection: str | None = None
    query: dict[str, Any] = field(default_factory=dict)
    min_score: float = 0.0
    palette: ColorsDescription | None = None
    blend: float | None = None
    related: list[Related] = field(default_factory=list)
    min_box: float | None = None


def read_search(properties: Mapping[str, Any]) -> SearchRequest:
    """The request in these properties; InvalidFields names every bad one."""
    readers = {
        "application": _read_text,
        "media": _read_text,
        "keywords": read_keywords,
        "metadata": read_metadata,
        "signatures": _read_names,
        "include_rejected": read_flag,
        "collection": _read_text,
        "smart_collection": _read_text,
        "query": read_conditions,
        "min_score": read_score,
        "palette": read_palette_field,
        "blend": read_share,
        "related": read_related,
        "min_box": read_share,
    }
    return SearchRequest(**read_properties(properties, readers))


def _read_text(value: Any) -> str | None:
    if not isinstance(value, str):
        raise ValueError("an id is text")
    return value or None


def read_score(value: Any) -> float:
    """A number from 0 to 1, also as text."""
    score = number_of(value)
    if score is None or not 0 <= score <= 1:
        raise ValueError("a score is a number from 0 to 1")
    return score


def read_share(value: Any) -> float:
    """A number from 0 to 1, also as text."""
    share = number_of(value)
    if share is None or not 0 <= share <= 1:
        raise ValueError("a share is a number from 0 to 1")
    return share


def read_palette_field(value: Any) -> ColorsDescription:
    """A palette, also as JSON text in a form."""
    return read_palette(parse_json(value) if isinstance(value, str) else value)


def _read_names(value: Any) -> list[str]:
    if isinstance(value, str):
        value = parse_json(value) if value.lstrip().startswith("[") else value.split(",")
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError("signatures are a list of names, or one text with commas")
    return [name for item in value if (name := item.strip())]
