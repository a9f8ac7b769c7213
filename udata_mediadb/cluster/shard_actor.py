"""A copy of a shard: a process that Ray starts, and starts again where it is lost."""

import logging
import threading
import time
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import numpy as np
import ray
from numpy.typing import NDArray
from pymongo.errors import PyMongoError

from ..application.models import Application
from ..errors import MediaDBError
from ..indexing.shards.asking import Ask, First, Second, Words
from ..indexing.shards.forms import SHARD_FORM
from ..indexing.shards.shard import Shard
from ..indexing.shards.share import Share
from ..indexing.versions import to_describe
from .refusals import refusing
from .settings import ClusterSettings, read_layout

logger = logging.getLogger(__name__)

LOOK_S = 2.0  # how often it looks for new applications, and catches up where nobody searches
BUCKET_LOOK_S = 10.0  # how often at the bucket


class ShardActor:
    """See `Shard`; what it refuses it answers as `Refused`."""

    def __init__(self, settings: ClusterSettings, number: int, count: int) -> None:
        settings.connect()
        self._made = {"of": count, "segments": settings.segments, "root": settings.index_root}
        self._database = settings.database
        self._version = version("udata-mediadb")  # of now: an update may be on the disk later
        self._shard = Shard(settings.catalogs(Share(number, count)))
        self._ready: set[tuple[str, str]] = set()
        self._wanted = -1
        self._bucket = settings.bucket()
        self._trouble = self._bucket.trouble() if self._bucket else None
        self._looked_at = time.monotonic()
        threading.Thread(target=self._prepare, name="mediadb: preparing", daemon=True).start()

    @refusing
    def first(self, ask: Ask, bits: int, least: int) -> First:
        """See `Shard.first`."""
        return self._shard.first(ask, bits, least)

    @refusing
    def second(
        self,
        token: str,
        named: Sequence[NDArray[np.int64] | None],
        idf: NDArray[np.float32],
    ) -> list[Second | None]:
        """See `Shard.second`."""
        return self._shard.second(token, named, idf)

    @refusing
    def words(self, application: str, signature: str, version: str) -> Words:
        """See `Shard.words`."""
        return self._shard.words(application, signature, version)

    @refusing
    def status(self, application: str, signature: str, version: str) -> dict[str, Any]:
        """See `Shard.status`, and where it is."""
        return {**self._shard.status(application, signature, version), "node": _node()}

    def state(self, form: int = SHARD_FORM) -> dict[str, Any]:
        """How far it is: `ready` of `wanted` indexes, what it was made as, and which version of the
        program it runs. It says so to every other version, whose form is no matter here.

        `trouble`: why it can keep no segments in the bucket, so that it makes all anew when it is
        started again; None where it can.
        """
        return {
            "node": _node(),
            "ready": len(self._ready),
            "wanted": self._wanted,
            "whole": self._wanted >= 0 and len(self._ready) >= self._wanted,
            "version": self._version,
            "form": SHARD_FORM,
            "made": self._made,
            "trouble": self._trouble,
        }

    def _tidy(self, applications: set[str]) -> None:
        """Forget applications that are no more, and what shards before wrote."""
        layout = read_layout(self._database)
        if layout is None or layout.before:
            return  # those before may still be asked
        if layout.shards == self._shard.catalogs.share.count:
            self._shard.catalogs.drop_others(applications)

    def _prepare(self) -> None:
        while True:
            try:
                self._look_at_bucket()
                self._look()
            except (PyMongoError, MediaDBError, OSError) as exc:
                logger.warning("A shard is not ready yet: %s", exc)
            time.sleep(LOOK_S)

    def _look_at_bucket(self) -> None:
        if self._bucket is None or time.monotonic() - self._looked_at < BUCKET_LOOK_S:
            return
        self._trouble, self._looked_at = self._bucket.trouble(), time.monotonic()

    def _look(self) -> None:
        registry = self._shard.catalogs.registry
        every = list(Application.objects.only("id", "signatures", "described_versions"))
        wanted = {
            (one.id, key): registered
            for one in every
            for key, registered in to_describe(
                registry, one.described_versions, [s for s in one.signatures if s in registry]
            ).items()
            if registered.segments is not None
        }
        self._ready &= set(wanted)
        self._tidy({one.id for one in every})
        self._wanted = len(wanted)
        for (application, key), registered in wanted.items():
            assert registered.segments is not None
            which = (application, key, registered.segments().version)
            served = self._shard.served(*which)
            try:
                served.catalog.catch_up()
                if (application, key) not in self._ready:
                    self._shard.warm_up(*which)
                self._ready.add((application, key))
            except MediaDBError as exc:
                logger.info("%s of %s: %s", key, application, exc)
            finally:
                served.upkeep.start_if_due()


def _node() -> str:
    return str(ray.util.get_node_ip_address())
