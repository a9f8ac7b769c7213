"""What a client may say of a picture's origin and rights: the reader of each."""

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from .readers import parse_json, read_storable

LINE_LENGTH = 1_000  # a title, a name, a credit line
TEXT_LENGTH = 10_000  # a description
LANGUAGES_COUNT = 30
DEFAULT = "x-default"  # the language of a text that names none, as in XMP
_LANGUAGE = re.compile(r"x-default|[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")  # BCP 47, in short
_DAY = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?", re.ASCII)
_TAKEN = re.compile(
    r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01])(T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?"
    r"(Z|[+-]\d\d:\d\d)?)?)?)?"
)


def read_line(value: Any) -> str:
    """One line of at most `LINE_LENGTH` characters, trimmed; empty: to be taken away."""
    text = " ".join(read_storable(value).split())
    if len(text) > LINE_LENGTH:
        raise ValueError(f"at most {LINE_LENGTH:,} characters")
    return text


def read_long_text(value: Any) -> str:
    """Text of at most `TEXT_LENGTH` characters; empty: to be taken away."""
    text = read_storable(value).strip()
    if len(text) > TEXT_LENGTH:
        raise ValueError(f"at most {TEXT_LENGTH:,} characters")
    return text


def read_title(value: Any) -> dict[str, str]:
    """A line, or lines by language."""
    return _by_language(value, read_line)


def read_description(value: Any) -> dict[str, str]:
    """A text, or texts by language."""
    return _by_language(value, read_long_text)


def read_licence(value: Any) -> str:
    """The id of a licence, also of one as the API shows it; the host knows whether there is one."""
    if isinstance(value, str) and value.lstrip().startswith("{"):
        value = parse_json(value)
    if isinstance(value, Mapping):
        value = value.get("id", "")
    return read_line(value)


def read_taken_at(value: Any) -> str:
    """ISO 8601 in the precision that is known: a year, a month, a day or a moment."""
    text = read_line(value)
    if text and not _TAKEN.fullmatch(text):
        raise ValueError("a date such as 1932, 1932-05, 1932-05-17 or 1932-05-17T10:30:00+02:00")
    return text


def read_moment(value: Any) -> datetime | str:
    """ISO 8601; a year, month or day is its beginning, in UTC. Empty: to be taken away."""
    if isinstance(value, datetime):
        return value
    text = read_line(value)
    return moment(text) if text else ""


def moment(text: str) -> datetime:
    """The time that ISO 8601 text says, in whole milliseconds as MongoDB has it, in UTC."""
    if _DAY.fullmatch(text):
        text += "-01" * (2 - text.count("-"))
    try:
        found = datetime.fromisoformat(text)
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        return found.replace(microsecond=found.microsecond // 1000 * 1000)
    except (ValueError, OverflowError) as exc:
        raise ValueError("a time such as 2024-05-01 or 2024-05-01T12:00:00Z") from exc


def read_place(value: Any) -> dict[str, Any]:
    """`{"name", "latitude", "longitude"}`, the last two together; also a name alone."""
    if isinstance(value, str):
        value = parse_json(value) if value.lstrip().startswith("{") else {"name": value}
    if not isinstance(value, Mapping) or set(value) - {"name", "latitude", "longitude"}:
        raise ValueError("an object with name, latitude and longitude, or a name")
    place: dict[str, Any] = {}
    if name := read_line(value.get("name") or ""):
        place["name"] = name
    sides = [value.get(side) for side in ("latitude", "longitude")]
    if sides != [None, None]:
        place["latitude"], place["longitude"] = _degrees(sides[0], 90), _degrees(sides[1], 180)
    return place


def is_language(tag: object) -> bool:
    """Whether it is a language tag, fit for a key."""
    return isinstance(tag, str) and _LANGUAGE.fullmatch(tag) is not None


def _by_language(value: Any, read: Any) -> dict[str, str]:
    if isinstance(value, str) and value.lstrip().startswith("{"):
        value = parse_json(value)
    if not isinstance(value, Mapping):
        value = {DEFAULT: value}
    if len(value) > LANGUAGES_COUNT:
        raise ValueError(f"at most {LANGUAGES_COUNT} languages")
    for language in value:
        if not is_language(language):
            raise ValueError(f"languages are such as en, fr or de-AT, not {language!r:.40}")
    return {language: text for language, one in value.items() if (text := read(one))}


def _degrees(value: Any, most: int) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not math.isfinite(value) or abs(value) > most:
        raise ValueError(f"latitude and longitude are degrees, at most {most} here")
    return float(value)
