"""The properties of a search request -> what to search with."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..properties import parse_json, read_keywords, read_metadata, read_properties


@dataclass(frozen=True)
class SearchRequest:
    """What a client asks for, checked in form."""

    application: str | None = None
    media: str | None = None
    keywords: list[str] = field(default_factory=list)
    metadata: dict[str, Any] = field(default_factory=dict)
    signatures: list[str] = field(default_factory=list)
    include_rejected: bool = False


def read_search(properties: Mapping[str, Any]) -> SearchRequest:
    """The request in these properties; InvalidFields names every bad one."""
    readers = {
        "application": _read_text,
        "media": _read_text,
        "keywords": read_keywords,
        "metadata": read_metadata,
        "signatures": _read_names,
        "include_rejected": _read_flag,
    }
    return SearchRequest(**read_properties(properties, readers))


def _read_text(value: Any) -> str | None:
    if not isinstance(value, str):
        raise ValueError("an id is text")
    return value or None


def _read_names(value: Any) -> list[str]:
    if isinstance(value, str):
        value = parse_json(value) if value.lstrip().startswith("[") else value.split(",")
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError("signatures are a list of names, or one text with commas")
    return [name for item in value if (name := item.strip())]


def _read_flag(value: Any) -> bool:
    text = json.dumps(value) if isinstance(value, bool | int) else str(value).strip().lower()
    if text in ("true", "1", "yes"):
        return True
    if text in ("false", "0", "no", ""):
        return False
    raise ValueError("true or false")
