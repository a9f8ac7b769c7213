"""What one backup has: a small object, written last, that names all others."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from ...errors import NotFound
from .objects import DamagedBackup, Objects, packed, unpacked

FOLDER = "snapshots/"
CONTENTS = "objects"
PIECE_BYTES = 8 << 20  # of documents or lines in one object
_TIME = "%Y-%m-%dT%H%M%S.%fZ"


@dataclass(frozen=True)
class Pieces:
    """`count` documents or lines, in objects of these digests."""

    count: int
    digests: tuple[str, ...]


@dataclass(frozen=True)
class Snapshot:
    """`mark`: what was acknowledged before is in it; `gone`: media that were purged meanwhile.

    `documents`: by collection; `descriptions`: lines of id, checksum of the picture, digest of the
    pack; `files`: lines of name, stamp, digest.
    """

    name: str
    mark: str
    identity: str
    documents: dict[str, Pieces]
    descriptions: Pieces
    files: Pieces
    gone: tuple[str, ...]


def name_at(moment: datetime) -> str:
    """Names sort by time."""
    return moment.strftime(_TIME)


def names(objects: Objects) -> list[str]:
    """The complete ones, oldest first."""
    found = objects.names(FOLDER)
    return sorted(one.removeprefix(FOLDER).removesuffix(".json") for one in found)


def write(objects: Objects, snapshot: Snapshot) -> None:
    """Make it complete: everything that it names is there."""
    objects.write(f"{FOLDER}{snapshot.name}.json", json.dumps(asdict(snapshot)).encode())


def read(objects: Objects, name: str | None = None) -> Snapshot:
    """This one, or the newest; NotFound where there is none."""
    there = names(objects)
    if not there or (name is not None and name not in there):
        raise NotFound(f"There is no backup {name or ''}; there are: {', '.join(there) or 'none'}")
    chosen = name or there[-1]
    try:
        told = json.loads(objects.read(f"{FOLDER}{chosen}.json"))
        return _of(told)
    except (ValueError, TypeError, KeyError) as exc:
        raise DamagedBackup(f"the backup {chosen} cannot be read: {exc}") from exc


def newest(objects: Objects) -> Snapshot | None:
    """The newest one, None at the first time."""
    return read(objects) if names(objects) else None


def store_lines(objects: Objects, lines: Iterable[Sequence[str]]) -> Pieces:
    """Lists of texts as pieces."""
    encoded = (json.dumps(list(line)).encode() + b"\n" for line in lines)
    return store_pieces(objects, encoded)


def load_lines(objects: Objects, pieces: Pieces) -> Iterator[list[str]]:
    """What was stored so."""
    for digest in pieces.digests:
        for line in unpacked(objects.load(CONTENTS, digest)).splitlines():
            yield json.loads(line)


def store_pieces(objects: Objects, parts: Iterable[bytes]) -> Pieces:
    """Byte strings one after the other, some megabytes in each object."""
    count, digests = 0, list[str]()
    waiting, size = list[bytes](), 0
    for part in parts:
        count += 1
        waiting.append(part)
        size += len(part)
        if size >= PIECE_BYTES:
            digests.append(objects.store(CONTENTS, packed(b"".join(waiting)))[0])
            waiting, size = [], 0
    if waiting:
        digests.append(objects.store(CONTENTS, packed(b"".join(waiting)))[0])
    return Pieces(count, tuple(digests))


def _of(told: dict[str, Any]) -> Snapshot:
    return Snapshot(
        name=str(told["name"]),
        mark=str(told["mark"]),
        identity=str(told["identity"]),
        documents={name: _pieces(one) for name, one in told["documents"].items()},
        descriptions=_pieces(told["descriptions"]),
        files=_pieces(told["files"]),
        gone=tuple(told["gone"]),
    )


def _pieces(told: dict[str, Any]) -> Pieces:
    return Pieces(int(told["count"]), tuple(map(str, told["digests"])))
