"""The query string of a list of media -> criteria; `arguments` declares what it has."""

from typing import Any

from werkzeug.datastructures import MultiDict

from ..errors import InvalidFields
from ..hosts.related import read_related
from ..web.readers import number_of, read_properties
from .arguments import KEYWORD_NAMES
from .compose import Criteria
from .conditions import read_conditions
from .stored import COMPARISONS, EXACT, NAMES, read_fields

METADATA_PREFIX = "metadata."


def read_criteria(args: MultiDict[str, str]) -> Criteria:
    """`keyword`, `related` (repeatable: all must hold), `metadata.<key>` (repeatable: any), `q`.

    And the query that `metadata.<key>.<comparison>` and the stored fields ask for.

    InvalidFields for what is no reference, no number, no time.
    """
    named = [word for name in KEYWORD_NAMES for word in args.getlist(name)]
    keywords = [word for word in named if word.strip()]
    metadata, query = _metadata(args)
    texts = {"related": ",".join(args.getlist("related"))}
    related = read_properties(texts, {"related": read_related})["related"]
    fields = _fields(args)
    if fields:
        query.append({"fields": fields})
    return Criteria(keywords, metadata, args.get("q", ""), related, {"and": query} if query else {})


def _metadata(args: MultiDict[str, str]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Values by key, any of which holds, and the queries for comparisons."""
    values: dict[str, Any] = {}
    queries = []
    for name in args:
        key = name.removeprefix(METADATA_PREFIX)
        if not name.startswith(METADATA_PREFIX) or not key:
            continue
        path, _, comparison = key.rpartition(".")
        if not path or comparison not in (*COMPARISONS, "in", "ne"):
            values[key] = args.getlist(name)
        else:
            queries.append(_compared(name, path, comparison, args.getlist(name)))
    return values, queries


def _compared(name: str, path: str, comparison: str, sent: list[str]) -> dict[str, Any]:
    if comparison in COMPARISONS:
        number = number_of(sent[0])
        bound = sent[0] if number is None else number
        query: dict[str, Any] = {"range": {path: {comparison: bound}}}
    else:
        parts = (
            [one.strip() for text in sent for one in text.split(",")]
            if comparison == "in"
            else sent
        )
        held = {"metadata": _nested(path, parts)}
        query = held if comparison == "in" else {"not": held}
    try:
        return read_conditions(query)
    except ValueError as exc:
        raise InvalidFields({name: str(exc)}) from exc


def _nested(path: str, values: list[str]) -> dict[str, Any]:
    """`place.country` as metadata has it; a key holds no full stop."""
    first, _, rest = path.partition(".")
    return {first: _nested(rest, values) if rest else values}


def _fields(args: MultiDict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    errors = {}
    for name in args:
        field, _, comparison = name.partition(".")
        if field not in NAMES or not any(args.getlist(name)):
            continue
        values = args.getlist(name)
        wanted: Any = values if field in EXACT else values[0]
        if comparison:
            wanted = {**found.get(field, {}), comparison: values[0]}
        try:
            found |= read_fields({field: wanted})
        except ValueError as exc:
            errors[name] = str(exc).removeprefix(f"{field}: ")
    if errors:
        raise InvalidFields(errors)
    return found
