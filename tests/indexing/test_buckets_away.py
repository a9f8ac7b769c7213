"""Buckets that are away or damaged: searches go on, and all is made good."""

import shutil
from pathlib import Path

import pytest

from udata_mediadb.indexing.bucket import Bucket, BucketError
from udata_mediadb.indexing.catalog import Catalog
from udata_mediadb.indexing.upkeep import Upkeep

from ..s3 import needs_s3, running_s3
from . import world
from .checking import check
from .kinds import MATCH
from .machines import Machines, names

pytestmark = [needs_s3, pytest.mark.server]


def test_with_the_bucket_away_a_machine_begins_with_what_it_had(
    application: str, tmp_path: Path
) -> None:
    stored = world.add_many(application, range(60))
    with running_s3(tmp_path / "s3") as server:
        machines = Machines(tmp_path, application, Bucket.of("s3://pictures", server.settings))
        alone = Catalog(application, MATCH.method(), machines.store("a").formers[0], world.LIMITS)
        Upkeep(alone).run()
        server.kill()
        catalog = machines.catalog("a")

        with pytest.raises(BucketError):
            Upkeep(catalog).run()
        check(catalog, stored, {})
        assert catalog.status()["in_memory"] == 0


def test_a_bucket_says_what_troubles_it(tmp_path: Path) -> None:
    with running_s3(tmp_path / "s3") as server:
        bucket = Bucket.of("s3://pictures/segments", server.settings)
        wrong = Bucket.of("s3://pictures", {**server.settings, "FS_S3_SECRET_KEY": "wrong"})

        assert bucket.trouble() is None
        assert "cannot be listed" in (wrong.trouble() or "")
        assert "cannot be listed" in (Bucket.of("s3://none", server.settings).trouble() or "")
        server.kill()
        assert "cannot be listed" in (bucket.trouble() or "")


def test_a_manifest_that_cannot_be_read_keeps_all_segments(
    application: str, machines: Machines, tmp_path: Path
) -> None:
    world.add_many(application, range(60))
    Upkeep(machines.catalog("a")).run()
    segments = {one for one in names(machines.bucket) if "/" in one}
    for name in [one for one in names(machines.bucket) if one.startswith("manifest-")]:
        damage(machines.bucket, name, b"{", tmp_path)

    store = machines.store("b")
    store.unnamed_s = -1.0
    with store.exclusive():
        store.sweep()
    assert segments <= set(names(machines.bucket))


def damage(bucket: Bucket, name: str, content: bytes | None, tmp_path: Path) -> None:
    bucket.remove([name])
    if content is not None:
        (tmp_path / "damage").write_bytes(content)
        bucket.upload(tmp_path / "damage", name)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(None, id="missing"),
        pytest.param(b"", id="empty"),
        pytest.param(b"x" * 99, id="x"),
    ],
)
@pytest.mark.parametrize("what", ["manifest-", "/manifest.json", ".npy"])
def test_damaged_objects_are_not_used_and_made_good(
    application: str, machines: Machines, tmp_path: Path, what: str, content: bytes | None
) -> None:
    stored = world.add_many(application, range(60))
    Upkeep(machines.catalog("a")).run()
    for name in [one for one in names(machines.bucket) if what in one]:
        damage(machines.bucket, name, content, tmp_path)

    fresh = machines.catalog("b")
    Upkeep(fresh).run()
    check(fresh, stored, {})
    shutil.rmtree(tmp_path / "c", ignore_errors=True)
    third = machines.catalog("c")
    Upkeep(third).run()
    check(third, stored, {})
    assert third.status()["in_memory"] == 0


def test_with_the_bucket_away_searches_go_on_and_nothing_is_left_half(
    application: str, tmp_path: Path
) -> None:
    with running_s3(tmp_path / "s3") as server:
        bucket = Bucket.of("s3://pictures", server.settings)
        machines = Machines(tmp_path, application, bucket)
        stored = world.add_many(application, range(20))
        catalog = machines.catalog("a")
        Upkeep(catalog).run()
        server.kill()
        stored |= world.add_many(application, range(20, 35))

        with pytest.raises(BucketError):
            Upkeep(catalog).run()
        check(catalog, stored, {})
        check(machines.catalog("a"), stored, {})
        check(machines.catalog("b"), stored, {})
        server.start()
        server.wait()
        Upkeep(catalog).run()
        check(catalog, stored, {})
        check(machines.catalog("b"), stored, {})
        assert catalog.status()["generation"] == 2
