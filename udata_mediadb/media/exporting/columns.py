"""The columns of an export, from a media as MongoDB has it; and a row of them as properties.

What can be said of a media comes first, in the form that `POST media/` and an import take; what is
only known of it comes behind.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ...hosts.about import ABOUT, PUBLISHING
from ...hosts.licences import Licence
from ...hosts.related import Related, loaded
from ...mongo.clock import utc
from ...sources.cells import from_cell
from ...web.about_readers import DEFAULT
from ..about import BY_LANGUAGE, attribution

SAID = tuple(one.name for one in (*ABOUT, *PUBLISHING))
CHANGEABLE = ("name", "external_id", "keywords", "metadata", *SAID, "related")
FACTS = ("filename", "md5", "sha256", "size", "width", "height", "format", "owner")
_TIMES = ("created_at", "updated_at")
COLUMNS = (
    *("id", "application"),
    *CHANGEABLE,
    "collections",
    *FACTS,
    *_TIMES,
    *("uri", "url", "attribution"),
)
# What a row is made of: nothing of what the file says (`embedded`).
FIELDS = ("_id", "application", "name", "external_id", "keywords", "metadata", "about", "related")
PROJECTION = dict.fromkeys((*FIELDS, "collections", *FACTS, *_TIMES), 1)


@dataclass(frozen=True)
class Links:
    """`uri`, `url`: of a media and of its picture, for a media's id."""

    uri: Callable[[str], str]
    url: Callable[[str], str]


def values(
    media: Mapping[str, Any], links: Links, licences: Mapping[str, Licence]
) -> dict[str, Any]:
    """A row with JSON's types, all columns, None for what there is not."""
    about = media.get("about", {})
    known = licences.get(about.get("licence", ""))
    line = attribution(about, media["name"], known)
    row: dict[str, Any] = {
        "id": media["_id"],
        **{name: media.get(name) for name in ("application", "name", "external_id", *FACTS)},
        **{name: _plain(about.get(name)) for name in SAID},
        "keywords": media.get("keywords", []),
        "metadata": media.get("metadata", {}),
        "related": [one.bare() for one in loaded(media.get("related", []))],
        "collections": media.get("collections", []),
        **{name: _plain(media.get(name)) for name in _TIMES},
        "uri": links.uri(media["_id"]),
        "url": links.url(media["_id"]),
        "attribution": line["text"] if line else None,
    }
    return {name: row[name] for name in COLUMNS}


def texts(row: Mapping[str, Any]) -> list[str]:
    """A row as texts, from which `properties_of` makes the same properties again."""
    return [_TEXTS.get(name, _text)(row[name]) for name in COLUMNS]


def properties_of(cells: Mapping[str, str]) -> dict[str, Any]:
    """What the cells of a row say that can be changed, as the body of a change has it.

    Columns that are absent are left out; an empty cell takes a field away.
    """
    return changes_of({name: from_cell(cell) for name, cell in cells.items() if cell is not None})


def changes_of(texts: Mapping[str, str]) -> dict[str, Any]:
    """The same of the texts that cells stand for."""
    found = {name: texts[name] for name in CHANGEABLE if name in texts}
    return {name: text or _EMPTY.get(name, text) for name, text in found.items()}


def _plain(value: Any) -> Any:
    return utc(value).isoformat() if isinstance(value, datetime) else value


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) if value else ""


def _by_language(value: Any) -> str:
    """A text that names no language as it is, where it would not be taken for JSON."""
    if value and set(value) == {DEFAULT} and not value[DEFAULT].startswith("{"):
        return str(value[DEFAULT])
    return _json(value)


def _words(value: Any) -> str:
    plain = ", ".join(value)
    is_plain = not any("," in word for word in value) and not plain.startswith("[")
    return plain if is_plain else _json(value)


def _place(value: Any) -> str:
    named = (value or {}).get("name", "")
    return named if value == {"name": named} and not named.startswith("{") else _json(value)


def references(related: Iterable[Related]) -> str:
    """What a media illustrates, as the cell of a row."""
    return _references([one.bare() for one in related])


def _references(value: Any) -> str:
    return ",".join(f"{one['class']}:{one['id']}" for one in value)


# What an empty cell means where no text is empty.
_EMPTY: Mapping[str, Any] = {"metadata": {}, "external_id": None}
_TEXTS: Mapping[str, Callable[[Any], str]] = {
    **dict.fromkeys(BY_LANGUAGE, _by_language),
    "keywords": _words,
    "collections": ",".join,
    "metadata": _json,
    "place": _place,
    "related": _references,
}
