"""The bytes of a table -> its rows: a table that the client takes the portal takes too, and both
mean the same by it.

CSV as people's programs write it: with commas, semicolons or tabs, in UTF-8, UTF-16 or Windows'
Western code page, with "sep=;" before it, with rows and columns that nobody filled in. What may be
read in two ways is refused or is the row's problem: a cell that slid under another column would be
worse.
"""

import csv
import io
import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

FIELD_MAX = 1024 * 1024
FILE_COLUMNS = ("file", "filename", "path")
# What answers and exports say of a media that is not for who imports to say.
DERIVED = frozenset(
    {
        *("id", "application", "size", "width", "height", "format", "created_at", "updated_at"),
        *("deleted", "uri", "page", "permissions", "duplicate_of", "owner", "organization"),
        *("attribution", "collections", "thumbnail_url", "preview_url", "media_url"),
        *("original_url", "licence_title", "licence_url", "copies", "similar_to"),
    }
)
_SEPARATORS = ",;\t"
_SAID_BY_EXCEL = re.compile(r'\ufeff?"?sep=([,;\t])"?\r?\n', re.IGNORECASE)
_ENCODINGS = ("utf-8-sig", "cp1252")
_UTF_16 = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_SHOWN = 40
_DIGITS = 15  # what a double holds of any whole number


@dataclass(frozen=True)
class Row:
    """`number`: among the rows, from 1, counting empty ones. `line`: of the file, where it ends.

    `problem`: why its cells say nothing.
    """

    number: int
    line: int
    cells: dict[str, str] = field(default_factory=dict)
    problem: str | None = None


@dataclass(frozen=True)
class Table:
    """Names of columns are lower-case, but for the key of `metadata.<key>`."""

    columns: list[str]
    rows: Iterator[Row]


def read_csv(data: bytes) -> Table:
    """Rows without any text are left out. ValueError, also while rows are read, for no table."""
    text = decoded(data)
    said = _SAID_BY_EXCEL.match(text)
    text = text[said.end() :] if said else text
    head = next((line for line in text.splitlines() if line.strip()), "")
    separator = said[1] if said else max(_SEPARATORS, key=head.count)
    csv.field_size_limit(FIELD_MAX)
    # strict: a quote that nobody closed would swallow all rows behind it
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows = _numbered(reader)
    _, _, columns = next(rows, (0, 0, []))
    return Table(_columns(columns), _rows(_columns(columns), rows))


def is_json(data: bytes) -> bool:
    """Whether it begins as JSON does: JSON Lines, or one list of rows; ValueError as `decoded`."""
    return decoded(data).lstrip()[:1] in ("{", "[")


def json_rows(data: bytes, parse: Callable[[str], Any]) -> Iterator[tuple[int, int, Any]]:
    """Number, line (0 in a list) and value of each row: of JSON Lines, of one list, or of one
    object that is written over several lines. ValueError, also while rows are read, from `parse`,
    which reads one JSON text."""
    text = decoded(data).strip()
    try:
        whole = parse(text) if text else []
    except ValueError:
        if text[:1] == "[":
            raise
        whole = None
    if whole is not None:
        rows = whole if isinstance(whole, list) else [whole]
        yield from ((number, 0, row) for number, row in enumerate(rows, 1))
        return
    for line, one in lines_of(data):
        try:
            yield line, line, parse(one)
        except ValueError as exc:
            raise ValueError(f"line {line}: {exc}") from exc


def lines_of(data: bytes) -> Iterator[tuple[int, str]]:
    """The lines of JSON Lines that say something. Only a line feed ends one: JSON may hold every
    other character that Unicode takes for an end."""
    for number, line in enumerate(decoded(data).split("\n"), 1):
        if line.strip():
            yield number, line


def decoded(data: bytes) -> str:
    """The text; ValueError where no encoding fits. UTF-16 also without its mark: a table begins
    with ASCII, and no text has a NUL."""
    if b"\0" in data[:2] and len(data) % 2 == 0:
        data = (b"\xff\xfe" if data[1] == 0 else b"\xfe\xff") + data
    for encoding in _ENCODINGS:
        try:
            return data.decode(_UTF_16.get(data[:2], encoding))
        except UnicodeDecodeError:
            continue
    raise ValueError("the table is in no encoding that is known: use UTF-8")


def as_said(name: str, value: Any) -> Any:
    """A value of an answer in the form in which it is said: of a licence, and of what is
    illustrated, more is answered."""
    if name == "licence" and isinstance(value, dict):
        return value.get("id")
    if name == "related" and isinstance(value, list):
        every = (one if isinstance(one, dict) else {} for one in value)
        return ",".join(f"{one.get('class')}:{one.get('id')}" for one in every)
    return value


def plain_value(text: str) -> Any:
    """A cell of metadata: numbers, true and false as what they are where they are written as JSON
    writes them. 1.10, 1e5 and 007 are texts: a chapter, a code."""
    try:
        value = json.loads(text, parse_constant=_none)
    except ValueError:
        return text
    is_plain = isinstance(value, bool | int | float) and json.dumps(value) == text
    return value if is_plain and len(text) <= _DIGITS else text


def same_path(path: str) -> str:
    """A path as every system means it: Windows writes other slashes, macOS takes an ä apart."""
    parts = unicodedata.normalize("NFC", path).replace("\\", "/").split("/")
    return "/".join(part for part in parts if part not in ("", "."))


def _none(text: str) -> Any:
    """NaN and Infinity are no JSON."""
    raise ValueError(text)


def _numbered(reader: Iterator[list[str]]) -> Iterator[tuple[int, int, list[str]]]:
    """Number (the names of the columns are 0), line and cells of what has any text."""
    number = 0
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield number, reader.line_num, cells  # type: ignore[attr-defined]
                number += 1
            elif number:
                number += 1
    except csv.Error as exc:
        line = reader.line_num  # type: ignore[attr-defined]
        raise ValueError(f"line {line} of the table: {exc}") from exc


def _columns(cells: Sequence[str]) -> list[str]:
    names = [_folded(cell) for cell in cells]
    twice = [name for name in names if name and names.count(name) > 1]
    if twice:
        raise ValueError(f"the table has the column {twice[0][:_SHOWN]} more than once")
    return names


def _folded(name: str) -> str:
    head, dot, key = name.strip().partition(".")
    return head.strip().lower() + dot + key


def _rows(columns: list[str], rows: Iterator[tuple[int, int, list[str]]]) -> Iterator[Row]:
    named = len(columns) - next((n for n, name in enumerate(reversed(columns)) if name), 0)
    for number, line, cells in rows:
        said = dict(zip(columns, cells, strict=False))
        nameless = [cell for name, cell in zip(columns, cells, strict=False) if not name]
        nameless += cells[len(columns) :]
        if len(cells) < named or any(cell.strip() for cell in nameless):
            problem = f"line {line} has not as many cells as the first one"
            yield Row(number, line, problem=problem)
        else:
            said.pop("", None)
            yield Row(number, line, said)
