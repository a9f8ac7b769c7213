"""Conditions on what is stored of a media beside its keywords and metadata: size, format, times.

The member `fields` of a query (`conditions`), and arguments of lists: `width.gte=640&format=PNG`.

    {"fields": {"format": ["PNG", "GIF"], "width": {"gte": 640}, "orientation": "landscape"}}
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from ..web.about_readers import moment

_DIGITS = re.compile(r"[0-9]{1,15}", re.ASCII)
_TEXT_LENGTH = 200
COMPARISONS = {"gt": "$gt", "gte": "$gte", "lt": "$lt", "lte": "$lte"}
_SHAPES: Mapping[str, Mapping[str, Any]] = {
    "landscape": {"$gt": ["$width", "$height"]},
    "portrait": {"$lt": ["$width", "$height"]},
    "square": {"$eq": ["$width", "$height"]},
}
ORIENTATIONS = tuple(_SHAPES)


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > _TEXT_LENGTH:
        raise ValueError(f"a text of at most {_TEXT_LENGTH} characters")
    value.encode()  # a UnicodeEncodeError is a ValueError
    return value.strip()


def _whole(value: Any) -> int:
    if isinstance(value, str) and _DIGITS.fullmatch(value.strip()):
        value = int(value)
    if type(value) is not int or not 0 <= value < 10**15:
        raise ValueError("a whole number")
    return value


def _moment(value: Any) -> str:
    """As it is kept in a query; `moment` gives the time."""
    moment(_text(value))
    return _text(value)


EXACT: Mapping[str, Callable[[Any], Any]] = {
    "format": lambda value: _text(value).upper(),
    "md5": lambda value: _text(value).lower(),
    "sha256": lambda value: _text(value).lower(),
    "owner": _text,
    "external_id": _text,
    "licence": _text,
}
RANGES: Mapping[str, Callable[[Any], Any]] = {
    "width": _whole,
    "height": _whole,
    "size": _whole,
    "created_at": _moment,
    "updated_at": _moment,
    "published_from": _moment,
    "published_until": _moment,
}
_PATHS = {
    name: f"about.{name}" for name in ("licence", "published_from", "published_until")
}  # where it is not what it is called
NAMES = (*EXACT, *RANGES, "orientation")


def read_fields(value: Any) -> dict[str, Any]:
    """The checked conditions, fit for JSON; ValueError says what is accepted."""
    if not isinstance(value, dict):
        raise ValueError('fields takes an object such as {"width": {"gte": 640}}')
    clean = {}
    for name, wanted in value.items():
        try:
            clean[name] = _read(name, wanted)
        except ValueError as exc:
            raise ValueError(f"{name[:40]}: {exc}") from exc
    return clean


def fields_clause(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The MongoDB filter of checked conditions."""
    clauses = {}
    for name, wanted in fields.items():
        if name == "orientation":
            clauses["$expr"] = dict(_SHAPES[wanted])
        elif name in EXACT:
            path = _PATHS.get(name, name)
            clauses[path] = {"$in": wanted} if isinstance(wanted, list) else wanted
        else:
            bounds = {COMPARISONS[op]: _stored(name, one) for op, one in wanted.items()}
            clauses[_PATHS.get(name, name)] = bounds
    return clauses


def _read(name: str, wanted: Any) -> Any:
    if name == "orientation":
        if wanted not in ORIENTATIONS:
            raise ValueError(f"one of {', '.join(ORIENTATIONS)}")
        return wanted
    if name in EXACT:
        if not isinstance(wanted, list):
            return EXACT[name](wanted)
        if not wanted:
            raise ValueError("a value, or a list of values of which one holds")
        return [EXACT[name](one) for one in wanted]
    if name not in RANGES:
        raise ValueError(f"no such field; there are: {', '.join(NAMES)}")
    if not isinstance(wanted, dict):
        wanted = {"gte": wanted, "lte": wanted}
    if not wanted or not set(wanted) <= set(COMPARISONS):
        raise ValueError(f"some of {', '.join(COMPARISONS)}")
    return {op: RANGES[name](one) for op, one in wanted.items()}


def _stored(name: str, value: Any) -> Any:
    return moment(value) if RANGES[name] is _moment else value
