"""What is to be imported: the pictures of a folder, of a ZIP, or that a CSV lists."""

import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any, Literal

import click

from ....sources.tables import same_path
from ....sources.zip_members import UNREADABLE, decoded_name, is_encrypted
from ...requests import Picture, readable
from .tables import ENDINGS as TABLES
from .tables import Row, rows
from .walking import ENDINGS, NO_PICTURE, files_below, hidden_reason

_MEMBER_MAX_BYTES = 512 * 1024 * 1024  # a member of a ZIP that says to be larger is no picture


@dataclass(frozen=True)
class Item:
    """One picture. `path`: its name in the source, with slashes; the journal knows it by that.

    `stamp`: another one where its bytes may be others than they were. `is_file`: not an address.
    `filename`: as the picture is called, where its file is not.
    """

    path: str
    read: Callable[[], Picture]
    properties: Mapping[str, Any] = field(default_factory=dict)
    stamp: str = ""
    is_file: bool = True
    filename: str | None = None

    @property
    def folders(self) -> list[str]:
        """The folders that it lies in, from the outside in."""
        if not self.is_file:
            return []
        return [part for part in PurePosixPath(self.path).parts[:-1] if part not in ("/", "..")]


@dataclass(frozen=True)
class Left:
    """What is no item: `ignored`, or `failed` where it could not be read."""

    name: str
    reason: str
    outcome: Literal["ignored", "failed"] = "ignored"


@dataclass(frozen=True)
class Source:
    """All of them, in a fixed order. `left`: what is not sent."""

    items: list[Item]
    left: list[Left] = field(default_factory=list)


def source_of(path: Path, *, hidden: bool = False) -> Source:
    """A folder, a ZIP or a CSV; UsageError for anything else. `hidden`: also what is."""
    if path.is_dir():
        return _folder(path, hidden=hidden)
    if zipfile.is_zipfile(path):
        return _archive(path, hidden=hidden)
    if path.suffix.lower() in TABLES:
        if hidden:
            raise click.UsageError("--hidden: a table names its files, hidden or not.")
        return _listed(path)
    raise click.UsageError(f"{path} is no folder, no ZIP and no table ({', '.join(TABLES)}).")


def with_table(source: Source, table: Path) -> Source:
    """The same with the properties that a CSV says of each file, by the column `file`."""
    said: dict[str, Mapping[str, Any]] = {}
    lost: list[str] = []
    places = _places(source.items)
    for name, properties in _of_files(table):
        found = places.get(same_path(name), [])
        if not found:
            lost.append(name)
        elif len(found) > 1:
            raise click.UsageError(f"{table}: {name} is the name of {len(found)} files: say which.")
        elif found[0] in said:
            raise click.UsageError(f"{table} names {name} more than once.")
        else:
            said[found[0]] = properties
    if lost:
        raise click.UsageError(f"{table} names files that are not there: {', '.join(lost[:5])}")
    told = [
        replace(one, properties={**one.properties, **said.get(one.path, {})})
        for one in source.items
    ]
    return Source(told, source.left)


def _places(items: list[Item]) -> dict[str, list[str]]:
    """The paths that a table may mean by a path, or by the bare name of a file."""
    bare: dict[str, list[str]] = {}
    for item in items:
        bare.setdefault(same_path(PurePosixPath(item.path).name), []).append(item.path)
    return {**bare, **{same_path(item.path): [item.path] for item in items}}


def _of_files(table: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """UsageError for a row that names none: it would be of no picture."""
    for row in rows(table):
        if not row.file:
            wanted = "a column file, commas between the columns"
            raise click.UsageError(f"{table}, {row.line} names no file: it needs {wanted}.")
        yield row.file, row.properties


def _folder(folder: Path, *, hidden: bool) -> Source:
    """Pictures by their endings. What is left out, or cannot be read, is told with the reason."""
    pictures, left = dict[str, Path](), list[Left]()
    for path, reason, cannot in files_below(folder, hidden=hidden):
        name = readable(path.relative_to(folder).as_posix())
        if reason is not None:
            left.append(Left(name, reason, "failed" if cannot else "ignored"))
        elif name in pictures:
            left.append(Left(name, "another file is shown by the same name", "failed"))
        else:
            pictures[name] = path
    return Source([_file(name, path) for name, path in pictures.items()], left)


def _file(name: str, path: Path, said: Mapping[str, Any] | None = None) -> Item:
    return Item(name, lambda: path, said or {}, _stamp(path))


def _stamp(path: Path) -> str:
    """Size and time of change; empty for a file that is not there, which its reader says."""
    try:
        told = path.stat()
    except OSError:
        return ""
    return f"{told.st_size} {told.st_mtime_ns}"


def _archive(path: Path, *, hidden: bool) -> Source:
    try:
        with zipfile.ZipFile(path) as archive:
            members = sorted(archive.infolist(), key=decoded_name)
    except UNREADABLE as exc:
        raise click.UsageError(f"{path} is no ZIP that can be read: {exc}.") from exc
    items, left, names = list[Item](), list[Left](), set[str]()
    for one in members:
        name = decoded_name(one)
        if one.is_dir():
            continue
        if name in names:
            left.append(Left(name, "another file is shown by the same name", "failed"))
        elif (reason := _refusal(name, one, hidden=hidden)) is not None:
            left.append(Left(name, reason))
        elif is_encrypted(one):
            left.append(Left(name, "encrypted", "failed"))
        else:
            stamp = f"{one.file_size} {one.CRC:08x}"
            items.append(Item(name, _member(path, one), stamp=stamp))
            names.add(name)
    return Source(items, left)


def _refusal(name: str, one: zipfile.ZipInfo, *, hidden: bool) -> str | None:
    within = PurePosixPath(name)
    if within.suffix.lower() not in ENDINGS:
        return NO_PICTURE
    if one.file_size > _MEMBER_MAX_BYTES:
        return f"over {_MEMBER_MAX_BYTES} bytes"
    return hidden_reason(within, hidden=hidden)


def _member(path: Path, one: zipfile.ZipInfo) -> Callable[[], Picture]:
    """Reads one member; OSError where it cannot. Nothing of an archive is ever written to the
    disk."""

    def read() -> Picture:
        try:
            with zipfile.ZipFile(path) as archive, archive.open(one) as opened:
                data = opened.read(_MEMBER_MAX_BYTES + 1)
        except UNREADABLE as exc:
            raise OSError("damaged, encrypted or packed in an unknown way") from exc
        if len(data) > _MEMBER_MAX_BYTES:
            raise OSError("it is larger than it says")
        return data

    return read


def _listed(table: Path) -> Source:
    """The rows of a table: each names a `file` beside it, or a `url`."""
    items, left = dict[str, Item](), list[Left]()
    for row in rows(table):
        item = _of_row(table, row)
        if item.path in items:
            left.append(Left(f"{item.path} ({row.line})", "a row before names it", "failed"))
        else:
            items[item.path] = item
    return Source(list(items.values()), left)


def _of_row(table: Path, row: Row) -> Item:
    said = dict(row.properties)
    address = said.pop("url", None)
    if row.file:
        beside = table.parent / row.file
        path = beside if beside.exists() else table.parent / same_path(row.file)
        return replace(_file(row.file, path, said), filename=row.filename)
    if row.media is not None:
        raise click.UsageError(
            f"{table}, {row.line} is the row of an export, and names no file: with --whole the "
            "portal changes what it is of; mediadb export --pictures gets the files."
        )
    if address:
        return _fetched(str(address), said)
    raise click.UsageError(f"{table}, {row.line}: neither file nor url.")


def _fetched(address: str, said: Mapping[str, Any]) -> Item:
    return Item(address, lambda: address, said, is_file=False)
