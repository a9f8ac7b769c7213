"""Directories that appear whole or not at all, and the manifest that says what is in them."""

import json
import os
import shutil
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from .syncing import force_to_disk

MANIFEST = "manifest.json"
_READ_BYTES = 1 << 20


class BadSegment(ValueError):
    """A segment that cannot be used as it is; the message says what is wrong. Rebuild it."""


def write_directory(
    path: Path, fill: Callable[[Path], Mapping[str, object]], about: Mapping[str, object]
) -> None:
    """A directory with the files that `fill` writes and a manifest of them.

    The manifest says `about`, what `fill` returns, and size and checksum of each file. It appears
    under its name when everything is on the disk. OSError (a full disk, say) leaves
    nothing behind; FileExistsError where the name is taken.
    """
    if path.exists():
        raise FileExistsError(f"there is already a segment {path.name}")
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    try:
        told = fill(unfinished)
        files = {entry.name: _described(entry) for entry in sorted(unfinished.iterdir())}
        manifest: dict[str, object] = {**about, **told, "files": files}
        manifest["crc32"] = _crc_of_manifest(manifest)
        (unfinished / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        force_to_disk([*unfinished.iterdir(), unfinished])
        unfinished.rename(path)
        force_to_disk([path.parent])
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise


def checked_manifest(path: Path) -> dict[str, Any]:
    """The manifest, if the files it names are there and have their size; BadSegment otherwise."""
    try:
        manifest = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
        right = manifest["crc32"] == _crc_of_manifest(manifest)
        sizes = {name: int(entry["bytes"]) for name, entry in manifest["files"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as exc:
        raise BadSegment(f"segment {path.name} has no readable {MANIFEST}: {exc}") from exc
    if not right:
        raise BadSegment(f"{MANIFEST} of segment {path.name} is damaged: wrong checksum")
    for name, size in sizes.items():
        try:
            there = (path / name).stat().st_size
        except OSError as exc:
            raise BadSegment(f"segment {path.name} lacks {name}") from exc
        if there != size:
            raise BadSegment(f"{name} of segment {path.name} has {there} bytes, not {size}")
    return manifest


def check_files(path: Path) -> None:
    """Read all files and compare with their checksums; BadSegment where one differs."""
    for name, entry in checked_manifest(path)["files"].items():
        if crc_of(path / name) != entry["crc32"]:
            raise BadSegment(f"{name} of {path.name} is damaged: wrong checksum")


def reserve(path: Path) -> None:
    """Take the file's blocks now: on a full disk a write to a map would kill the process."""
    if hasattr(os, "posix_fallocate"):  # not on macOS
        with path.open("r+b") as file:
            os.posix_fallocate(file.fileno(), 0, path.stat().st_size)


def crc_of(path: Path) -> int:
    """CRC-32 of a file."""
    crc = 0
    with path.open("rb") as file:
        while block := file.read(_READ_BYTES):
            crc = zlib.crc32(block, crc)
    return crc


def _described(path: Path) -> dict[str, int]:
    return {"bytes": path.stat().st_size, "crc32": crc_of(path)}


def _crc_of_manifest(manifest: Mapping[str, Any]) -> int:
    rest = {name: value for name, value in manifest.items() if name != "crc32"}
    return zlib.crc32(json.dumps(rest, sort_keys=True).encode())
