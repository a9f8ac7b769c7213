"""Machines that share segments in a bucket."""

from pathlib import Path

from udata_mediadb.indexing.bucket import Bucket
from udata_mediadb.indexing.catalog import Catalog
from udata_mediadb.indexing.segment_store import SegmentStore
from udata_mediadb.indexing.shared_store import SharedStore

from . import world
from .kinds import MATCH, Kind


class Machines:
    """Catalogs as workers of several machines have them that have just started."""

    def __init__(self, root: Path, application: str, bucket: Bucket, kind: Kind = MATCH) -> None:
        self.root, self.application, self.bucket, self.kind = root, application, bucket, kind

    def store(self, machine: str) -> SharedStore:
        directory = self.root / machine / self.application / f"{self.kind.key}+1"
        return SharedStore(
            directory.with_name(f"{directory.name}@shared"),
            self.kind.segments("test-1"),
            bucket=self.bucket,
            lease_name=f"segments/{self.application}",
            formers=[SegmentStore(directory, self.kind.segments("test-1"))],
        )

    def catalog(self, machine: str) -> Catalog:
        method = self.kind.method("test-1")
        return Catalog(self.application, method, self.store(machine), world.LIMITS)


def names(bucket: Bucket) -> list[str]:
    return [found.name for found in bucket.list()]
