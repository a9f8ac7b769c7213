"""Where backups lie: a folder, or a bucket. An object is there whole or not at all."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

import flask_storage
from flask import Flask

from ...errors import InvalidRequest
from ...indexing.bucket import Bucket
from ...media import files, local_files


class Place(Protocol):
    """Names are paths with slashes. Errors are OSError."""

    def names(self, start: str) -> Iterator[str]:
        """The names of all objects that begin so."""

    def read(self, name: str) -> bytes:
        """All bytes; FileNotFoundError or another OSError where there is none."""

    def write(self, name: str, content: bytes) -> None:
        """Store an object; it survives a crash when this returns."""


class Folder:
    """A directory."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def names(self, start: str) -> Iterator[str]:
        """See `Place.names`."""
        for folder, _, found in os.walk(self._path / start.rpartition("/")[0]):
            for file in found:
                name = Path(folder, file).relative_to(self._path).as_posix()
                if name.startswith(start) and not file.endswith(local_files.UNFINISHED):
                    yield name

    def read(self, name: str) -> bytes:
        """See `Place.read`."""
        return (self._path / name).read_bytes()

    def write(self, name: str, content: bytes) -> None:
        """See `Place.write`."""
        local_files.write(self._path / name, content, root=self._path)


class InBucket:
    """Objects below a prefix of a bucket."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket

    def names(self, start: str) -> Iterator[str]:
        """See `Place.names`."""
        return (found.name for found in self._bucket.list(start))

    def read(self, name: str) -> bytes:
        """See `Place.read`."""
        return self._bucket.read(name)

    def write(self, name: str, content: bytes) -> None:
        """See `Place.write`."""
        self._bucket.write(name, content)


def require_apart(address: str, storage: flask_storage.Storage, app: Flask) -> None:
    """InvalidRequest for a place among the portal's own files, where `reindex` would take a backup
    for what belongs to nothing; below FS_ROOT, which web servers often serve; in the index, which
    `restore` removes."""
    own = (Path(app.config["FS_ROOT"]), files.index_root(app))
    folder = None if "://" in address else Path(address).resolve()
    is_below = folder is not None and any(folder.is_relative_to(one.resolve()) for one in own)
    if is_below or files.holds(storage, address):
        raise InvalidRequest(f"{address} lies among the files of this portal: choose another place")
    if folder is not None and folder.exists() and not folder.is_dir():
        raise InvalidRequest(f"{address} is no folder")


def place_of(address: str, config: Mapping[str, Any]) -> Place:
    """Of a folder, or of `s3://bucket/prefix` on the server of the files (`FS_S3_*`)."""
    if "://" not in address:
        return Folder(Path(address).absolute())
    try:
        return InBucket(Bucket.of(address, config))
    except ValueError as exc:
        raise InvalidRequest(f"a backup goes to a folder or to s3://bucket/prefix: {exc}") from exc
