"""A table of pictures -> items: CSV with a line of names, or JSON Lines.

A row names its picture by `file` (a name in the ZIP that the table lies in) or by `url`, or it is
the row of an export and has the `id` of a media that there is. The other
columns are those of `POST media/`; `metadata.<key>` is a key of the metadata. Columns that an
export has and that cannot be set are passed over; any other one is refused, so that no typing error
loses a column of a thousand rows.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ...errors import InvalidFields
from ...media.arguments import ADDING
from ...media.exporting.columns import CHANGEABLE, properties_of
from ...web.arguments import find, unknown
from ...web.readers import parse_json
from .items import Item

ROWS_MAX = 100_000
FIELD_MAX = 1024 * 1024
FILE_COLUMNS = ("file", "filename", "path")
METADATA = "metadata."
# What answers and exports say of a media that is not for who imports to say.
_DERIVED = frozenset(
    {
        *("id", "application", "size", "width", "height", "format", "created_at", "updated_at"),
        *("deleted", "uri", "page", "permissions", "duplicate_of", "owner", "organization"),
        *("attribution", "collections", "thumbnail_url", "preview_url", "media_url"),
        *("original_url", "licence_title", "licence_url"),
    }
)
_SETTABLE = tuple(one for one in ADDING if one.name not in ("application", "duplicates", "url"))


def items_of_rows(rows: Iterable[Mapping[str, Any]]) -> Iterator[Item]:
    """An item for each row; InvalidFields for unknown columns and too many rows."""
    for number, row in enumerate(rows, 1):
        if number > ROWS_MAX:
            raise InvalidFields({"file": f"at most {ROWS_MAX:,} rows in one table"})
        yield _item(number, row)


def read_rows(name: str, data: bytes) -> Iterator[Mapping[str, Any]]:
    """The rows of a table; `name`: of its file, which tells JSON Lines from CSV."""
    text = _text(data)
    if name.lower().endswith((".jsonl", ".ndjson")) or text.lstrip()[:1] == "{":
        yield from _json_lines(text)
    else:
        yield from _csv(text)


def _item(number: int, row: Mapping[str, Any]) -> Item:
    said = {key: value for key, value in row.items() if value not in (None, "")}
    file = next((str(said.pop(one)) for one in FILE_COLUMNS if one in said), None)
    url = said.pop("url", None)
    of_media: dict[str, Any] = {}
    if (named := said.pop("id", None)) is not None:
        of_media = {"media": str(named), "changes": _changes(row)}
    label = f"row {number}" + (f": {file or url}" if file or url else "")
    properties, metadata = {}, dict(_metadata(said.pop("metadata", {})))
    for key, value in said.items():
        if key.startswith(METADATA):
            metadata[key.removeprefix(METADATA)] = _value(value)
        elif find(_SETTABLE, key) is not None:
            properties[key] = value
        elif key not in _DERIVED:
            raise InvalidFields({str(key)[:60]: unknown(str(key), _SETTABLE)})
    if metadata:
        properties["metadata"] = metadata
    if file is None and url is None:
        problem = "names no file, no url and no media of this application"
        return Item(label, properties=properties, problem=problem, **of_media)
    address = str(url) if url else None
    return Item(label, url=address, filename=file, properties=properties, **of_media)


def _changes(row: Mapping[str, Any]) -> dict[str, Any]:
    """What the row of an export says that can be changed: of texts an empty one takes away."""
    texts = {key: value for key, value in row.items() if isinstance(value, str)}
    others = {key: row[key] for key in CHANGEABLE if row.get(key) is not None}
    more = {key: _value(value) for key, value in row.items() if key.startswith(METADATA) and value}
    return {**others, **properties_of(texts), **more}


def _metadata(value: Any) -> Mapping[str, Any]:
    if isinstance(value, str):
        try:
            value = parse_json(value)
        except ValueError as exc:
            raise InvalidFields({"metadata": str(exc)}) from exc
    if not isinstance(value, dict):
        raise InvalidFields({"metadata": "an object of keys and values"})
    return value


def _value(text: Any) -> Any:
    """Of a cell of a CSV: numbers and true or false as what they are."""
    if not isinstance(text, str):
        return text
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, bool | int | float) and len(text) < 16 else text


def _text(data: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else encoding)
        except UnicodeDecodeError:
            continue
    raise InvalidFields({"file": "the table is in no encoding that is known: use UTF-8"})


def _csv(text: str) -> Iterator[Mapping[str, Any]]:
    head = text.splitlines()[0] if text.strip() else ""
    delimiter = max(",;\t", key=head.count)
    csv.field_size_limit(FIELD_MAX)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    names = reader.fieldnames or []
    if not names or len(set(names)) != len(names):
        raise InvalidFields({"file": "the first line of the table names its columns, each once"})
    try:
        for row in reader:
            if None in row or None in row.values():
                where = f"line {reader.line_num} has not as many cells as the first one"
                raise InvalidFields({"file": where})
            yield {name.strip(): value for name, value in row.items()}
    except csv.Error as exc:
        raise InvalidFields({"file": f"line {reader.line_num} of the table: {exc}"}) from exc


def _json_lines(text: str) -> Iterator[Mapping[str, Any]]:
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = parse_json(line)
        except ValueError as exc:
            raise InvalidFields({"file": f"line {number}: {exc}"}) from exc
        if not isinstance(row, dict):
            raise InvalidFields({"file": f"line {number} is no object"})
        yield row
