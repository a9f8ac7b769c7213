"""What a worker finds on the disk: which segments belong together, and up to where in the op log.

`manifest-<generation>.json` appears whole, under a name that is taken once: it is written and
synced under another name, then linked. So two mergers cannot both publish a generation, whatever
they believe about their lock, and the newest one is the one with the highest number.
"""

import json
import os
import re
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from ..recognition.segments.syncing import force_to_disk

FORMAT = 2
_NAME = re.compile(r"manifest-(\d{12})\.json")
PREFIX = "manifest-"  # what all their names begin with


class BadManifest(ValueError):
    """A manifest that cannot be used; the message says why. It is never guessed at."""


@dataclass(frozen=True)
class Entry:
    """A segment by the name of its directory, with the sorted numbers in it that are dead."""

    name: str
    dead: tuple[int, ...] = ()


@dataclass(frozen=True)
class Manifest:
    """One state of the segments of an application and signature.

    `seq`: the sequence number of the op log that they contain; `mark`: what the log said there
    (`log.mark`); `next_number`: above all numbers of media in them; `content`: what they hold, a
    name that a merge keeps, since it changes the files only; `version`: of the segments' format.
    """

    generation: int
    content: str
    seq: int
    mark: str
    next_number: int
    version: str
    segments: tuple[Entry, ...]

    @property
    def names(self) -> frozenset[str]:
        """The directories it needs."""
        return frozenset(entry.name for entry in self.segments)


def generations(directory: Path) -> list[int]:
    """The generations there are, newest first; some microseconds."""
    try:
        names = os.listdir(directory)  # noqa: PTH208  five times faster, and in every search
    except FileNotFoundError:
        return []
    return sorted((g for name in names if (g := generation_of(name))), reverse=True)


def path_of(directory: Path, generation: int) -> Path:
    """Where the manifest of a generation is."""
    return directory / name_of(generation)


def name_of(generation: int) -> str:
    """The name of its file."""
    return f"{PREFIX}{generation:012d}.json"


def generation_of(name: str) -> int:
    """Which generation a file of this name is the manifest of, 0: none."""
    found = _NAME.fullmatch(name)
    return int(found[1]) if found else 0


def read(directory: Path, generation: int, version: str) -> Manifest:
    """The manifest; BadManifest where it is unreadable or of another version or format."""
    try:
        text = path_of(directory, generation).read_text(encoding="utf-8")
    except (OSError, ValueError) as exc:
        raise BadManifest(f"manifest {generation} cannot be used: {exc}") from exc
    return parsed(text, generation, version)


def parsed(text: str | bytes, generation: int, version: str) -> Manifest:
    """The manifest of what `written` gave; BadManifest as for `read`."""
    try:
        told = json.loads(text)
        if told["format"] != FORMAT or told["crc32"] != _crc(told["manifest"]):
            raise BadManifest(f"manifest {generation} is damaged or of another format")
        manifest = _parsed(told["manifest"])
    except (ValueError, KeyError, TypeError, AttributeError) as exc:
        raise BadManifest(f"manifest {generation} cannot be used: {exc}") from exc
    if manifest.version != version or manifest.generation != generation:
        raise BadManifest(
            f"manifest {generation} is of version {manifest.version!r} and generation "
            f"{manifest.generation}; {version!r} is in use"
        )
    return manifest


def publish(directory: Path, manifest: Manifest) -> None:
    """Make it the newest; FileExistsError where another merger was faster, OSError on a full disk.

    What it names must be on the disk already.
    """
    unfinished = directory / f".manifest-{uuid4().hex}.unfinished"
    try:
        with unfinished.open("w", encoding="utf-8") as file:
            file.write(written(manifest))
            file.flush()
            os.fsync(file.fileno())
        path_of(directory, manifest.generation).hardlink_to(unfinished)
    finally:
        unfinished.unlink(missing_ok=True)
    force_to_disk([directory])


def written(manifest: Manifest) -> str:
    """The manifest with its format and checksum, as a text."""
    told = {"format": FORMAT, "manifest": asdict(manifest)}
    told["crc32"] = _crc(json.loads(json.dumps(told["manifest"])))
    return json.dumps(told)


def _parsed(told: Mapping[str, Any]) -> Manifest:
    entries = tuple(Entry(str(e["name"]), tuple(map(int, e["dead"]))) for e in told["segments"])
    if any("/" in e.name or e.name.startswith(".") for e in entries):
        raise ValueError("the name of a segment leads elsewhere")
    return Manifest(
        generation=int(told["generation"]),
        content=str(told["content"]),
        seq=int(told["seq"]),
        mark=str(told["mark"]),
        next_number=int(told["next_number"]),
        version=str(told["version"]),
        segments=entries,
    )


def _crc(told: object) -> int:
    return zlib.crc32(json.dumps(told, sort_keys=True).encode())
