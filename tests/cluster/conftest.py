"""A portal whose searches two machines answer: two shards, two copies of each, and a bucket."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.hosts import Account
from tests.images import jpeg
from tests.indexing import world
from tests.portal import Client, Portal, running_portal
from tests.s3 import S3, running_s3
from udata_mediadb.indexing.shards.database_name import database_name

from .machines import BUCKET_PORT, DOORS, HERE, Machines, missing, option, running_machines

# `make cluster` says so: there, what is missing is a failure.
REQUIRED = "MEDIADB_CLUSTER_TESTS"
PICTURES = 16
MANY = 240  # for two shards: each writes a segment
SEGMENTS = "s3://pictures/.segments"
SIZE = (320, 240)
DATABASE = "cluster"


@dataclass
class Library:
    """An application on a portal of the cluster; `media`: by the seed of its picture.

    `many`: another one, with made-up descriptions, whose shards have segments in the bucket.
    """

    portal: Portal
    machines: Machines
    user: Account
    client: Client
    application: str
    media: dict[int, str]
    many: str
    bucket: S3

    @property
    def options(self) -> list[str]:
        return list(option(self.machines, DATABASE))

    def upload(self, seed: int) -> str:
        added = self.client.add(self.application, jpeg(seed, *SIZE), name=str(seed))
        return str(added["id"])

    def found(self, seed: int) -> list[str]:
        """Media that a search by the picture finds; it must be answered."""
        form = {"application": self.application}
        answer = self.client.post("search/", data=form, files={"image": jpeg(seed, *SIZE)})
        assert answer.status_code == 200, answer.text
        return [hit["media"]["id"] for hit in answer.json()["data"]]

    def on_disks(self) -> list[Path]:
        """Where each machine has the indexes of `many`."""
        roots = [disk.own / "indexes" for disk in self.machines.disks.values()]
        return [root / self.name / self.many for root in roots]

    @property
    def name(self) -> str:
        """What the cluster calls its database."""
        with self.portal.app.app_context():
            return database_name()

    def copies(self, application: str) -> list[dict[str, Any]]:
        """What the portal's status says of each copy of each shard of its match index."""
        told = self.client.get("status/").json()["applications"]
        (mine,) = (one for one in told if one["id"] == application)
        shards = mine["indexes"]["match"]["shards"]
        return [{**copy, "shard": one["shard"]} for one in shards for copy in one["copies"]]


@pytest.fixture(scope="session")
def machines() -> Iterator[Machines]:
    if why := missing():
        if os.environ.get(REQUIRED):
            pytest.fail(f"{REQUIRED} is set, but {why}")
        pytest.skip(f"no cluster here: {why}; `make cluster` runs these tests as root")
    with running_machines() as running:
        yield running


@pytest.fixture(scope="session")
def bucket(machines: Machines) -> Iterator[S3]:
    """Where the copies of a shard have their segments in common."""
    with running_s3(machines.folder / "s3", HERE, BUCKET_PORT) as server:
        yield server


@pytest.fixture(scope="session")
def library(
    machines: Machines, bucket: S3, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Library]:
    """A portal over started shards, with some pictures."""
    files = tmp_path_factory.mktemp("files")
    settings = json.dumps({"MEDIADB_CLUSTER": DOORS})
    uri = f"{machines.mongodb}/{DATABASE}"
    with running_portal(uri, Path(files), TEST_SETTINGS=settings) as portal:
        user = portal.user("cluster@example.org")
        client = portal.client(user)
        application = portal.application(user, signatures=["match", "similarity", "colors"])
        many = portal.application(user, "Many", signatures=["match"])
        with portal.app.app_context():
            world.add_many(many, range(MANY))
        library = Library(portal, machines, user, client, application, {}, many, bucket)
        library.media = {seed: library.upload(seed) for seed in range(PICTURES)}
        machines.cluster(
            "start", *library.options, "--shards", "2", "--copies", "2", "--segments", SEGMENTS,
            "--index-root", machines.indexes, "--wait", "300",
        )  # fmt: skip
        yield library
