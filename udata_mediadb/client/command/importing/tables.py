"""What a table says of pictures: the file that each row names, and its properties."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from ....sources.cells import from_cell
from ....sources.tables import (
    DERIVED,
    FILE_COLUMNS,
    as_said,
    is_json,
    json_rows,
    plain_value,
    read_csv,
)

ENDINGS = (".csv", ".tsv", ".jsonl", ".ndjson", ".json")
_LISTS = ("keywords",)


@dataclass(frozen=True)
class Row:
    """`line`: where it is, for who reads of it. `file`: empty where none is named. `filename`: as
    the picture is called there. `media`: the one that it is of, in the row of an export."""

    line: str
    file: str
    properties: dict[str, Any] = field(default_factory=dict)
    filename: str | None = None
    media: str | None = None


def rows(table: Path) -> Iterator[Row]:
    """The rows of CSV, JSON Lines or a JSON list; `metadata.year` is a key of metadata.

    UsageError for what is no such table.
    """
    try:
        for line, cells in _lines(table.read_bytes(), table.suffix.lower()):
            yield _row(line, cells)
    except (ValueError, RecursionError) as exc:
        raise click.UsageError(f"{table}: {exc}.") from exc
    except OSError as exc:
        raise click.UsageError(f"{table} cannot be read: {exc.strerror}.") from exc


def _lines(data: bytes, ending: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each row that says something."""
    if is_json(data) or ending in (".jsonl", ".ndjson", ".json"):
        for number, line, told in json_rows(data, json.loads):
            where = f"line {line}" if line else f"row {number}"
            if not isinstance(told, dict):
                raise ValueError(f"{where} is no object")
            yield where, {name: as_said(name, value) for name, value in told.items()}
        return
    for row in read_csv(data).rows:
        if row.problem is not None:
            raise ValueError(row.problem)
        is_exported = bool(row.cells.get("id"))  # then its texts begin as no formula does
        cells = {name: from_cell(text) for name, text in row.cells.items()}
        yield f"line {row.line}", cells if is_exported else row.cells


def _row(line: str, cells: Mapping[str, Any]) -> Row:
    said = {name: value for name, value in cells.items() if value not in (None, "", [], {})}
    media = said.pop("id", None)
    files = {one: str(said.pop(one)).strip() for one in FILE_COLUMNS if one in said}
    called = files.get("filename")
    file = files.get("file") or files.get("path") or (called if media is None else "") or ""
    other = called if called != file else None
    return Row(line, file, _properties(line, said), other, str(media) if media else None)


def _properties(line: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """ValueError for a column `metadata` that is no object."""
    metadata: dict[str, Any] = {}
    found: dict[str, Any] = {}
    for name, value in row.items():
        if name.startswith("metadata."):
            key = name.removeprefix("metadata.")
            metadata[key] = plain_value(value) if isinstance(value, str) else value
        elif name == "metadata":
            metadata |= _parsed(line, name, value, dict)
        elif name in _LISTS and isinstance(value, str):
            found[name] = (
                _parsed(line, name, value, list)
                if value.startswith("[")
                else [word.strip() for word in value.split(",") if word.strip()]
            )
        elif name not in DERIVED:
            found[name] = value
    return {**found, **({"metadata": metadata} if metadata else {})}


def _parsed(line: str, name: str, value: Any, kind: type) -> Any:
    """The object or list that a cell writes as JSON, or that JSON has there."""
    try:
        told = json.loads(value) if isinstance(value, str) else value
    except ValueError:
        told = None
    if not isinstance(told, kind):
        raise ValueError(f"{line}: {name} is a JSON {'object' if kind is dict else 'list'}")
    return told
