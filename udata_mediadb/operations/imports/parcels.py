"""What a client sends to be imported: kept in the storage in pieces until its import has ended.

All workers see the storage, and a piece is no larger than one request. Who reads it puts the pieces
together in a file of this machine.
"""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from uuid import uuid4

import flask_storage

from ...errors import NotFound
from ...media import files

PREFIX = f"{files.OWN_PREFIX}imports/"
_FOLDER = "imports"  # of this machine
KEPT_S = 24 * 3600.0  # of what nobody imports


def add_piece(storage: flask_storage.Storage, parcel: str, data: bytes) -> str:
    """Keep a piece whole or not at all, under a name of its own: of two writers of the same part
    one is counted. Gives its name."""
    name = uuid4().hex
    files.write(storage, f"{PREFIX}{parcel}/{name}", data)
    return name


def remove_piece(storage: flask_storage.Storage, parcel: str, piece: str) -> None:
    files.remove(storage, f"{PREFIX}{parcel}/{piece}")


def first_bytes(
    storage: flask_storage.Storage, parcel: str, pieces: Sequence[str], count: int
) -> bytes:
    """The first so many bytes of it; fewer where it has no more, or is not there any more."""
    found = b""
    for piece in pieces:
        if len(found) >= count:
            break
        found += files.read_begin(storage, f"{PREFIX}{parcel}/{piece}", count - len(found)) or b""
    return found


def add_note(storage: flask_storage.Storage, parcel: str, name: str, data: bytes) -> None:
    """Keep something beside the pieces."""
    files.write(storage, f"{PREFIX}{parcel}.{name}", data)


def read_note(storage: flask_storage.Storage, parcel: str, name: str) -> bytes | None:
    return files.read(storage, f"{PREFIX}{parcel}.{name}")


def put_together(
    storage: flask_storage.Storage, parcel: str, pieces: Sequence[str], root: Path
) -> Path:
    """A file of this machine with these pieces; NotFound where one is not there any more."""
    path = root / _FOLDER / parcel
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(f".{uuid4().hex}")
    try:
        with unfinished.open("wb") as out:
            for piece in pieces:
                data = files.read(storage, f"{PREFIX}{parcel}/{piece}")
                if data is None:
                    raise NotFound("What was to be imported is not there any more.")
                out.write(data)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return path


def remove(storage: flask_storage.Storage, parcel: str, root: Path) -> None:
    """Remove the pieces, what is kept beside them and the files of this machine."""
    for name in list(files.list_names(storage, own=True)):
        if name.startswith((f"{PREFIX}{parcel}/", f"{PREFIX}{parcel}.")):
            files.remove(storage, name)
    for path in (root / _FOLDER).glob(f"{parcel}*"):  # whole, or of one who was killed meanwhile
        path.unlink(missing_ok=True)


def remove_local(parcel: str, root: Path) -> None:
    """Remove what this machine put together; the pieces stay."""
    (root / _FOLDER / parcel).unlink(missing_ok=True)


def is_there(storage: flask_storage.Storage, parcel: str, pieces: Sequence[str]) -> bool:
    """Whether all pieces are there still."""
    return all(files.exists(storage, f"{PREFIX}{parcel}/{piece}") for piece in pieces)


def old_ones(storage: flask_storage.Storage, root: Path) -> Iterator[str]:
    """Parcels that nobody touched for a day; also those that only this machine has files of."""
    ages: dict[str, float] = {}
    for name in files.list_names(storage, own=True):
        if name.startswith(PREFIX):
            parcel = name.removeprefix(PREFIX).split("/")[0].split(".")[0]
            age = files.age_s(storage, name)
            ages[parcel] = min(age, ages.get(parcel, age))
    for path in (root / _FOLDER).glob("*"):
        parcel, age = path.name.split(".")[0], time.time() - _modified_at(path)
        ages[parcel] = min(age, ages.get(parcel, age))
    yield from (parcel for parcel, age in ages.items() if age > KEPT_S)


def _modified_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:  # another process has just removed it
        return time.time()
