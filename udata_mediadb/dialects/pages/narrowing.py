"""P1: a list is narrowed by what is in its address; what it is narrowed by, and could be."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import request
from werkzeug.datastructures import MultiDict

from ...application.models import Application
from ...errors import InvalidFields
from ...filters.compose import Criteria, compose
from ...filters.query_string import METADATA_PREFIX, read_criteria
from ...hosts.current import current_host
from ...media.counts import current_counts
from ...media.cursors import NEWEST_FIRST
from ...media.facets import Counted, current_facets
from ...media.listing import active_in, list_page
from ...web.pages import PageRequest
from .colour_names import COLOURS, colour_of
from .languages import gettext, marked

NARROWED_BY = ("keyword", "color", "format", "licence", "orientation")
VALUES_SHOWN = 16
KEYS_SHOWN = 60
# A facet takes some 3 us for each picture of the list (`facets`): up to here it is counted for the
# first view, of longer lists when somebody asks for it.
COUNTED_AT_ONCE = 5_000
COMPARISONS: Mapping[str, tuple[str, str]] = {
    "is": ("", marked("is")),
    "gte": (".gte", marked("is at least")),
    "lte": (".lte", marked("is at most")),
    "ne": (".ne", marked("is not")),
}
_SIGNS = {"gte": "≥", "gt": ">", "lte": "≤", "lt": "<", "ne": "≠", "in": "∈"}
_ORIENTATION: Mapping[str, str] = {
    "landscape": marked("landscape"),
    "portrait": marked("portrait"),
    "square": marked("square"),
}


@dataclass(frozen=True)
class Chosen:
    """One condition: what it says, and the list without it."""

    name: str
    value: str
    words: str
    href: str
    hex: str | None = None


def chosen(args: MultiDict[str, str]) -> list[Chosen]:
    """What this list is narrowed by, beside words."""
    return [
        Chosen(name, value, _words(name, value), without(name, value), _hex(name, value))
        for name in args
        if name in NARROWED_BY or name.startswith(METADATA_PREFIX)
        for value in args.getlist(name)
        if value
    ]


def without_one(
    library: Application, args: MultiDict[str, str], conditions: list[Chosen]
) -> list[tuple[Chosen, int]]:
    """Of a list that holds nothing: how many there would be without each of its conditions."""
    found = []
    for one in conditions:
        fewer = MultiDict(
            (name, value)
            for name, value in args.items(multi=True)
            if (name, value) != (one.name, one.value)
        )
        total = count(library, read_criteria(fewer))
        if total and not fewer.getlist("color"):
            found.append((one, total))
    return found


def count(library: Application, criteria: Criteria) -> int:
    """How many meet it."""
    meeting = active_in([library.id], compose(criteria))
    counts = current_counts()
    one = PageRequest(1, 1)
    return list_page(
        meeting, NEWEST_FIRST, one, counts=counts, application=library.id
    ).total  # fmt: skip


def keywords_of(
    library: Application, meeting: Mapping[str, Any], total: int, *, asked: bool
) -> list[Counted]:
    """Keywords that the list could be narrowed by; of a long one, where known or asked for."""
    if total <= COUNTED_AT_ONCE or asked:
        counted = current_facets().count(library.id, meeting, "keywords")
    else:
        counted = current_facets().known(library.id, meeting, "keywords") or []
    held = request.args.getlist("keyword")
    return [one for one in counted if one.value not in held][:VALUES_SHOWN]


def ways(library: Application, meeting: Mapping[str, Any]) -> dict[str, Any]:
    """What else the list could be narrowed by."""

    def counted(name: str) -> list[Counted]:
        found = current_facets().count(library.id, meeting, name)
        return [one for one in found if one.value]

    formats, licences = counted("format"), counted("licence")
    return {
        "formats": [(one.value, one.value, one.count) for one in formats[:VALUES_SHOWN]],
        "licences": [(one.value, _licence(one.value), one.count) for one in licences],
        "orientations": {name: gettext(text) for name, text in _ORIENTATION.items()},
        "colours": {name: (gettext(text), value) for name, (text, value) in COLOURS.items()}
        if "colors" in library.signatures
        else {},
        "keys": [one.value for one in counted("metadata")[:KEYS_SHOWN]],
        "comparisons": {name: gettext(text) for name, (_, text) in COMPARISONS.items()},
    }


def asked_metadata() -> str | None:
    """The address of the list narrowed by the fields of the form; None where none was sent."""
    key, value = (request.args.get(name, "").strip() for name in ("key", "value"))
    if "key" not in request.args:
        return None
    how = request.args.get("how", "is")
    if how not in COMPARISONS:
        raise InvalidFields({"how": f"one of {', '.join(COMPARISONS)}"})
    pairs = [pair for pair in kept() if pair[0] not in ("key", "how", "value")]
    if key and value:
        pairs.append((f"{METADATA_PREFIX}{key}{COMPARISONS[how][0]}", value))
    return f"{request.path}?{urlencode(pairs)}"


def narrower(name: str, value: str) -> str:
    """The address of this list, narrowed further."""
    return f"{request.path}?{urlencode([*kept(), (name, value)])}"


def without(name: str, value: str) -> str:
    """The address of this list without one of its conditions."""
    return f"{request.path}?{urlencode([pair for pair in kept() if pair != (name, value)])}"


def kept(*dropped: str) -> list[tuple[str, str]]:
    """What the address says, but for the page and what just happened."""
    gone = ("page", "removed", "changed", "lang", *dropped)
    return [(k, v) for k, v in request.args.items(multi=True) if v and k not in gone]


def _words(name: str, value: str) -> str:
    if name == "color":
        return colour_of(value)[0]
    if name == "licence":
        return gettext("Licence: %(name)s") % {"name": _licence(value)}
    if name == "orientation" and value in _ORIENTATION:
        return gettext(_ORIENTATION[value])
    if not name.startswith(METADATA_PREFIX):
        return value
    key, _, comparison = name.removeprefix(METADATA_PREFIX).rpartition(".")
    if key and comparison in _SIGNS:
        return f"{key} {_SIGNS[comparison]} {value}"
    return f"{name.removeprefix(METADATA_PREFIX)}: {value}"


def _hex(name: str, value: str) -> str | None:
    return colour_of(value)[1] if name == "color" else None


def _licence(identifier: str) -> str:
    known = current_host().licences().get(identifier)
    return str(known.title) if known else identifier
