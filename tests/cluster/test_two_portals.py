"""Portals with databases of their own share a Ray: each has its own shards, doors and indexes.

The second database is a copy of the first, as a test system has one, and lacks some of it since.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from pymongo import MongoClient
from pymongo.database import Database

from tests.waiting import eventually
from udata_mediadb.indexing.models import CLUSTER

from .conftest import DATABASE, Library
from .machines import option

pytestmark = [pytest.mark.cluster, pytest.mark.slow, pytest.mark.xdist_group("cluster")]
COPY = "cluster_Copy"
QUERIES = 8
GONE = 5  # media that the copy lacks


@dataclass
class Copy:
    """A database that was copied from the library's, and commands of the cluster for it."""

    library: Library
    database: Database[dict[str, object]]

    def command(self, *command: str, check: bool = True) -> str:
        name, *options = command
        machines = self.library.machines
        return machines.cluster(name, *option(machines, COPY), *options, check=check)

    def start(self) -> str:
        root = self.library.machines.indexes
        return self.command(
            *("start", "--shards", "1", "--copies", "1", "--segments", "none"),
            *("--index-root", root, "--wait", "240"),
        )

    def equal(self) -> bool:
        told = self.command("check", "--queries", str(QUERIES), check=False)
        return f"{QUERIES} of {QUERIES} lists are equal" in told

    @property
    def name(self) -> str:
        """What the cluster calls it."""
        layout = self.database["mediadb_cluster"].find_one({"_id": CLUSTER})
        assert layout is not None
        return str(layout["database"])


@pytest.fixture(scope="module")
def copy(library: Library) -> Iterator[Copy]:
    with MongoClient(library.machines.mongodb) as client:
        for name in client[DATABASE].list_collection_names():
            if documents := list(client[DATABASE][name].find()):
                client[COPY][name].insert_many(documents)
        stored = client[COPY]["mediadb_signature"]
        media = stored.distinct("media", {"application": library.application})[:GONE]
        stored.delete_many({"media": {"$in": media}})
        yield Copy(library, client[COPY])
        client.drop_database(COPY)


def first_is_whole(library: Library) -> None:
    for seed, media in library.media.items():
        assert library.found(seed)[0] == media
    media = library.upload(6000)
    assert media in library.found(6000)
    library.client.delete(f"media/{media}/")


def roots(library: Library) -> set[str]:
    """Directories of indexes on the machines: `many` has segments, in each database."""
    indexes = (disk.own / "indexes" for disk in library.machines.disks.values())
    return {one.name for root in indexes for one in root.iterdir()}


def test_a_copied_database_is_not_answered_by_the_shards_of_the_first(copy: Copy) -> None:
    told = copy.command("check", "--queries", "1", check=False)

    assert told.startswith("1\n")
    assert "this one is a copy: start its own with `mediadb-cluster start`" in told
    assert "no shards were started for this database" in copy.command("status", check=False)


def test_a_second_database_has_shards_of_its_own(copy: Copy) -> None:
    assert "1 shards with 1 copies are whole" in copy.start()
    assert copy.name != copy.library.name

    assert copy.equal()
    first_is_whole(copy.library)
    told = copy.library.machines.cluster("check", *copy.library.options, "--queries", "12")
    assert "12 of 12 lists are equal" in told
    eventually(lambda: roots(copy.library) == {copy.name, copy.library.name})


def test_each_status_is_that_of_its_own_database_and_names_the_other(copy: Copy) -> None:
    first = copy.library.machines.cluster("status", *copy.library.options)

    assert f"processes of {copy.name}" in first
    assert "2 shards, 2 copies" in first
    second = copy.command("status")
    assert f"processes of {copy.library.name}" in second
    assert "1 shards, 1 copies" in second


def test_another_start_of_one_leaves_the_other_alone(copy: Copy) -> None:
    copy.command("start", "--anew", "--wait", "240")

    assert copy.equal()
    first_is_whole(copy.library)


def test_a_stop_of_one_leaves_the_other_alone(copy: Copy) -> None:
    assert "stopped" in copy.command("stop")

    first_is_whole(copy.library)
    told = copy.command("check", "--queries", "1", check=False)
    assert "start them with `mediadb-cluster start`" in told


def test_shards_of_a_database_that_is_no_more_are_ended_by_their_name(copy: Copy) -> None:
    copy.start()
    name, machines, options = copy.name, copy.library.machines, copy.library.options
    copy.database.client.drop_database(COPY)
    wrong = machines.cluster("stop", *options, "--database", "nobody", check=False)
    told = machines.cluster("stop", *options, "--database", name)

    assert "no other database nobody has shards" in wrong
    assert "stopped" in told
    assert name not in machines.cluster("status", *options)
    first_is_whole(copy.library)
