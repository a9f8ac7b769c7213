"""What every shard and door is started with."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import mongoengine

from ..indexing.bucket import Bucket
from ..indexing.catalogs import Catalogs
from ..indexing.local_disk import refuse_network_disk
from ..indexing.models import CLUSTER, ClusterLayout
from ..indexing.shards.database_name import is_of
from ..indexing.shards.forms import SHARD_FORM
from ..indexing.shards.share import Share
from ..recognition.registry import new_registry

NAMESPACE = "mediadb"  # in Ray: of our actors, with the name of their database behind it
DOOR = "mediadb-door"  # of our applications in Ray Serve, likewise
SERVER_SELECTION_MS = 3000
# Keys of the bucket come from the environment of each machine: Ray would keep what it is given.
BUCKET_SETTINGS = ("FS_S3_ENDPOINT", "FS_S3_REGION", "FS_S3_ACCESS_KEY", "FS_S3_SECRET_KEY")


@dataclass(frozen=True)
class ClusterSettings:
    """`database`: what the cluster calls it; `segments`: a URL of a bucket, None: each machine
    makes its own; `index_root`: on each, for the indexes of all databases.
    """

    mongodb: str
    database: str
    segments: str | None
    index_root: str

    def connect(self) -> None:
        """See `connect`."""
        connect(self.mongodb)

    def catalogs(self, share: Share) -> Catalogs:
        """Those of a shard."""
        root = Path(self.index_root, self.database)
        refuse_network_disk(root)
        return Catalogs(new_registry(), root, bucket=self.bucket(), share=share)

    def bucket(self) -> Bucket | None:
        """That of the segments, with the keys of this machine."""
        if self.segments is None:
            return None
        given = {name: os.environ.get(name) for name in BUCKET_SETTINGS}
        return Bucket.of(self.segments, given)


def connect(mongodb: str) -> None:
    """Connect this process to MongoDB, at first use."""
    mongoengine.connect(
        host=mongodb,
        uuidRepresentation="standard",
        serverSelectionTimeoutMS=SERVER_SELECTION_MS,
        connect=False,
        tz_aware=True,
        w="majority",
        journal=True,
    )


def read_layout(database: str) -> ClusterLayout | None:
    """Which shards there are, None where none were ever started for this database.

    A copy of a database has the layout of another one, whose shards are no matter of its own.
    """
    layout: ClusterLayout | None = ClusterLayout.objects(id=CLUSTER).first()
    return layout if layout is not None and is_of(layout, database) else None


class Standing(NamedTuple):
    """Shards that are there: the number of their layout, how many, and how many copies of each."""

    number: int
    shards: int
    copies: int


def standing(layout: ClusterLayout | None) -> Standing | None:
    """The shards that a door of this version may ask; None: there are none.

    During an update those before stand as well, for doors of the version before.
    """
    if layout is None or not layout.shards:
        return None
    if layout.form == SHARD_FORM:
        return Standing(layout.number, layout.shards, layout.copies)
    before = layout.before or {}
    if before.get("form") == SHARD_FORM:
        return Standing(before["number"], before["shards"], before["copies"])
    return None


def actor_name(layout: int, shard: int, copy: int) -> str:
    """The name of a copy of a shard in Ray."""
    return f"shard-{layout}-{shard}-{copy}"


def namespace(database: str | None) -> str:
    """Where in Ray the shards of a database are; None: those of an earlier version."""
    return NAMESPACE if database is None else f"{NAMESPACE}-{database}"


def door_name(database: str | None) -> str:
    """The application of Ray Serve that answers for a database, likewise."""
    return DOOR if database is None else f"{DOOR}-{database}"
