"""What lies in a folder of this machine, and what of it is left out, with the reason."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from .archive import HIDDEN, is_litter
from .doing import Outcome

_TABLES = (".csv", ".tsv", ".jsonl", ".ndjson", ".txt", ".json", ".xml", ".md", ".zip")


@dataclass(frozen=True)
class Found:
    """`outcome`: of what is not read, None for a file that may be a picture."""

    path: Path
    outcome: Outcome | None = None


def files_of(folder: Path, *, hidden: bool = False) -> list[Found]:
    """All below a folder, in a stable order. What cannot be read has failed; links to folders are
    not followed; a hidden folder is named once, and nothing in it, unless `hidden`."""
    found, unread = list[Found](), list[OSError]()
    for root, folders, names in os.walk(folder, onerror=unread.append):
        links = [name for name in folders if Path(root, name).is_symlink()]
        away = [] if hidden else [name for name in folders if is_hidden(name)]
        found += [Found(Path(root, name), _ignored(HIDDEN)) for name in away if name not in links]
        folders[:] = sorted(set(folders) - set(away))
        found += [Found(Path(root, name)) for name in sorted([*names, *links])]
    found = [_judged(one, folder, hidden=hidden) for one in found]
    return found + [Found(Path(os.fsdecode(one.filename)), unreadable(one)) for one in unread]


def is_hidden(name: str) -> bool:
    """Whether whoever looks into its folder does not see it."""
    return name.startswith(".")


def unreadable(exc: OSError) -> Outcome:
    """What is said of a file or a folder that the system does not give."""
    return Outcome("failed", reason=f"cannot be read: {(exc.strerror or str(exc)).lower()}")


def _judged(found: Found, folder: Path, *, hidden: bool) -> Found:
    refusals = _refusals(found.path, found.path.relative_to(folder), hidden=hidden)
    return found if found.outcome else Found(found.path, next(refusals, None))


def _refusals(path: Path, within: Path, *, hidden: bool) -> Iterator[Outcome]:
    if is_litter(PurePosixPath(within)) or path.suffix.lower() in _TABLES:
        yield _ignored("no picture")
    if is_hidden(path.name) and not hidden:
        yield _ignored(HIDDEN)
    try:
        mode = path.lstat().st_mode
    except OSError as exc:
        yield unreadable(exc)
        return
    if stat.S_ISLNK(mode):
        yield _ignored("a link, no file")
    elif not stat.S_ISREG(mode):
        yield _ignored("a pipe, a socket or a device, no file")


def _ignored(reason: str) -> Outcome:
    return Outcome("ignored", reason=reason)
