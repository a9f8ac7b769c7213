"""Where the files of a media lie: a flask-storage of the app, with our key scheme.

Our storage is not registered with flask-storage's own serving blueprint: originals of strangers
must not be served as they came.
"""

import os
from pathlib import Path
from typing import Literal

import flask_storage
from flask import Flask
from flask_storage.backends.local import LocalBackend

from ..web.extension import current_part

Kind = Literal["original", "media", "thumbnail"]
STORAGE_NAME = "mediadb"


def new_storage(app: Flask) -> flask_storage.Storage:
    """The storage of one app, configured by the app's `FS_*` and `MEDIADB_FS_*` settings."""
    app.config.setdefault("FS_ROOT", str(Path(app.instance_path) / "fs"))
    app.config.setdefault("FS_BACKEND", "local")
    storage = flask_storage.Storage(STORAGE_NAME, flask_storage.IMAGES, overwrite=True)
    storage.configure(app)
    return storage


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
    """Store a file so that it survives a crash of the machine where the backend allows."""
    storage.write(name, content, overwrite=True)
    if isinstance(storage.backend, LocalBackend):
        path = Path(storage.path(name))
        for opened in (path, path.parent, path.parent.parent):
            _fsync(opened)


def read(storage: flask_storage.Storage, name: str) -> bytes | None:
    """The file's bytes, None where there is none."""
    try:
        content: bytes = storage.read(name)
    except (flask_storage.FileNotFound, FileNotFoundError):
        return None
    return content


def remove(storage: flask_storage.Storage, name: str) -> None:
    """Delete a file or everything below a name; nothing there is fine."""
    if storage.exists(name):
        storage.delete(name)


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def current_storage() -> flask_storage.Storage:
    """The files of the current app."""
    return current_part("storage")
