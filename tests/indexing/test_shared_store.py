"""Two machines, each with a directory of its own, make segments once: in a bucket of a real S3."""

import threading
from pathlib import Path

import pytest

from udata_mediadb.indexing import manifest as manifests
from udata_mediadb.indexing.bucket import Bucket
from udata_mediadb.indexing.catalog import Catalog
from udata_mediadb.indexing.catalogs import Catalogs
from udata_mediadb.indexing.models import StoredSignature
from udata_mediadb.indexing.shared_store import superseded, unnamed
from udata_mediadb.indexing.upkeep import Upkeep

from ..s3 import needs_s3
from . import world
from .checking import check, check_agreement
from .kinds import KINDS, MATCH
from .machines import Machines, names

pytestmark = [needs_s3, pytest.mark.server]


@pytest.mark.parametrize("kind", KINDS)
def test_two_machines_agree_through_flushes_merges_and_changes(
    tmp_path: Path, application: str, bucket: Bucket, kind: str
) -> None:
    machines = Machines(tmp_path, application, bucket, KINDS[kind])
    turns = iter("ab" * 100)

    seen = check_agreement(application, lambda: machines.catalog(next(turns)), KINDS[kind])
    assert len(seen) > 3


def test_a_new_machine_reads_segments_and_no_description(
    application: str, machines: Machines
) -> None:
    stored = world.add_many(application, range(60))
    Upkeep(machines.catalog("a")).run()
    descriptions = StoredSignature.objects(application=application)
    assert descriptions.count() == 60
    descriptions.update(unset__data=True)

    fresh = machines.catalog("b")
    assert fresh.is_due, "so many are not loaded by a search: the first one has them fetched"
    Upkeep(fresh).run()
    check(fresh, stored, {})
    assert fresh.status()["in_memory"] == 0
    assert fresh.status()["generation"] == machines.store("a").newest()


def test_few_media_are_fetched_by_the_first_search(application: str, machines: Machines) -> None:
    stored = world.add_many(application, range(30))
    Upkeep(machines.catalog("a")).run()
    StoredSignature.objects(application=application).update(unset__data=True)

    check(machines.catalog("b"), stored, {})


def test_a_state_is_written_by_one_of_two_that_both_believe_to_hold_the_lease(
    application: str, machines: Machines
) -> None:
    world.add_many(application, range(12))
    first = machines.catalog("a")
    Upkeep(first).run()
    world.add_many(application, range(12, 24))
    a, b = machines.store("a"), machines.store("b")
    b.fetch()
    opened = a.open_newest()
    assert opened is not None
    state = manifests.Manifest(**{**vars(opened.manifest), "generation": 2, "content": "a"})

    a.publish(state)
    with pytest.raises(FileExistsError):
        b.publish(manifests.Manifest(**{**vars(state), "content": "b"}))
    b.fetch()
    found = b.newest_manifest()
    assert found is not None
    assert found.content == "a"


def test_many_create_one_name_and_one_of_them_does(bucket: Bucket) -> None:
    made: list[int] = []

    def create(number: int) -> None:
        try:
            bucket.create("manifest", str(number).encode())
            made.append(number)
        except FileExistsError:
            pass

    threads = [threading.Thread(target=create, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [str(number).encode() for number in made] == [bucket.read("manifest")]


def test_while_one_writes_the_others_do_not(application: str, machines: Machines) -> None:
    world.add_many(application, range(12))
    with machines.store("a").exclusive() as first, machines.store("b").exclusive() as second:
        assert (first, second) == (True, False)
        assert not Upkeep(machines.catalog("c")).run()
    assert Upkeep(machines.catalog("c")).run(), "the lease was given back"


def test_what_a_machine_wrote_before_there_was_a_bucket_is_given_to_all(
    application: str, machines: Machines
) -> None:
    stored = world.add_many(application, range(60))
    former = machines.store("a").formers[0]
    alone = Catalog(application, MATCH.method(), former, world.LIMITS)
    Upkeep(alone).run()
    StoredSignature.objects(application=application).update(unset__data=True)

    for machine in "ab":
        catalog = machines.catalog(machine)
        Upkeep(catalog).run()
        check(catalog, stored, {})
    check(alone, stored, {})


def test_what_is_superseded_or_unnamed_goes_after_a_while(
    application: str, machines: Machines, tmp_path: Path
) -> None:
    (tmp_path / "part").write_bytes(b"of an upload that was killed")
    machines.bucket.upload(tmp_path / "part", "0123456789abcdef/words.npy")
    for start in range(0, 60, 12):
        world.add_many(application, range(start, start + 12))
        Upkeep(machines.catalog("a")).run()
    store = machines.store("a")
    assert len(list(superseded(list(store.bucket.list()), 0.0))) > 3

    store.superseded_s = store.unnamed_s = -1.0
    store.sweep(0.0)
    left = names(machines.bucket)
    manifest = machines.store("b")
    manifest.fetch()
    opened = manifest.open_newest()
    assert opened is not None
    folders = {one.partition("/")[0].removesuffix(".media") for one in left if "/" in one}
    assert folders == opened.manifest.names
    assert not list(superseded(list(store.bucket.list()), -1.0))
    assert not list(unnamed(list(store.bucket.list()), folders, -1.0))


def test_an_application_that_is_deleted_leaves_nothing_in_the_bucket(
    application: str, machines: Machines, tmp_path: Path
) -> None:
    catalogs = Catalogs(
        {"match": MATCH.method()}, tmp_path / "root", world.LIMITS, bucket=machines.bucket
    )
    for one in (application, world.new_application()):
        world.add_many(one, range(12))
        catalogs.get(one, "match").upkeep.run()
    catalogs.drop(application)

    there = {name.partition("/")[0] for name in names(machines.bucket)}
    assert application not in there
    assert len(there) == 1


@pytest.mark.parametrize("url", ["https://bucket/x", "s3://", "bucket", "s3:///x", "s3://b/x?y=1"])
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match="s3://<bucket>/<prefix>"):
        Bucket.of(url, {})
