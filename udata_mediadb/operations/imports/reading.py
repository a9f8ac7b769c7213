"""What was sent, or is named by an address -> items, whatever kind of source it is."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from flask import current_app

from ...errors import InvalidFields
from ...fetching import fetch
from ...sources.tables import decoded, same_path
from ...web.readers import parse_json
from . import archive, feeds, iiif, rows, turtle
from .foreign import what_else
from .items import Item

HEAD_BYTES = 4096  # by which a kind is told


@dataclass(frozen=True)
class Source:
    """`kind`: as it is asked for, None: as it looks. `name`: of the file, or its address."""

    path: Path
    name: str
    kind: str | None = None
    keywords_from_folders: bool = False
    hidden: bool = False


_NOTHING = {
    "zip": "the ZIP holds no file",
    "csv": "the table has no row",
    "jsonl": "the table has no row",
    "iiif": "no canvas is in it",
    "feed": "no picture is named in it",
}


def items_of(source: Source) -> Iterator[Item]:
    """The items of a source, in its order; InvalidFields for what cannot be read as one, or has
    none: who sent it meant something."""
    kind = source.kind or kind_of(source)
    is_empty = True
    for item in _items(source, kind):
        is_empty = False
        yield item
    if is_empty:
        raise InvalidFields({"file": _NOTHING[kind]})


def _items(source: Source, kind: str) -> Iterator[Item]:
    if kind == "zip":
        yield from _of_archive(source)
    elif kind in ("csv", "jsonl"):
        name = source.name if source.kind is None else f"table.{kind}"
        for item in rows.items_of_rows(rows.read_rows(name, _bytes(source))):
            lacks = item.url is None and item.problem is None
            yield replace(item, problem="names a file, and came without a ZIP") if lacks else item
    elif kind == "iiif":
        yield from iiif.canvases(_json(_bytes(source)), _fetched_json)
    else:
        yield from _of_feed(source)


def is_zip(head: bytes) -> bool:
    """By its first bytes."""
    return head[:2] == b"PK"


def kind_of(source: Source) -> str:
    """By the first bytes; a table is what is nothing else that has a name."""
    with source.path.open("rb") as opened:
        head = opened.read(HEAD_BYTES)
    if (named := what_else(head)) is not None:
        raise InvalidFields({"file": named})
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if is_zip(head):
        return "zip"
    if start[:1] == b"<" or turtle.is_turtle(head):
        return "feed"
    if start[:1] in (b"{", b"["):
        return _kind_of_json(source)
    return "csv"


def _kind_of_json(source: Source) -> str:
    try:
        document = parse_json(_bytes(source))
    except ValueError:
        return "jsonl"
    if iiif.is_iiif(document):
        return "iiif"
    if document == [] or rows.are_rows(document):
        return "jsonl"
    is_linked = isinstance(document, list) or "@context" in document or "@graph" in document
    is_catalogue = isinstance(document, dict) and {"dataset", "distribution"} & set(document)
    return "feed" if is_linked or is_catalogue else "jsonl"


def _of_archive(source: Source) -> Iterator[Item]:
    """All members; of those that a table at the top names, with what it says of them."""
    limit = int(current_app.config["MEDIADB_UPLOAD_MAX_BYTES"])
    with archive.open_archive(source.path) as opened:
        members = list(
            archive.members_of(
                opened,
                keywords_from_folders=source.keywords_from_folders,
                hidden=source.hidden,
            )
        )
        table = archive.table_of(opened, limit) or _json_table(opened, limit)
    if table is None:
        yield from members
        return
    name, data = table
    by_name = _by_name(members)
    named = {name}
    for row in rows.items_of_rows(rows.read_rows(name, data)):
        found = by_name.get(_named(row.filename))
        if found is not None and found.name in named:
            yield replace(row, problem="a row before names the same file", media=None)
        elif found is not None:
            named.add(found.name)
            called = row.called and archive.safe_path(row.called).name
            properties = _joined(found, row)
            yield replace(found, properties=properties, filename=called or found.filename)
        elif row.url is None and row.problem is None:
            yield replace(row, problem=f"the ZIP has no file {row.filename!r:.200}")
        else:
            yield row
    yield from (one for one in members if one.name not in named)


def _json_table(opened: ZipFile, limit: int) -> tuple[str, bytes] | None:
    """A JSON file at the top, where it is a list that names files or addresses."""
    try:
        found = archive.table_of(opened, limit, (".json",))
        document = parse_json(decoded(found[1])) if found else None
    except (InvalidFields, ValueError):
        return None
    return found if rows.are_rows(document) else None


def _by_name(members: list[Item]) -> dict[str, Item]:
    """Members by their paths, and by their bare names where there is one of that name."""
    files = [one for one in members if one.filename]
    bare = Counter(_named(one.filename) for one in files)
    found = {name: one for one in files if bare[name := _named(one.filename)] == 1}
    return {**found, **{_named(one.name): one for one in members}}


def _named(path: str | None) -> str:
    """A path as tables and archives of every system mean it."""
    return same_path(str(archive.safe_path(path))) if path else ""


def _joined(member: Item, row: Item) -> dict[str, Any]:
    """What the row says, with the keywords of the folders."""
    properties = dict(row.properties)
    folders = list(member.properties.get("keywords", ()))
    if folders:
        own = properties.get("keywords", [])
        own = own.split(",") if isinstance(own, str) and not own.startswith("[") else own
        properties["keywords"] = [*own, *folders] if isinstance(own, list) else own
    return properties


def _of_feed(source: Source) -> Iterator[Item]:
    data = _bytes(source)
    if turtle.is_turtle(data) and turtle.is_read():
        yield from feeds.items_of_json(turtle.as_json_ld(data), source.name)
    elif data.lstrip()[:1] in (b"{", b"["):
        yield from feeds.items_of_json(_json(data), source.name)
    else:
        yield from feeds.items_of_xml(feeds.parse_xml(data), source.name)


def _bytes(source: Source) -> bytes:
    limit = int(current_app.config["MEDIADB_UPLOAD_MAX_BYTES"])
    if source.path.stat().st_size > limit:
        raise InvalidFields({"file": f"a table or feed has at most {limit} bytes"})
    return source.path.read_bytes()


def _json(data: bytes) -> Mapping[str, Any]:
    try:
        document = parse_json(data.removeprefix(b"\xef\xbb\xbf"))
    except ValueError as exc:
        raise InvalidFields({"url": str(exc)}) from exc
    return document if isinstance(document, dict) else {"@graph": document}


def _fetched_json(url: str) -> Any:
    return _json(fetched(url))


def fetched(url: str) -> bytes:
    """What is at an address, as pictures are fetched."""
    config = current_app.config
    return fetch(
        url,
        max_bytes=config["MEDIADB_UPLOAD_MAX_BYTES"],
        deadline_s=config["MEDIADB_FETCH_DEADLINE_S"],
        allow=tuple(config["MEDIADB_FETCH_ALLOW"]),
    ).data
