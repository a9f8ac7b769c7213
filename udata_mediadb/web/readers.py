"""What a client may say of a media or collection: name, keywords, metadata, md5.

Values arrive as JSON or as form text; each reader gives the clean value or says what is accepted.
"""

import json
import math
import re
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from ..errors import InvalidFields
from .text import folded

NAME_LENGTH = 1024
EXTERNAL_ID_LENGTH = 200
KEYWORDS_COUNT = 200
KEYWORD_LENGTH = 200
METADATA_BYTES = 64 * 1024  # a picture's own facts, not a document store
METADATA_DEPTH = 4
_INT64 = 2**63
_MD5 = re.compile(r"[0-9a-f]{32}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_NUMBER = re.compile(r"[+-]?\d{1,300}(\.\d{1,300})?")  # a JSON number's text, no exponent


def read_properties(
    raw: Mapping[str, Any], readers: Mapping[str, Callable[[Any], Any]]
) -> dict[str, Any]:
    """The properties of `raw` that have a reader; InvalidFields names every bad one."""
    clean, errors = {}, {}
    for field, reader in readers.items():
        if field not in raw or raw[field] is None:
            continue
        try:
            clean[field] = reader(raw[field])
        except ValueError as exc:
            errors[field] = str(exc)
    if errors:
        raise InvalidFields(errors)
    return clean


def read_storable(value: Any) -> str:
    """Text that can be stored: no NUL, no lone surrogates."""
    if not isinstance(value, str):
        raise ValueError("this is text")
    return _text(value)


def read_name(value: Any) -> str:
    """A name of 1 to `NAME_LENGTH` characters, trimmed."""
    if not isinstance(value, str):
        raise ValueError("a name is text")
    text = _text(value).strip()
    if not text or len(text) > NAME_LENGTH:
        raise ValueError(f"a name has 1 to {NAME_LENGTH} characters")
    return text


def read_text(value: Any) -> str:
    """Text that is not empty."""
    if not isinstance(value, str) or not value:
        raise ValueError("text that is not empty")
    return _text(value)


def read_texts(value: Any) -> list[str]:
    """A list of texts, a JSON list, or comma separated text; as they are."""
    if isinstance(value, str):
        value = parse_json(value) if value.lstrip().startswith("[") else value.split(",")
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError("a list of texts, or one text with commas")
    return [_text(item) for item in value]


def read_external_id(value: Any) -> str:
    """An id of the client's own, 1 to `EXTERNAL_ID_LENGTH` characters, as it is."""
    if not isinstance(value, str):
        raise ValueError("an external_id is text")
    if not 0 < len(_text(value)) <= EXTERNAL_ID_LENGTH or value != value.strip():
        raise ValueError(
            f"an external_id has 1 to {EXTERNAL_ID_LENGTH} characters, no space around them"
        )
    return value


def read_keywords(value: Any) -> list[str]:
    """A list of texts, a JSON list, or comma separated text; trimmed, without repeats.

    Of those that differ in case or Unicode form only the first is kept: filters take them for one.
    """
    if isinstance(value, str):
        value = parse_json(value) if value.lstrip().startswith("[") else value.split(",")
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError("keywords are a list of texts, or one text with commas")
    words: dict[str, str] = {}
    for item in value:
        if word := _text(item).strip():
            words.setdefault(folded(word), word)
    if len(words) > KEYWORDS_COUNT or any(len(word) > KEYWORD_LENGTH for word in words.values()):
        raise ValueError(f"at most {KEYWORDS_COUNT} keywords of {KEYWORD_LENGTH} characters")
    return list(words.values())


def read_metadata(value: Any) -> dict[str, Any]:
    """An object of text, numbers, booleans, null, lists and objects of these."""
    if isinstance(value, str):
        value = parse_json(value)
    if not isinstance(value, dict):
        raise ValueError("metadata is a JSON object")
    _check_metadata(value, METADATA_DEPTH)
    if len(json.dumps(value, ensure_ascii=False).encode()) > METADATA_BYTES:
        raise ValueError(f"metadata has at most {METADATA_BYTES} bytes as JSON")
    return value


def read_md5(value: Any) -> str:
    """32 hexadecimal digits, lower case."""
    text = value.strip().lower() if isinstance(value, str) else ""
    if not _MD5.fullmatch(text):
        raise ValueError("an md5 is 32 hexadecimal digits")
    return text


def read_sha256(value: Any) -> str:
    """64 hexadecimal digits, lower case."""
    text = value.strip().lower() if isinstance(value, str) else ""
    if not _SHA256.fullmatch(text):
        raise ValueError("a sha256 is 64 hexadecimal digits")
    return text


def read_flag(value: Any) -> bool:
    """true, 1, yes, on / false, 0, no, off and empty, in any case; as JSON or text.

    The one reader of yes and no, for every route of both dialects.
    """
    text = json.dumps(value) if isinstance(value, bool | int) else value
    text = text.strip().lower() if isinstance(text, str) else None
    if text in ("true", "1", "yes", "on"):
        return True
    if text in ("false", "0", "no", "off", ""):
        return False
    raise ValueError("true or false")


def read_flag_field(raw: Mapping[str, Any], name: str) -> bool:
    """The flag of that name, False where there is none; InvalidFields for anything else."""
    return bool(read_properties(raw, {name: read_flag}).get(name, False))


def read_share(value: Any) -> float:
    """A number from 0 to 1, also as text."""
    number = number_of(value)
    if number is None or not 0 <= number <= 1:
        raise ValueError("a number from 0 to 1")
    return number


def number_of(value: object) -> float | None:
    """The number that a value is or writes out, None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str):
        value = value.strip()
        if not (value.isascii() and _NUMBER.fullmatch(value)):
            return None
    try:
        number = float(value)
    except OverflowError:  # a whole number of JSON beyond 1e308
        return None
    return number if math.isfinite(number) else None


def positive_number(value: Any) -> int | None:
    """The whole number from 1 to 999,999,999 that a value is or writes out, else None."""
    if isinstance(value, str):
        # int() reads underscores and other scripts' digits, and 10^6 digits slowly
        text = value.strip()
        value = int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return value if is_whole and 0 < value < 10**9 else None


def plain(value: Any) -> Any:
    """The same without MongoEngine's lists and mappings, which know their documents."""
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


def parse_json(text: str | bytes) -> Any:
    """The value of a JSON text; ValueError says where it is broken.

    NaN and Infinity, which Python would read, are not JSON and are refused.
    """
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as exc:
        where = f"line {exc.lineno} column {exc.colno}"
        raise ValueError(f"not valid JSON: {exc.msg} at {where}") from exc
    except UnicodeDecodeError as exc:
        raise ValueError("not valid JSON: not UTF-8") from exc
    except RecursionError as exc:
        raise ValueError("not valid JSON: nested too deeply") from exc


def _check_metadata(value: Any, depth: int) -> None:
    if isinstance(value, dict):
        if depth == 0:
            raise ValueError(f"metadata is nested at most {METADATA_DEPTH} deep")
        for key, item in value.items():
            if not key or any(forbidden in key for forbidden in "$.\0"):
                raise ValueError("a metadata key is not empty and has no $, no . and no NUL")
            _text(key)
            _check_metadata(item, depth - 1)
    elif isinstance(value, list):
        for item in value:
            _check_metadata(item, depth - 1 if isinstance(item, list) else depth)
        if depth == 0:
            raise ValueError(f"metadata is nested at most {METADATA_DEPTH} deep")
    elif isinstance(value, str):
        _text(value)
    elif isinstance(value, int) and not -_INT64 <= value < _INT64:
        raise ValueError("whole numbers in metadata have at most 64 bits")
    elif isinstance(value, float) and not math.isfinite(value):
        raise ValueError("numbers in metadata are finite")


def _text(value: str) -> str:
    if "\0" in value:
        raise ValueError("text has no NUL")
    try:
        value.encode()
    except UnicodeEncodeError as exc:
        raise ValueError("text is valid Unicode (no lone surrogates)") from exc
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"not valid JSON: {name}")
