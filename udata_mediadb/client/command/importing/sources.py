"""What is to be imported: the pictures of a folder, of a ZIP, or that a CSV lists."""

import csv
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import click

from ...requests import Picture

ENDINGS = {".jpg", ".jpeg", ".jpe", ".png", ".gif", ".webp", ".bmp", ".tif", ".tiff", ".avif"}
_MEMBER_MAX_BYTES = 512 * 1024 * 1024  # a member of a ZIP that says to be larger is no picture
_LISTS = ("keywords",)
_FILE_COLUMNS = ("file", "filename", "path")


@dataclass(frozen=True)
class Item:
    """One picture. `path`: its name in the source, with slashes; the journal knows it by that."""

    path: str
    read: Callable[[], Picture]
    properties: Mapping[str, Any] = field(default_factory=dict)

    @property
    def folders(self) -> list[str]:
        """The folders that it lies in, from the outside in."""
        return [part for part in PurePosixPath(self.path).parts[:-1] if part not in ("/", "..")]


@dataclass(frozen=True)
class Source:
    """All of them, in a fixed order. `ignored`: names of other files."""

    items: list[Item]
    ignored: list[str]


def source_of(path: Path) -> Source:
    """A folder, a ZIP or a CSV; UsageError for anything else."""
    if path.is_dir():
        return _folder(path)
    if zipfile.is_zipfile(path):
        return _archive(path)
    if path.suffix.lower() == ".csv":
        return Source(list(_listed(path)), [])
    raise click.UsageError(f"{path} is no folder, no ZIP and no CSV.")


def with_table(source: Source, table: Path) -> Source:
    """The same with the properties that a CSV says of each file, by the column `file`."""
    said = {name: properties for name, properties in _rows(table) if name}
    known = {item.path for item in source.items}
    names = {PurePosixPath(path).name for path in known}
    lost = [name for name in said if name not in known and name not in names]
    if lost:
        raise click.UsageError(f"{table} names files that are not there: {', '.join(lost[:5])}")

    def of(item: Item) -> Mapping[str, Any]:
        return said.get(item.path) or said.get(PurePosixPath(item.path).name) or {}

    return Source(
        [Item(one.path, one.read, {**one.properties, **of(one)}) for one in source.items],
        source.ignored,
    )


def _folder(folder: Path) -> Source:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    shown = [path for path in files if not _is_hidden(path.relative_to(folder))]
    names = {path: path.relative_to(folder).as_posix() for path in shown}
    pictures = [path for path in shown if path.suffix.lower() in ENDINGS]
    others = [names[path] for path in shown if path.suffix.lower() not in ENDINGS]
    return Source([Item(names[path], lambda path=path: path) for path in pictures], others)  # type: ignore[misc]


def _archive(path: Path) -> Source:
    with zipfile.ZipFile(path) as archive:
        members = sorted(archive.infolist(), key=lambda one: one.filename)
    files = [one for one in members if not one.is_dir() and not _is_hidden(Path(one.filename))]
    fits = [
        one
        for one in files
        if Path(one.filename).suffix.lower() in ENDINGS and one.file_size <= _MEMBER_MAX_BYTES
    ]
    others = [one.filename for one in files if one not in fits]
    return Source([Item(one.filename, _member(path, one.filename)) for one in fits], others)


def _member(path: Path, name: str) -> Callable[[], Picture]:
    """Reads one member. Nothing of an archive is ever written to the disk."""

    def read() -> Picture:
        with zipfile.ZipFile(path) as archive, archive.open(name) as opened:
            data = opened.read(_MEMBER_MAX_BYTES + 1)
        if len(data) > _MEMBER_MAX_BYTES:
            raise OSError(f"{name} is larger than it says")
        return data

    return read


def _listed(table: Path) -> Iterator[Item]:
    """The rows of a CSV: each names a `file` beside it, or a `url`."""
    for number, (name, properties) in enumerate(_rows(table), 2):
        said = dict(properties)
        address = said.pop("url", None)
        if name:
            path = table.parent / name
            yield Item(name, lambda path=path: path, said)  # type: ignore[misc]
        elif address:
            yield Item(str(address), lambda address=address: str(address), said)  # type: ignore[misc]
        else:
            raise click.UsageError(f"{table}, line {number}: neither file nor url.")


def _rows(table: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The file that each row names, and its properties; `metadata.year` is a key of metadata."""
    with table.open(newline="", encoding="utf-8-sig") as opened:
        for row in csv.DictReader(opened):
            if None in row:
                raise click.UsageError(f"{table}: a row has more fields than the first one.")
            filled = {name.strip(): value for name, value in row.items() if value and name.strip()}
            named = next((filled.pop(one) for one in _FILE_COLUMNS if one in filled), "")
            yield named.strip(), _properties(filled)


def _properties(row: Mapping[str, str]) -> dict[str, Any]:
    metadata: dict[str, Any] = {}
    found: dict[str, Any] = {}
    for name, value in row.items():
        if name.startswith("metadata."):
            metadata[name.removeprefix("metadata.")] = _number(value)
        elif name == "metadata":
            metadata |= json.loads(value)
        elif name in _LISTS:
            found[name] = [word.strip() for word in value.split(",") if word.strip()]
        else:
            found[name] = value
    return {**found, **({"metadata": metadata} if metadata else {})}


def _number(value: str) -> Any:
    """A whole number as one; anything else is text: 1.10 may be a chapter."""
    plain = value.strip()
    is_whole = plain.isascii() and plain.isdigit() and len(plain) <= 15
    return int(plain) if is_whole and str(int(plain)) == plain else value


def _is_hidden(path: Path) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in path.parts if part != "..")
