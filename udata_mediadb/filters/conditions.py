"""The JSON form of a query over keywords and metadata, checked, -> one MongoDB filter.

One form for smart collections and the search. An object; all of its members must hold:

    {"keywords": ["paris"], "metadata": {"country": ["france", "belgium"]},
     "range": {"year": {"gte": 1850, "lt": 1900}}, "fields": {"width": {"gte": 640}},
     "and": [{…}, …], "or": [{…}, …], "not": {…}}

Nothing of it reaches MongoDB as it came: `terms` makes terms of keys and values.
"""

from collections.abc import Callable, Mapping
from typing import Any

from ..errors import InvalidFields
from ..web.readers import parse_json, read_keywords, read_metadata, read_share
from . import terms
from .stored import COMPARISONS, fields_clause, read_fields

DEPTH = 6  # of and, or, not within each other
MEMBERS = 100  # in all: each is a scan of the index or a comparison per document
PLAIN_FORM = frozenset({"keywords", "metadata"})  # what LTU's form of a query knows
FULL_FORM = PLAIN_FORM | {"range", "fields", "and", "or", "not"}
SMART_FORM = FULL_FORM | {"picture"}  # of smart collections, which keep a rule for each
_LAST = "\U0010ffff"  # sorts after every character that a value begins with


def read_conditions(value: Any, *, form: frozenset[str] = FULL_FORM) -> dict[str, Any]:
    """The checked query in the form above, as it is stored; ValueError says what is accepted."""
    if isinstance(value, str):
        value = parse_json(value)
    members = _Counter()
    clean = _read(value, form, DEPTH, members)
    if not clean:
        raise ValueError(f"a query names at least one of {', '.join(sorted(form))}")
    return clean


def read_query(value: Any, *, form: frozenset[str] = FULL_FORM) -> dict[str, Any]:
    """As `read_conditions`, raising InvalidFields for `query`."""
    try:
        return read_conditions(value, form=form)
    except ValueError as exc:
        raise InvalidFields({"query": str(exc)}) from exc


def clause(conditions: Mapping[str, Any]) -> dict[str, Any]:
    """The MongoDB filter over media of a checked query; {} for the empty one, which all meet."""
    made = [terms.query(conditions.get("keywords", ()), conditions.get("metadata", {}))]
    for key, bounds in conditions.get("range", {}).items():
        made.append({"terms": {"$elemMatch": _interval(key, bounds)}})
    made.append(fields_clause(conditions.get("fields", {})))
    if "picture" in conditions:
        made.append({"pictures": conditions["picture"].get("rule")})
    made += [clause(part) for part in conditions.get("and", ())]
    if "or" in conditions:
        made.append({"$or": [clause(part) for part in conditions["or"]]})
    if "not" in conditions:
        made.append({"$nor": [clause(conditions["not"])]})
    return both(*made)


def both(*clauses: Mapping[str, Any]) -> dict[str, Any]:
    """The filter that all of these filters of ours meet; empty ones are left out."""
    wanted = [dict(part) for part in clauses if part]
    if len(wanted) < 2:
        return wanted[0] if wanted else {}
    return {"$and": wanted}


class _Counter:
    """How many conditions a query has in all."""

    def __init__(self) -> None:
        self._count = 0

    def add(self, count: int) -> None:
        self._count += count
        if self._count > MEMBERS:
            raise ValueError(f"a query has at most {MEMBERS} conditions in all")


def _read(value: Any, form: frozenset[str], depth: int, members: _Counter) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("a query is a JSON object")
    if unknown := set(value) - form:
        known = ", ".join(sorted(form))
        raise ValueError(f"a query knows {known}, not {min(unknown)!r:.40}")
    if depth == 0:
        raise ValueError(f"a query is nested at most {DEPTH} deep")
    clean = {}
    for name, item in value.items():
        if item is None:
            continue
        read = _READERS.get(name)
        checked = read(item, members) if read else _read_parts(name, item, form, depth, members)
        if checked:
            clean[name] = checked
    return clean


def _read_parts(name: str, value: Any, form: frozenset[str], depth: int, members: _Counter) -> Any:
    if name == "not":
        negated = _read(value, form, depth - 1, members)
        if not negated:
            raise ValueError("not takes a query that is not empty")
        return negated
    if not isinstance(value, list) or not value:
        raise ValueError(f"{name} takes a list of one or more queries")
    parts = [_read(part, form, depth - 1, members) for part in value]
    if not all(parts):
        raise ValueError(f"each query in {name} names at least one condition")
    return parts


def _keywords(value: Any, members: _Counter) -> list[str]:
    words = read_keywords(value)
    members.add(len(words))
    return words


def _metadata(value: Any, members: _Counter) -> dict[str, Any]:
    metadata = read_metadata(value)
    for key, item in metadata.items():
        members.add(len(item) if isinstance(item, list | dict) else 1)
        if item in ([], {}):
            raise ValueError(
                f"metadata {key!r:.40}: a value, or a list of values of which one holds"
            )
        if isinstance(item, list) and any(isinstance(part, list | dict) for part in item):
            raise ValueError(f"metadata {key!r:.40}: the values of a list are texts and numbers")
    return metadata


def _ranges(value: Any, members: _Counter) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError('range takes an object such as {"year": {"gte": 1850, "lt": 1900}}')
    members.add(len(value))
    read_metadata({key: None for key in value if "." not in key})  # the same keys are refused
    for key, bounds in value.items():
        if any(not part or part.startswith("$") for part in key.split(".")):
            raise ValueError(f"range: {key!r:.40} is no metadata key")
        if not isinstance(bounds, dict) or not bounds or not set(bounds) <= set(COMPARISONS):
            raise ValueError(f"range {key!r:.40}: some of gt, gte, lt, lte")
        read_metadata(bounds)
        _check_bounds(key, bounds)
    return value


def _fields(value: Any, members: _Counter) -> dict[str, Any]:
    fields = read_fields(value)
    members.add(sum(len(one) if isinstance(one, list | dict) else 1 for one in fields.values()))
    return fields


def _check_bounds(key: str, bounds: Mapping[str, Any]) -> None:
    for value in bounds.values():
        if isinstance(value, bool) or not isinstance(value, int | float | str) or value == "":
            raise ValueError(f"range {key!r:.40}: a bound is a number or a text")
    if len({isinstance(value, str) for value in bounds.values()}) > 1:
        raise ValueError(f"range {key!r:.40}: both bounds are numbers, or both are texts")


def _picture(value: Any, members: _Counter) -> dict[str, Any]:
    """Checked in form only: who keeps the rule looks at what it names."""
    known = ("media", "query", "palette", "signature", "min_score", "rule")
    if not isinstance(value, dict) or not set(value) <= set(known):
        raise ValueError(f"picture takes an object with some of {', '.join(known)}")
    clean = {name: one for name, one in value.items() if one is not None}
    if sum(name in clean for name in ("media", "query", "palette")) != 1:
        raise ValueError("picture names one of media, query and palette")
    if "min_score" in clean:
        clean["min_score"] = read_share(clean["min_score"])
    members.add(1)
    return clean


_READERS: Mapping[str, Callable[[Any, _Counter], Any]] = {
    "keywords": _keywords,
    "metadata": _metadata,
    "range": _ranges,
    "fields": _fields,
    "picture": _picture,
}


def _interval(key: str, bounds: Mapping[str, Any]) -> dict[str, str]:
    """Bounds on the terms of one key: numbers as numbers, texts (dates as ISO 8601) as texts."""
    is_text = isinstance(next(iter(bounds.values())), str)
    term = terms.metadata_term if is_text else terms.number_term
    start = terms.metadata_term(key, "") if is_text else terms.number_term(key, 0.0)[:-16]
    interval = {"$gte": start, "$lte": start + _LAST}
    for name, value in bounds.items():
        operator = COMPARISONS[name]
        if name in ("gt", "gte"):
            interval.pop("$gte", None)
        else:
            interval.pop("$lte", None)
        interval[operator] = term(key, value)
    return interval
