"""The properties of a search request -> what to search with."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..filters.compose import Criteria
from ..filters.conditions import read_conditions
from ..hosts.related import read_related
from ..recognition.colors import ColorsDescription, read_palette
from ..web.readers import (
    parse_json,
    read_flag,
    read_keywords,
    read_metadata,
    read_properties,
    read_share,
)
from .query import Comparing


@dataclass(frozen=True)
class SearchRequest:
    """What a client asks for, checked in form.

    `application`, `collection`, `smart_collection`: where to search. `media`: the id of a stored
    one that is looked for.
    """

    application: str | None = None
    media: str | None = None
    collection: str | None = None
    smart_collection: str | None = None
    criteria: Criteria = field(default_factory=Criteria)
    comparing: Comparing = field(default_factory=Comparing)

    @property
    def has_criteria(self) -> bool:
        """Whether it names what media must meet: without a picture that alone is a search."""
        return bool(self.collection or self.smart_collection or self.criteria)


def read_search(properties: Mapping[str, Any]) -> SearchRequest:
    """The request in these properties; InvalidFields names every bad one."""
    clean = read_properties(properties, {**_PLACES, **_CRITERIA, **_COMPARING})

    def those(names: Iterable[str]) -> dict[str, Any]:
        return {name: clean[name] for name in names if name in clean}

    return SearchRequest(
        **those(_PLACES),
        criteria=Criteria(**those(_CRITERIA)),
        comparing=Comparing(**those(_COMPARING)),
    )


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


# Each property with its reader, by the value that it is a part of.
_PLACES: Mapping[str, Callable[[Any], Any]] = {
    "application": _read_text,
    "media": _read_text,
    "collection": _read_text,
    "smart_collection": _read_text,
}
_CRITERIA: Mapping[str, Callable[[Any], Any]] = {
    "keywords": read_keywords,
    "metadata": read_metadata,
    "query": read_conditions,
    "related": read_related,
}
_COMPARING: Mapping[str, Callable[[Any], Any]] = {
    "signatures": _read_names,
    "palette": _read_palette,
    "blend": read_share,
    "include_rejected": read_flag,
    "include_shared": read_flag,
    "min_score": read_share,
    "min_box": read_share,
}
