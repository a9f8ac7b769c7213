"""Files in a folder: there whole or not at all, whatever is killed, full or asked for twice.

A file is written under a name of its own, forced to the disk, then renamed. A reader sees the old
one or the new one, and a writer that fails or is killed leaves at most an unfinished file.
"""

import os
import shutil
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from ..recognition.segments.syncing import force_to_disk

UNFINISHED = ".unfinished"


def write(path: Path, content: bytes, *, root: Path) -> None:
    """Store a file so that it survives a crash of the machine; `root`: where all files lie."""
    write_many({path: content}, root=root)


def write_many(contents: Mapping[Path, bytes], *, root: Path) -> None:
    """Store several files, each as `write` does; where it raises, some of them may be there.

    All are written before the first is forced to the disk, and each folder is forced once.
    """
    unfinished = {_unfinished(path): path for path in contents}
    try:
        for new, path in unfinished.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with new.open("xb") as opened:
                opened.write(contents[path])
        force_to_disk(unfinished)
        for new, path in unfinished.items():
            new.replace(path)
    except BaseException:
        for new in unfinished:
            with suppress(OSError):
                new.unlink(missing_ok=True)
        raise
    _force_names(contents, root)


def read(path: Path) -> bytes | None:
    """All bytes, None where there is no file."""
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None


def read_begin(path: Path, size: int) -> bytes | None:
    """The first `size` bytes, None where there is no file."""
    try:
        with path.open("rb") as opened:
            return opened.read(size)
    except (FileNotFoundError, NotADirectoryError):
        return None


def read_end(path: Path, size: int) -> bytes | None:
    """The last `size` bytes, None where there is no file."""
    try:
        with path.open("rb") as opened:
            opened.seek(-min(size, os.fstat(opened.fileno()).st_size), os.SEEK_END)
            return opened.read()
    except (FileNotFoundError, NotADirectoryError):
        return None


def remove(path: Path) -> None:
    """Delete a file or a folder; raises where something stays."""
    try:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    except FileNotFoundError:
        if path.exists():  # another process removes the same folder: it may have left nothing
            remove(path)


def move(path: Path, target: Path, *, root: Path) -> None:
    """Rename a file, also into a folder that is new."""
    target.parent.mkdir(parents=True, exist_ok=True)
    path.replace(target)
    _force_names([target], root)
    with suppress(OSError):  # not empty
        path.parent.rmdir()


def age_s(path: Path) -> float:
    """Seconds since the file was written; 0 where there is none."""
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _unfinished(path: Path) -> Path:
    return path.with_name(f"{path.name}.{uuid4().hex}{UNFINISHED}")


def _force_names(paths: Iterable[Path], root: Path) -> None:
    """Force the names on the way to files to the disk: their folders may be as new as themselves.

    The deepest first, each folder once.
    """
    folders: set[Path] = set()
    for path in paths:
        parents = list(path.parents)
        to_root = parents.index(root) + 1 if root in parents else len(parents)
        folders.update(parents[:to_root])
    force_to_disk(sorted(folders, key=lambda one: -len(one.parts)))


def stamp(path: Path) -> str | None:
    """Size, time and number of the file on the disk; None where it is gone."""
    try:
        there = path.stat()
    except FileNotFoundError:
        return None
    return f"{there.st_size}/{there.st_mtime_ns}/{there.st_ino}"
