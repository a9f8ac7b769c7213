"""The directory of one application and signature: segments, their media, and manifests.

manifest-000000000012.json   see `manifest`
<name>/                      a segment, see `index.segmented`
<name>.media/                which media its numbers are, see `media_table`
"""

import logging
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from uuid import uuid4

import numpy as np

from ..recognition.segments.files import BadSegment, check_files
from ..recognition.segments.id_sets import Ids, contains
from ..recognition.segments.segmented import OpenSegment, SegmentFormat, SegmentPart
from . import manifest as manifests
from .file_lock import file_lock
from .manifest import BadManifest, Entry, Manifest
from .media_table import Keys, MediaTable
from .taking_over import take_over

logger = logging.getLogger(__name__)

# A reader lists the manifests, then opens what one names: far below a second. What it has open
# stays readable after removal.
GRACE_S = 120.0


@dataclass(frozen=True, eq=False)
class Stored:
    """An open segment with its media; `dead`: the sorted numbers in it that do not count."""

    segment: OpenSegment
    table: MediaTable
    dead: Ids

    @property
    def name(self) -> str:
        return self.segment.path.name

    @property
    def part(self) -> SegmentPart:
        part: SegmentPart = self.segment.part(self.dead)
        return part


@dataclass(frozen=True, eq=False)
class Opened:
    """A manifest with everything that it names."""

    manifest: Manifest
    stored: Sequence[Stored]


@dataclass
class SegmentStore:
    """Reads and writes the directory; made by each worker for itself.

    `formers`: stores whose newest state it begins with, see `taking_over`.
    """

    directory: Path
    format: SegmentFormat
    formers: Sequence["SegmentStore"] = field(default=(), kw_only=True)
    _refused: set[int] = field(default_factory=set)

    @contextmanager
    def exclusive(self) -> Iterator[bool]:
        """Whether this thread may write for the time of the block; see `file_lock`."""
        with file_lock(self.directory) as mine:
            if mine:
                self._take_over()
            yield mine

    def fetch(self) -> None:
        """Bring here what was written elsewhere: by former stores, by other machines."""
        self._take_over()

    def newest(self) -> int:
        """The newest generation, 0 where there is none."""
        return max(manifests.generations(self.directory), default=0)

    def newest_usable(self) -> int:
        """The newest generation that was not refused before, 0 where there is none."""
        there = manifests.generations(self.directory)
        return next((g for g in there if g not in self._refused), 0)

    def newest_manifest(self) -> Manifest | None:
        """The newest manifest that can be read, whatever became of its segments."""
        for generation in manifests.generations(self.directory):
            with suppress(BadManifest):
                return manifests.read(self.directory, generation, self.format.version)
        return None

    def open_newest(self, have: Sequence[Stored] = ()) -> Opened | None:
        """The newest manifest that can be used, all of it; None where there is none.

        Segments of `have` are not opened again. What is wrong is logged and never tried again.
        """
        while generation := self.newest_usable():
            try:
                return self._open(generation, {stored.name: stored for stored in have})
            except (BadManifest, BadSegment) as exc:
                if manifests.path_of(self.directory, generation).exists():
                    self.refuse(generation, str(exc))
        return None

    def damage(self) -> list[str]:
        """What differs from what was written in the files that the newest manifest names."""
        manifest, found = self.newest_manifest(), []
        for name in manifest.names if manifest is not None else ():
            try:
                self.format.open(self.directory / name).check()
                check_files(self._table(name))
            except BadSegment as exc:
                found.append(str(exc))
        return found

    def refuse(self, generation: int, why: str) -> None:
        """Never use this generation again."""
        self._refused.add(generation)
        logger.warning("Index files in %s: %s", self.directory, why)

    def publish(self, manifest: Manifest) -> None:
        """See `manifest.publish`."""
        manifests.publish(self.directory, manifest)

    def write(self, part: SegmentPart, keys: Keys) -> str:
        """A new segment of the live images of a part; `keys`: their media, in the same order."""
        return self.write_merged([part], MediaTable.of(part.live, keys))

    def write_merged(self, parts: Sequence[SegmentPart], table: MediaTable) -> str:
        """A new segment of the live images of all parts, `table` has exactly these; its name.

        OSError where the disk is full; nothing is left then.
        """
        name = uuid4().hex
        table.write(self._table(name))
        try:
            self.format.write(self.directory / name, parts)
        except BaseException:
            shutil.rmtree(self._table(name), ignore_errors=True)
            raise
        return name

    def remove(self, names: Sequence[str]) -> None:
        """Remove segments that no manifest came to name."""
        for name in names:
            shutil.rmtree(self.directory / name, ignore_errors=True)
            shutil.rmtree(self._table(name), ignore_errors=True)

    def sweep(self, grace_s: float = GRACE_S) -> None:
        """Remove what has been superseded, or left unfinished, for longer than the grace period.

        To be called by the holder of the file lock.
        """
        before = time.time() - grace_s
        there = manifests.generations(self.directory)
        for newer, older in pairwise(there):
            if _changed(manifests.path_of(self.directory, newer)) < before:
                manifests.path_of(self.directory, older).unlink(missing_ok=True)
        needed: set[str] = set()
        for generation in manifests.generations(self.directory):
            try:
                needed |= manifests.read(self.directory, generation, self.format.version).names
            except BadManifest:
                continue
        for entry in self.directory.iterdir():
            kept = entry.name.removesuffix(".media") in needed
            if entry.is_dir() and not kept and _changed(entry) < before:
                shutil.rmtree(entry, ignore_errors=True)
            elif entry.suffix == ".unfinished" and not entry.is_dir() and _changed(entry) < before:
                entry.unlink(missing_ok=True)

    def _take_over(self) -> None:
        take_over(self.directory, self.format.version, self.formers)

    def _open(self, generation: int, have: dict[str, Stored]) -> Opened:
        manifest = manifests.read(self.directory, generation, self.format.version)
        stored = [self._opened(entry, have.get(entry.name)) for entry in manifest.segments]
        return Opened(manifest, stored)

    def _opened(self, entry: Entry, have: Stored | None) -> Stored:
        dead = np.array(entry.dead, np.uint32)
        if have is not None:
            return Stored(have.segment, have.table, dead)
        segment = self.format.open(self.directory / entry.name)
        table = MediaTable.open(self._table(entry.name))
        if not np.array_equal(table.sorted_numbers(), segment.images):
            raise BadSegment(f"segment {entry.name} and its media do not fit together")
        return Stored(segment, table, dead)

    def _table(self, name: str) -> Path:
        return self.directory / f"{name}.media"


def live_table(stored: Sequence[Stored]) -> MediaTable:
    """The media of everything that is live in these segments."""
    lives = [~contains(one.dead, one.segment.images) for one in stored]
    numbers = np.concatenate([s.segment.images[v] for s, v in zip(stored, lives, strict=True)])
    keys = np.concatenate([s.table.keys()[v] for s, v in zip(stored, lives, strict=True)])
    order = np.argsort(numbers, kind="stable")
    return MediaTable.of(numbers[order], keys[order])


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return float("inf")
