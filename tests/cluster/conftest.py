"""A portal whose searches two machines answer: two shards, two copies of each."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.hosts import Account
from tests.images import jpeg
from tests.portal import Client, Portal, running_portal

from .machines import DOORS, Machines, missing, option, running_machines

# `make cluster` says so: there, what is missing is a failure.
REQUIRED = "MEDIADB_CLUSTER_TESTS"
PICTURES = 16
SIZE = (320, 240)
DATABASE = "cluster"


@dataclass
class Library:
    """An application on a portal of the cluster; `media`: by the seed of its picture."""

    portal: Portal
    machines: Machines
    user: Account
    client: Client
    application: str
    media: dict[int, str]

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


@pytest.fixture(scope="session")
def machines() -> Iterator[Machines]:
    if why := missing():
        if os.environ.get(REQUIRED):
            pytest.fail(f"{REQUIRED} is set, but {why}")
        pytest.skip(f"no cluster here: {why}; `make cluster` runs these tests as root")
    with running_machines() as running:
        yield running


@pytest.fixture(scope="session")
def library(machines: Machines, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """A portal over started shards, with some pictures."""
    files = tmp_path_factory.mktemp("files")
    settings = json.dumps({"MEDIADB_CLUSTER": DOORS})
    uri = f"{machines.mongodb}/{DATABASE}"
    with running_portal(uri, Path(files), TEST_SETTINGS=settings) as portal:
        user = portal.user("cluster@example.org")
        client = portal.client(user)
        application = portal.application(user, signatures=["match", "similarity", "colors"])
        library = Library(portal, machines, user, client, application, {})
        library.media = {seed: library.upload(seed) for seed in range(PICTURES)}
        machines.cluster(
            "start", *library.options, "--shards", "2", "--copies", "2",
            "--index-root", str(machines.folder / "indexes"), "--wait", "120",
        )  # fmt: skip
        yield library
