"""What a CSV says of pictures: the file that each row names, and its properties."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from ....sources.tables import plain_value, read_csv

_LISTS = ("keywords",)
_FILE_COLUMNS = ("file", "filename", "path")

Row = tuple[int, str, dict[str, Any]]


def rows(table: Path) -> Iterator[Row]:
    """Line, file (empty where none is named) and properties; `metadata.year` is a key of metadata.

    UsageError for what is no such table.
    """
    try:
        for row in read_csv(table.read_bytes()).rows:
            if row.problem is not None:
                raise ValueError(row.problem)
            filled = {name: value for name, value in row.cells.items() if value}
            named = next((filled.pop(one) for one in _FILE_COLUMNS if one in filled), "")
            yield row.line, named.strip(), _properties(row.line, filled)
    except ValueError as exc:
        raise click.UsageError(f"{table}: {exc}.") from exc
    except OSError as exc:
        raise click.UsageError(f"{table} cannot be read: {exc.strerror}.") from exc


def _properties(line: int, row: Mapping[str, str]) -> dict[str, Any]:
    """ValueError for a column `metadata` that is no object."""
    metadata: dict[str, Any] = {}
    found: dict[str, Any] = {}
    for name, value in row.items():
        if name.startswith("metadata."):
            metadata[name.removeprefix("metadata.")] = plain_value(value)
        elif name == "metadata":
            metadata |= _object(line, value)
        elif name in _LISTS:
            found[name] = [word.strip() for word in value.split(",") if word.strip()]
        else:
            found[name] = value
    return {**found, **({"metadata": metadata} if metadata else {})}


def _object(line: int, text: str) -> dict[str, Any]:
    try:
        told = json.loads(text)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise ValueError(f"line {line}: metadata is a JSON object")
    return told
