"""What a CSV says of pictures: the file that each row names, and its properties."""

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

_LISTS = ("keywords",)
_FILE_COLUMNS = ("file", "filename", "path")

Row = tuple[int, str, dict[str, Any]]


def rows(table: Path) -> Iterator[Row]:
    """Line, file (empty where none is named) and properties; `metadata.year` is a key of metadata.

    UsageError for what is no such table.
    """
    try:
        with table.open(newline="", encoding="utf-8-sig") as opened:
            reader = csv.DictReader(opened)
            for row in reader:
                yield from _row(table, reader.line_num, row)
    except UnicodeDecodeError as exc:
        raise click.UsageError(f"{table} is not UTF-8: save it as such.") from exc
    except csv.Error as exc:
        raise click.UsageError(f"{table}: {exc}") from exc


def _row(table: Path, line: int, row: Mapping[Any, Any]) -> Iterator[Row]:
    """One, or none where nothing is filled in."""
    if None in row:
        raise click.UsageError(f"{table}, line {line}: more fields than the first one has.")
    filled = {name.strip(): value for name, value in row.items() if value and name.strip()}
    if not filled:
        return
    named = next((filled.pop(one) for one in _FILE_COLUMNS if one in filled), "")
    try:
        yield line, named.strip(), _properties(filled)
    except ValueError as exc:
        raise click.UsageError(f"{table}, line {line}: metadata is a JSON object.") from exc


def _properties(row: Mapping[str, str]) -> dict[str, Any]:
    """ValueError for a column `metadata` that is no object."""
    metadata: dict[str, Any] = {}
    found: dict[str, Any] = {}
    for name, value in row.items():
        if name.startswith("metadata."):
            metadata[name.removeprefix("metadata.")] = _number(value)
        elif name == "metadata":
            metadata |= _object(value)
        elif name in _LISTS:
            found[name] = [word.strip() for word in value.split(",") if word.strip()]
        else:
            found[name] = value
    return {**found, **({"metadata": metadata} if metadata else {})}


def _object(text: str) -> dict[str, Any]:
    told = json.loads(text)
    if not isinstance(told, dict):
        raise ValueError("no object")
    return told


def _number(value: str) -> Any:
    """A whole number as one; anything else is text: 1.10 may be a chapter."""
    plain = value.strip()
    is_whole = plain.isascii() and plain.isdigit() and len(plain) <= 15
    return int(plain) if is_whole and str(int(plain)) == plain else value
