"""Segments that are made once for all machines: written by one of them, kept in a bucket.

`<application>/<signature>+<version>/` in the bucket has what the directory of a machine has: files
of segments, and manifests that are created only once. The directory is what searches read; it is
filled from the bucket. Who writes holds a lease, which saves work; that two who believe to hold it
do no harm is due to the manifest, which only one of them can create.
"""

import logging
import os
import shutil
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from ..mongo.lease import lease
from ..recognition.segments.files import MANIFEST, BadSegment, check_files
from ..recognition.segments.syncing import force_to_disk
from . import manifest as manifests
from .bucket import Bucket, Found
from .file_lock import file_lock
from .manifest import BadManifest, Manifest
from .segment_store import GRACE_S, SegmentStore

logger = logging.getLogger(__name__)

# A machine that reads a manifest fetches what it names: 5 GB for a million pictures, minutes.
SUPERSEDED_S = 3600.0
# What no manifest names: an upload is at it, or was killed.
UNNAMED_S = 6 * 3600.0


@dataclass
class SharedStore(SegmentStore):
    """A `SegmentStore` with a bucket behind it; `bucket` is below its own prefix there."""

    bucket: Bucket = field(kw_only=True)
    lease_name: str = field(kw_only=True)
    superseded_s: float = SUPERSEDED_S
    unnamed_s: float = UNNAMED_S
    _in_bucket: int = 0  # the newest generation there, as last seen
    _sent: set[str] = field(default_factory=set)

    def newest(self) -> int:
        """The newest generation here or, as last seen, in the bucket."""
        return max(super().newest(), self._in_bucket)

    @contextmanager
    def exclusive(self) -> Iterator[bool]:
        """One writer of this machine, who has what the others wrote, then one of all machines.

        BucketError where the bucket is away: nobody writes then, and searches go on.
        """
        with file_lock(self.directory) as here:
            if not here:
                yield False
                return
            self._take_over()
            self._fetch()
            with lease(self.lease_name) as mine:
                if mine:
                    self._fetch()  # what the holder before wrote last
                    self._share_first()
                yield mine

    def fetch(self) -> None:
        """Bring the newest usable state here; where the bucket is away, what is here has to do."""
        self._take_over()
        try:
            self._fetch()
        except OSError as exc:
            logger.warning("Segments of %s are not fetched: %s", self.lease_name, exc)

    def publish(self, manifest: Manifest) -> None:
        """Segments first, then the manifest, which only one can create, then the one here."""
        for name in sorted(manifest.names):
            self._send(name)
        name = manifests.name_of(manifest.generation)
        self.bucket.create(name, manifests.written(manifest).encode())
        self._in_bucket = max(self._in_bucket, manifest.generation)
        with suppress(FileExistsError):  # a fetch of another worker was faster
            super().publish(manifest)

    def sweep(self, grace_s: float = GRACE_S) -> None:
        """See `SegmentStore.sweep`; in the bucket as well. By the holder of the lease."""
        super().sweep(grace_s)
        there = list(self.bucket.list())
        gone = set(superseded(there, self.superseded_s))
        self.bucket.remove(gone)
        staying = (manifests.generation_of(one.name) for one in there if one.name not in gone)
        try:
            needed = {name for g in staying if g for name in self._read(g).names}
        except BadManifest as exc:  # nobody knows what it names: until it is superseded, all stays
            logger.warning("Nothing is swept in the bucket of %s: %s", self.lease_name, exc)
            return
        self.bucket.remove(unnamed(there, needed, self.unnamed_s))

    def _fetch(self) -> None:
        there = self._generations()
        self._in_bucket = max(there, default=0)
        here = super().newest()
        for generation in there:
            if generation <= here:
                return
            try:
                self._fetch_state(self._read(generation))
                return
            except (BadManifest, BadSegment) as exc:
                logger.warning("State %d of %s: %s", generation, self.lease_name, exc)

    def _fetch_state(self, manifest: Manifest) -> None:
        files = [found.name for found in self.bucket.list()]
        for name in sorted(manifest.names):
            for folder in (f"{name}.media", name):
                if not (self.directory / folder).exists():
                    below = [one for one in files if one.startswith(f"{folder}/")]
                    self._fetch_folder(folder, below)
            self._sent.add(name)
        with suppress(FileExistsError):  # another worker of this machine was faster
            super().publish(manifest)

    def _fetch_folder(self, folder: str, files: list[str]) -> None:
        """A directory that appears whole and right, or not at all; BadSegment where it is not."""
        self.directory.mkdir(parents=True, exist_ok=True)
        unfinished = self.directory / f".{folder}.{os.getpid()}.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir()
        try:
            for name in files:
                self.bucket.download(name, unfinished / Path(name).name)
            check_files(unfinished)
            force_to_disk([*unfinished.iterdir(), unfinished])
            with suppress(OSError):  # another worker of this machine was faster
                unfinished.rename(self.directory / folder)
            force_to_disk([self.directory])
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)

    def _send(self, name: str) -> None:
        """Upload a segment and its media; what each folder says of its files goes last."""
        if name in self._sent:
            return
        for folder in (f"{name}.media", name):
            files = sorted((self.directory / folder).iterdir(), key=lambda f: f.name == MANIFEST)
            for file in files:
                self.bucket.upload(file, f"{folder}/{file.name}")
        self._sent.add(name)

    def _share_first(self) -> None:
        """Give the others what is here, where the bucket has nothing yet. By the holder."""
        if self._in_bucket or not super().newest():
            return
        if (opened := self.open_newest()) is not None:
            self.publish(opened.manifest)

    def _generations(self) -> list[int]:
        """Those in the bucket, newest first."""
        names = [found.name for found in self.bucket.list(manifests.PREFIX)]
        return sorted((g for name in names if (g := manifests.generation_of(name))), reverse=True)

    def _read(self, generation: int) -> Manifest:
        """BadManifest for what is damaged, BucketError for what cannot be read now."""
        text = self.bucket.read(manifests.name_of(generation))
        return manifests.parsed(text, generation, self.format.version)


def superseded(there: Sequence[Found], older_than_s: float) -> Iterator[str]:
    """Manifests whose successor has been there for longer than that."""
    states = [one for one in there if manifests.generation_of(one.name)]
    states.sort(key=lambda one: manifests.generation_of(one.name))
    for older, newer in pairwise(states):
        if newer.age_s > older_than_s:
            yield older.name


def unnamed(there: Sequence[Found], needed: Collection[str], older_than_s: float) -> Iterator[str]:
    """Files of segments that no manifest names, and that have been there for longer than that."""
    for one in there:
        folder, inside, _ = one.name.partition("/")
        if inside and folder.removesuffix(".media") not in needed and one.age_s > older_than_s:
            yield one.name
