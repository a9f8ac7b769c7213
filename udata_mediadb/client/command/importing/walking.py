"""What lies in a folder, and why some of it is no picture to send."""

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path, PurePath

ENDINGS = {".jpg", ".jpeg", ".jpe", ".png", ".gif", ".webp", ".bmp", ".tif", ".tiff", ".avif"}
NO_PICTURE = "no picture"
HIDDEN = "hidden: its name, or that of a folder, begins with a dot"
_OWN = ".mediadb-import.jsonl"  # the journal: nobody wonders why it is not sent
_LITTER = ("._", "__MACOSX")  # by what an operating system leaves begins

Found = tuple[Path, str | None, bool]


def files_below(folder: Path, *, hidden: bool) -> Iterator[Found]:
    """Each file, in a fixed order, with the reason why it is left out, and whether that is because
    it cannot be read. A hidden folder is named once; links to folders are not followed."""
    refused: list[OSError] = []
    found: list[Found] = []
    for root, folders, names in os.walk(folder, onerror=refused.append):
        links = [name for name in folders if Path(root, name).is_symlink()]
        away = {one: reason for one in folders if (reason := _reason(one, hidden=hidden))}
        found += [(Path(root, one), away[one], False) for one in away if one not in links]
        folders[:] = sorted(set(folders) - set(away))
        paths = (Path(root, name) for name in [*names, *links] if name != _OWN)
        found += [(path, *_refusal(path, hidden=hidden)) for path in paths]
    found += [(Path(os.fsdecode(exc.filename)), unread(exc), True) for exc in refused]
    yield from sorted(found, key=lambda one: one[0])


def hidden_reason(within: PurePath, *, hidden: bool) -> str | None:
    """Why a file with this path is left out because of its name or that of a folder."""
    reasons = (_reason(part, hidden=hidden) for part in within.parts if part not in ("..", "."))
    return next((reason for reason in reasons if reason), None)


def _reason(name: str, *, hidden: bool) -> str | None:
    if name.startswith(_LITTER):
        return "left by an operating system"
    return HIDDEN if name.startswith(".") and not hidden else None


def _refusal(path: Path, *, hidden: bool) -> tuple[str | None, bool]:
    if reason := _reason(path.name, hidden=hidden):
        return reason, False
    try:
        mode = path.stat().st_mode
    except OSError as exc:
        return _unread(path, exc)
    if stat.S_ISDIR(mode):
        return "a link to a folder", False
    if path.suffix.lower() not in ENDINGS:
        return NO_PICTURE, False
    return (None, False) if stat.S_ISREG(mode) else ("a pipe, a socket or a device", False)


def _unread(path: Path, exc: OSError) -> tuple[str, bool]:
    """A link to nothing, or in a circle, is no picture; what is one by its ending should be."""
    if exc.errno in (errno.ENOENT, errno.ELOOP) and _is_link(path):
        return "a link that leads to no file", False
    return (unread(exc), True) if path.suffix.lower() in ENDINGS else (NO_PICTURE, False)


def _is_link(path: Path) -> bool:
    try:
        return path.is_symlink()
    except OSError:
        return False


def unread(exc: OSError) -> str:
    """What is said of a file or a folder that the system does not give."""
    return f"cannot be read: {(exc.strerror or str(exc)).lower()}"
