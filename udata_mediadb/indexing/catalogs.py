"""The catalogs of one process."""

import logging
import re
import shutil
import threading
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any

from ..recognition.model_file import BadModelFile
from ..recognition.registered import RegisteredSignature
from ..recognition.segments.segmented import SegmentFormat
from .bucket import Bucket, BucketError
from .catalog import Catalog
from .index_limits import IndexLimits
from .moment import Moment
from .segment_store import SegmentStore
from .serving import Serving
from .shards.client import ClusterClient
from .shards.remote import RemoteCatalog
from .shards.seeding import sources_of
from .shards.share import WHOLE, Share
from .shared_store import SharedStore
from .upkeep import Upkeep

logger = logging.getLogger(__name__)

LOOKS = 10  # at what is unwritten, while as many are added as a segment is written for: 1 ms each


class MaintainedCatalog:
    """A catalog that keeps its segments up by itself."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.upkeep = Upkeep(catalog)
        self._added = 0  # by this process

    def shortlist(
        self,
        description: Any,
        k: int,
        allowed: Iterable[str] | None = None,
        moment: Moment | None = None,
    ) -> list[tuple[str, float]]:
        """See `Catalog.shortlist`."""
        return self.shortlists([description], k, allowed, moment)[0]

    def shortlists(
        self,
        descriptions: Sequence[Any],
        k: int,
        allowed: Iterable[str] | None = None,
        moment: Moment | None = None,
    ) -> list[list[tuple[str, float]]]:
        """See `Catalog.shortlists`."""
        try:
            return self.catalog.shortlists(descriptions, k, allowed, moment)
        finally:
            self.upkeep.start_if_due()

    def note_added(self) -> None:
        """One more was stored by this process: where nobody searches, segments are written too.

        The log and the manifest tell what is unwritten, for they outlive a process: where workers
        are replaced after a hundred requests each, no count of theirs comes far.
        """
        looks = self._added % max(1, self.catalog.limits.delta // LOOKS) == 0
        self._added += 1  # a count lost between threads only makes the next look a little later
        if looks and self.catalog.unwritten() >= self.catalog.limits.delta:
            self.write_due()

    def write_due(self) -> None:
        """Write the segments that are due, in a thread."""
        if self.catalog.store is not None:
            self.upkeep.start()

    def status(self) -> dict[str, int]:
        """See `Catalog.status`."""
        return self.catalog.status()


class Catalogs:
    """The catalogs of this process, made when first asked for."""

    def __init__(
        self,
        registry: dict[str, RegisteredSignature],
        root: Path | None = None,
        limits: IndexLimits | None = None,
        bucket: Bucket | None = None,
        share: Share = WHOLE,
        cluster: ClusterClient | None = None,
    ) -> None:
        """`root`: a directory for segments, on a local disk; None: all stays in memory.

        `bucket`: where segments are kept that one machine writes for all. `share`: which media are
        in them. `cluster`: who answers, in place of this process; None: it does.
        """
        self.share = share
        self.cluster = cluster
        self._remote: dict[tuple[str, str], RemoteCatalog] = {}
        self.registry = registry
        self.root = root
        self._bucket = bucket
        self._limits = limits or IndexLimits()
        self._served: dict[tuple[str, str], MaintainedCatalog] = {}
        self._lock = threading.Lock()

    def get(self, application: str, name: str) -> Serving:
        """Who answers for the signature `name` of an application id."""
        if self.cluster is None or self.registry[name].segments is None:
            return self.own(application, name)
        with self._lock:
            key = (application, name)
            if key not in self._remote:
                registered = self.registry[name]
                self._remote[key] = RemoteCatalog(application, registered, self.cluster)
            return self._remote[key]

    def own(self, application: str, name: str) -> MaintainedCatalog:
        """The catalog of this process, whoever answers searches."""
        with self._lock:
            key = (application, name)
            if key not in self._served:
                registered = self.registry[name]
                store = self._store(application, registered)
                self._served[key] = MaintainedCatalog(
                    Catalog(
                        application,
                        registered,
                        store,
                        self._limits,
                        self.share,
                        self._sources(application, registered),
                    )
                )
            return self._served[key]

    def held(self) -> list[tuple[str, str, MaintainedCatalog]]:
        """Those that were asked for until now: application, signature, catalog."""
        with self._lock:
            return [(*key, served) for key, served in self._served.items()]

    def remote(self) -> list[tuple[str, str, RemoteCatalog]]:
        """Those that a cluster was asked for until now: application, signature, catalog."""
        with self._lock:
            return [(*key, remote) for key, remote in self._remote.items()]

    def note_added(self, application: str, names: Iterable[str]) -> None:
        """A media was stored in the application: see `MaintainedCatalog.note_added`."""
        for name in names:
            self.get(application, name).note_added()

    def write_due(self, application: str, names: Iterable[str]) -> None:
        """Many media were described: see `MaintainedCatalog.write_due`."""
        for name in names:
            self.get(application, name).write_due()

    def drop(self, application: str, keep: Collection[str] = ()) -> None:
        """Remove the application's index files, except those of the signature keys to keep.

        Processes that have them open go on with what they have. Where the bucket is away, what is
        in it stays, and the log says so.
        """
        if self._bucket is not None:
            _drop_in(self._bucket.below(application), keep)
        with self._lock:
            for served in [one for one in self._served if one[0] == application]:
                if self.registry[served[1]].key not in keep:
                    del self._served[served]
        if self.root is None:
            return
        for directory in (self.root / application).glob("*+*"):
            if directory.name.rpartition("+")[0] not in keep:
                shutil.rmtree(directory, ignore_errors=True)
        if not keep:
            shutil.rmtree(self.root / application, ignore_errors=True)

    def drop_others(self, applications: Collection[str]) -> None:
        """Of shards: remove the files of all other applications and of other numbers of shards."""
        if self.root is None or self.share.is_whole or not self.root.exists():
            return
        for directory in self.root.iterdir():
            if directory.name not in applications:
                self.drop(directory.name)
                continue
            others = [one.name for one in directory.iterdir() if self.share.is_other(one.name)]
            for name in others:
                shutil.rmtree(directory / name, ignore_errors=True)
            if others and self._bucket is not None:
                _drop_shares(self._bucket.below(directory.name), self.share)

    def _sources(self, application: str, registered: RegisteredSignature) -> list[SegmentStore]:
        found = (self._store(application, registered, one) for one in sources_of(self.share))
        return [store for store in found if store is not None]

    def _store(
        self, application: str, registered: RegisteredSignature, share: Share | None = None
    ) -> SegmentStore | None:
        if self.root is None or registered.segments is None:
            return None
        try:
            segments = registered.segments()
        except BadModelFile as exc:
            logger.warning("Indexes stay in memory: %s", exc)
            return None
        own = self._own_store(application, registered.key, segments, share or self.share)
        if self._bucket is None:
            return own
        name = own.directory.name
        return SharedStore(
            self._shared_directory(own),
            segments,
            bucket=self._bucket.below(f"{application}/{name}"),
            lease_name=f"segments/{application}/{name}",
            formers=self._before_shared(own),
        )

    def _own_store(
        self, application: str, key: str, segments: SegmentFormat, share: Share
    ) -> SegmentStore:
        """Of this machine alone, which begins with what it wrote in an earlier form."""
        assert self.root is not None
        # a directory for each version: during an update workers of two versions run side by side
        version = re.sub(r"[^\w.@-]", "_", segments.version)
        formers = [self._own_store(application, key, one, share) for one in segments.formers]
        directory = self.root / application / f"{key}+{version}{share.name}"
        return SegmentStore(directory, segments, formers=formers)

    def _before_shared(self, own: SegmentStore) -> list[SegmentStore]:
        """What this machine wrote alone, or fetched or wrote in an earlier form."""
        fetched = [
            SegmentStore(self._shared_directory(former), former.format) for former in own.formers
        ]
        return [own, *fetched, *own.formers]

    def _shared_directory(self, own: SegmentStore) -> Path:
        assert self._bucket is not None
        return own.directory.with_name(f"{own.directory.name}@{self._bucket.short_name}")


def _drop_shares(bucket: Bucket, share: Share) -> None:
    try:
        names = [found.name for found in bucket.list()]
        bucket.remove([one for one in names if share.is_other(one.partition("/")[0])])
    except BucketError as exc:
        logger.warning("Index files of other shards stay in the bucket: %s", exc)


def _drop_in(bucket: Bucket, keep: Collection[str]) -> None:
    try:
        names = [found.name for found in bucket.list()]
        bucket.remove(
            [one for one in names if one.partition("/")[0].rpartition("+")[0] not in keep]
        )
    except BucketError as exc:
        logger.warning("Index files stay in the bucket: %s", exc)
