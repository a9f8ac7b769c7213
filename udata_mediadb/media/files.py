"""Where the files of a media lie: a flask-storage of the app, with our key scheme.

Our storage is not registered with flask-storage's own serving blueprint: originals of strangers
must not be served as they came. What flask-storage leaves to chance is done by `local_files` and
`object_files`: a file is there whole or not at all, and only what is not there counts as missing.
"""

import errno
import os
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import flask_storage
from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError
from flask import Flask, current_app
from flask_storage.backends.local import LocalBackend
from flask_storage.backends.s3 import S3Backend

from . import local_files, object_files

Kind = Literal["original", "media", "thumbnail", "preview"]
STORAGE_NAME = "mediadb"
STORAGE_ERRORS = (
    OSError,
    BotoCoreError,
    Boto3Error,
    ClientError,
)  # what is raised where one is away or full
OWN_PREFIX = ".mediadb/"  # names below it are the portal's own, not those of a media


def new_storage(app: Flask) -> flask_storage.Storage:
    """The storage of one app, configured by the app's `FS_*` and `MEDIADB_FS_*` settings."""
    app.config.setdefault("FS_ROOT", str(Path(app.instance_path) / "fs"))
    app.config.setdefault("FS_BACKEND", "local")
    storage = flask_storage.Storage(STORAGE_NAME, flask_storage.IMAGES, overwrite=True)
    _configure(storage, app)
    return storage


def _configure(storage: flask_storage.Storage, app: Flask) -> None:
    """Where several workers start at once on an empty S3 (`FS_CREATE_BUCKET`), one makes the
    bucket; to the others, that it is there is no error."""
    for attempt in range(_BUCKET_ATTEMPTS):
        try:
            storage.configure(app)
            if isinstance(storage.backend, S3Backend):
                object_files.bound(storage.backend)
            return
        except ClientError as exc:
            code = exc.response.get("Error", {}).get("Code")
            if code not in _BUCKET_IS_MADE or attempt == _BUCKET_ATTEMPTS - 1:
                raise
        time.sleep(_BUCKET_WAIT_S)


_BUCKET_IS_MADE = ("BucketAlreadyOwnedByYou", "BucketAlreadyExists", "OperationAborted")
_BUCKET_ATTEMPTS = 10
_BUCKET_WAIT_S = 0.3
_OBJECTS_AT_ONCE = 8  # below the ten connections that botocore holds


def index_root(app: Flask) -> Path:
    """Where index segments go: not below FS_ROOT, which web servers often serve as it is."""
    given = app.config["MEDIADB_INDEX_ROOT"]
    root = Path(app.config["FS_ROOT"]).absolute()
    return Path(given).absolute() if given else root.with_name(f"{root.name}-index")


def key(application: str, media: str, kind: Kind) -> str:
    """The name of a file; made of our own ids only, never of what a client sent."""
    return f"{folder(application, media)}/{kind}"


def folder(application: str, media: str) -> str:
    """What the names of all files of a media begin with."""
    return f"{application}/{media}"


def write(storage: flask_storage.Storage, name: str, content: bytes) -> None:
    """Store a file whole or not at all, so that it survives a crash where the backend allows."""
    if _is_local(storage):
        local_files.write(_path(storage, name), content, root=_root(storage))
    else:
        storage.write(name, content, overwrite=True)  # an object appears when all of it is there


def write_all(
    storage: flask_storage.Storage, application: str, media: str, contents: Mapping[Kind, bytes]
) -> None:
    """Store these files of a media, each as `write` does."""
    write_many(storage, {key(application, media, kind): one for kind, one in contents.items()})


def write_many(storage: flask_storage.Storage, contents: Mapping[str, bytes]) -> None:
    """Store files by their names, each as `write` does; where it raises, some may be there."""
    if _is_local(storage):
        paths = {_path(storage, name): content for name, content in contents.items()}
        local_files.write_many(paths, root=_root(storage))
        return
    with ThreadPoolExecutor(_OBJECTS_AT_ONCE) as threads:
        list(threads.map(lambda one: write(storage, *one), contents.items()))


def read(storage: flask_storage.Storage, name: str) -> bytes | None:
    """The file's bytes, None where there is none; raises where that cannot be known."""
    if _is_local(storage):
        return local_files.read(_path(storage, name))
    return object_files.read(storage.backend, _key(storage, name))


def read_begin(storage: flask_storage.Storage, name: str, size: int) -> bytes | None:
    """The first bytes of a file, None where there is none; cheap also for a large file."""
    if _is_local(storage):
        return local_files.read_begin(_path(storage, name), size)
    return object_files.read_begin(storage.backend, _key(storage, name), size)


def read_end(storage: flask_storage.Storage, name: str, size: int) -> bytes | None:
    """The last bytes of a file, None where there is none; cheap also for a large file."""
    if _is_local(storage):
        return local_files.read_end(_path(storage, name), size)
    return object_files.read_end(storage.backend, _key(storage, name), size)


def exists(storage: flask_storage.Storage, name: str) -> bool:
    """Whether there is such a file; raises where that cannot be known."""
    return read_end(storage, name, 1) is not None


def require_usable(storage: flask_storage.Storage) -> None:
    """Raise what the backend raises where files cannot be written, or an S3 does not answer."""
    if _is_local(storage):
        require_writable(_root(storage))
    else:
        object_files.require_answer(storage.backend, _key(storage, f"{OWN_PREFIX}none"))


def require_writable(folder: Path) -> None:
    """Raise OSError where nothing can be written into this folder, or it cannot be made."""
    there = next(one for one in (folder, *folder.parents) if one.exists())
    if not os.access(there, os.W_OK):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))


def remove(storage: flask_storage.Storage, name: str) -> None:
    """Delete a file and everything below a name; nothing there is fine."""
    if _is_local(storage):
        local_files.remove(_path(storage, name))
    else:
        object_files.remove(storage.backend, _key(storage, name))


def move(storage: flask_storage.Storage, name: str, target: str) -> None:
    """Give a file another name; it is there under one of the two at every moment."""
    if _is_local(storage):
        local_files.move(_path(storage, name), _path(storage, target), root=_root(storage))
    else:
        object_files.move(storage.backend, _key(storage, name), _key(storage, target))


def list_names(storage: flask_storage.Storage, *, own: bool = False) -> Iterator[str]:
    """The names of all files of media, also of unfinished ones; `own`: of the portal's own."""
    for name in storage.list_files():
        if name.startswith(OWN_PREFIX) == own:
            yield name


def holds(storage: flask_storage.Storage, place: str) -> bool:
    """Whether a folder, or `s3://bucket/prefix`, lies among these files."""
    if _is_local(storage):
        return "://" not in place and Path(place).resolve().is_relative_to(_root(storage).resolve())
    parts = urlsplit(place)
    is_same = parts.scheme == "s3" and parts.netloc == storage.backend.bucket.name
    return is_same and f"{parts.path.strip('/')}/".startswith(str(_key(storage, "")))


def stamps(storage: flask_storage.Storage) -> Iterator[tuple[str, str]]:
    """The name of each file there is, with a text that is another one after each change of it."""
    if not _is_local(storage):
        yield from object_files.stamps(storage.backend, _key(storage, ""))
        return
    for name in storage.list_files():
        if (stamp := local_files.stamp(_path(storage, name))) is not None:
            yield name, stamp


def is_unfinished(name: str) -> bool:
    """Whether this is what a writer that was killed left: nothing was acknowledged by it."""
    return name.endswith(local_files.UNFINISHED)


def age_s(storage: flask_storage.Storage, name: str) -> float:
    """Seconds since a file was written; 0 where it is gone meanwhile."""
    if _is_local(storage):
        return local_files.age_s(_path(storage, name))
    return object_files.age_s(storage.backend, _key(storage, name))


def current_storage() -> flask_storage.Storage:
    """The files of the current app."""
    return current_app.extensions["mediadb"].storage


def object_key(storage: flask_storage.Storage, name: str) -> str:
    """Under which key of its bucket a file is."""
    return str(_key(storage, name))


def _is_local(storage: flask_storage.Storage) -> bool:
    return isinstance(storage.backend, LocalBackend)


def _key(storage: flask_storage.Storage, name: str) -> Any:
    """The name with the prefix that several storages in one bucket are told apart by."""
    return storage._prefixed(name)


def _path(storage: flask_storage.Storage, name: str) -> Path:
    return Path(storage.backend.path(_key(storage, name)))


def _root(storage: flask_storage.Storage) -> Path:
    return Path(storage.backend.root)
