"""A table of pictures -> items: CSV with a line of names, JSON Lines, or a JSON list of objects.

A row names its picture by `file` (a name in the ZIP that the table lies in) or by `url`, or it is
the row of an export and has the `id` of a media that there is. The other
columns are those of `POST media/`; `metadata.<key>` is a key of the metadata. Columns that an
export has and that cannot be set are passed over; any other one is refused, so that no typing error
loses a column of a thousand rows.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

from ...errors import InvalidFields
from ...media.arguments import ADDING
from ...media.exporting.columns import CHANGEABLE, changes_of
from ...sources.cells import from_cell
from ...sources.tables import (
    DERIVED,
    FILE_COLUMNS,
    Table,
    as_said,
    is_json,
    json_rows,
    plain_value,
    read_csv,
)
from ...web.arguments import find, unknown
from ...web.readers import parse_json
from .items import Item

ROWS_MAX = 100_000
METADATA = "metadata."
_NAMING = {*FILE_COLUMNS, "url", "id"}  # one of them says which picture a row is of
_NO_TABLE = "this is no table: the first line names columns, such as file, url, name or keywords"
_SETTABLE = tuple(one for one in ADDING if one.name not in ("application", "duplicates", "url"))


@dataclass(frozen=True)
class Row:
    """`number`: among the rows of its table. `problem`: why its cells say nothing."""

    number: int
    cells: Mapping[str, Any]
    problem: str | None = None


def items_of_rows(rows: Iterable[Row]) -> Iterator[Item]:
    """An item for each row; InvalidFields for unknown columns and too many rows. Of two rows that
    are of one media, the second is a problem: which of them is meant?"""
    seen: dict[str, int] = {}
    for row in rows:
        if row.number > ROWS_MAX:
            raise InvalidFields({"file": f"at most {ROWS_MAX:,} rows in one table"})
        item = _item(row)
        first = seen.setdefault(item.media, row.number) if item.media else row.number
        if first != row.number:
            item = replace(item, problem=f"row {first} is of the same media", media=None)
        yield item


def read_rows(name: str, data: bytes) -> Iterator[Row]:
    """The rows of a table; `name`: of its file, which tells JSON Lines from CSV."""
    try:
        if is_json(data) or name.lower().endswith((".jsonl", ".ndjson")):
            yield from _json_rows(data)
        else:
            yield from _csv(read_csv(data))
    except ValueError as exc:
        raise InvalidFields({"file": str(exc)}) from exc


def are_rows(document: Any) -> bool:
    """Whether a JSON list is a table, and no linked data: its first object names a picture."""
    first = document[0] if isinstance(document, list) and document else None
    if not isinstance(first, dict) or {"dataset", "distribution"} & set(first):
        return False
    is_linked = any(name.startswith("@") or ":" in name for name in first)
    return bool(_NAMING & set(first)) and not is_linked


def _item(line: Row) -> Item:
    row = line.cells
    if line.problem is not None:
        return Item(f"row {line.number}", problem=line.problem)
    said = {key: value for key, value in row.items() if value not in (None, "")}
    files = {one: str(said.pop(one)) for one in FILE_COLUMNS if one in said}
    file = files.get("file") or files.get("path") or files.get("filename")
    url = said.pop("url", None)
    of_media: dict[str, Any] = {}
    if (named := said.pop("id", None)) is not None:
        of_media = {"media": str(named), "changes": _changes(row)}
    label = f"row {line.number}" + (f": {file or url}" if file or url else "")
    properties, metadata = {}, dict(_metadata(said.pop("metadata", {})))
    for key, value in said.items():
        if key.startswith(METADATA):
            metadata[key.removeprefix(METADATA)] = _value(value)
        elif find(_SETTABLE, key) is not None:
            properties[key] = value
        elif key not in DERIVED:
            raise _unknown(str(key))
    if metadata:
        properties["metadata"] = metadata
    if file is None and url is None:
        problem = "names no file, no url and no media of this application"
        return Item(label, properties=properties, problem=problem, **of_media)
    address = str(url) if url else None
    called = files.get("filename")
    return Item(label, None, address, file, properties, called=called, **of_media)


def _changes(row: Mapping[str, Any]) -> dict[str, Any]:
    """What the row of an export says that can be changed: of texts an empty one takes away."""
    texts = {key: value for key, value in row.items() if isinstance(value, str)}
    others = {key: row[key] for key in CHANGEABLE if row.get(key) is not None}
    more = {key: _value(value) for key, value in row.items() if key.startswith(METADATA) and value}
    return {**others, **changes_of(texts), **more}


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
    return plain_value(text) if isinstance(text, str) else text


def _csv(table: Table) -> Iterator[Row]:
    """InvalidFields for a column that is unknown, whether or not a row has something in it."""
    names = [name for name in table.columns if name]
    strange = [name for name in names if not _is_known(name)]
    if not names or len(strange) == len(names):
        raise InvalidFields({"file": _NO_TABLE})
    if strange:
        raise _unknown(strange[0])
    for row in table.rows:
        cells = row.cells
        if cells.get("id"):  # of an export, whose texts no spreadsheet computes
            cells = {key: from_cell(text) for key, text in cells.items()}
        yield Row(row.number, cells, row.problem)


def _json_rows(data: bytes) -> Iterator[Row]:
    for number, line, row in json_rows(data, parse_json):
        if not isinstance(row, dict):
            where = f"line {line}" if line else f"row {number}"
            raise InvalidFields({"file": f"{where} is no object"})
        yield Row(number, {name: as_said(name, value) for name, value in row.items()})


def _is_known(name: str) -> bool:
    own = (*FILE_COLUMNS, "url", "metadata")
    is_own = name in own or name.startswith(METADATA) or name in DERIVED
    return is_own or find(_SETTABLE, name) is not None


def _unknown(name: str) -> InvalidFields:
    alike = get_close_matches(name.lower(), FILE_COLUMNS, n=1)
    said = f'unknown argument; did you mean "{alike[0]}"?' if alike else unknown(name, _SETTABLE)
    return InvalidFields({name[:60]: said})
