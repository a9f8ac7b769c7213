"""What is wrong on the disk is logged and not used; MongoDB has it all."""

import json
import os
import shutil
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from udata_mediadb.errors import Unavailable
from udata_mediadb.indexing import manifest as manifests
from udata_mediadb.indexing.catalog import Catalog
from udata_mediadb.indexing.file_lock import file_lock
from udata_mediadb.indexing.merging import flush
from udata_mediadb.indexing.models import LogEntry, StoredSignature
from udata_mediadb.indexing.upkeep import Upkeep

from . import world
from .checking import check, check_made_good
from .conftest import NewCatalog
from .kinds import MATCH

COUNT = 12  # more than stay in memory, few enough to be loaded by a search


@pytest.fixture
def stored(application: str, new_catalog: NewCatalog) -> dict[int, str]:
    """Media in a published segment."""
    stored = world.add_many(application, range(COUNT))
    catalog = new_catalog()
    catalog.catch_up()
    Upkeep(catalog).run()
    check(catalog, stored, {})
    assert catalog.status()["in_memory"] == 0
    return stored


def truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def truncate_segment(directory: Path) -> None:
    truncate(next(directory.glob("*/codes.npy")))


def remove_segment_file(directory: Path) -> None:
    next(directory.glob("*/seen.npy")).unlink()


def remove_segment(directory: Path) -> None:
    shutil.rmtree(next(directory.glob("*/codes.npy")).parent)


def remove_media_table(directory: Path) -> None:
    shutil.rmtree(next(directory.glob("*.media")))


def truncate_media_table(directory: Path) -> None:
    truncate(next(directory.glob("*.media/media.npy")))


def truncate_manifest(directory: Path) -> None:
    truncate(next(directory.glob("manifest-*.json")))


def garbage_manifest(directory: Path) -> None:
    next(directory.glob("manifest-*.json")).write_bytes(os.urandom(300))


def changed_manifest(directory: Path) -> None:
    path = next(directory.glob("manifest-*.json"))
    path.write_text(path.read_text().replace('"seq": ', '"seq": 1'))


def manifest_of_a_missing_segment(directory: Path) -> None:
    path = next(directory.glob("manifest-*.json"))
    told = json.loads(path.read_text())
    told["manifest"]["segments"].append({"name": "f" * 32, "dead": []})
    told["crc32"] = zlib.crc32(json.dumps(told["manifest"], sort_keys=True).encode())
    path.write_text(json.dumps(told))


@pytest.mark.parametrize(
    "damage",
    [
        truncate_segment, remove_segment_file, remove_segment, remove_media_table,
        truncate_media_table, truncate_manifest, garbage_manifest, changed_manifest,
        manifest_of_a_missing_segment,
    ],
)  # fmt: skip
def test_damage_is_logged_and_made_good_from_mongodb(
    damage: Callable[[Path], None],
    directory: Path,
    stored: dict[int, str],
    new_catalog: NewCatalog,
    caplog: pytest.LogCaptureFixture,
) -> None:
    damage(directory)
    check_made_good(new_catalog, stored, caplog)


def test_a_manifest_of_another_vocabulary_is_not_used(
    stored: dict[int, str], new_catalog: NewCatalog, caplog: pytest.LogCaptureFixture
) -> None:
    updated = new_catalog("test-2")
    check(updated, stored, {})

    assert "version 'test-1" in caplog.text
    Upkeep(updated).run()
    check(updated, stored, {})
    assert updated.status()["generation"] == 2
    check(new_catalog("test-2"), stored, {})


def test_too_many_media_for_a_search_are_rebuilt_beside_it(
    application: str, new_catalog: NewCatalog
) -> None:
    stored = world.add_many(application, range(world.LIMITS.load + 10))
    catalog = new_catalog()
    with pytest.raises(Unavailable) as refused:
        catalog.shortlist(world.description(0), 1)

    assert refused.value.headers()["Retry-After"]
    assert Upkeep(catalog).run()
    check(catalog, stored, {})


def test_segments_of_another_database_are_not_used(
    application: str, stored: dict[int, str], new_catalog: NewCatalog
) -> None:
    """A backup was restored: the numbers of the log are given anew, to other entries."""
    LogEntry.objects.delete()
    other = world.add_many(application, range(100, 105))

    catalog = new_catalog()
    check(catalog, stored | other, {})
    assert catalog.status()["generation"] == 0


def test_a_generation_is_published_once(directory: Path, stored: dict[int, str]) -> None:
    newest = manifests.generations(directory)[0]
    manifest = manifests.read(directory, newest, MATCH.segments("test-1").version)
    with pytest.raises(FileExistsError):
        manifests.publish(directory, manifest)
    assert not list(directory.glob(".manifest*"))


def test_of_two_mergers_at_once_one_works(directory: Path, new_catalog: NewCatalog) -> None:

    with file_lock(directory) as mine:
        assert mine
        assert not Upkeep(new_catalog()).run()
    assert Upkeep(new_catalog()).run()


def test_two_mergers_without_a_lease_lose_nothing(
    application: str, stored: dict[int, str], new_catalog: NewCatalog
) -> None:
    """Even where the file system knows no locks, the second finds the generation taken."""

    stored |= world.add_many(application, range(50, 60))
    workers = [new_catalog(), new_catalog()]
    deltas = [worker.delta() for worker in workers]
    store = workers[0].store
    assert store is not None
    assert deltas[0] is not None
    assert deltas[1] is not None
    flush(store, application, deltas[0])
    with pytest.raises(FileExistsError):
        flush(store, application, deltas[1])

    for worker in (*workers, new_catalog()):
        check(worker, stored, {})


def test_what_is_superseded_is_swept(
    application: str, directory: Path, stored: dict[int, str], new_catalog: NewCatalog
) -> None:
    catalog = new_catalog()
    check(catalog, stored, {})
    stored |= world.add_many(application, range(50, 70))
    check(catalog, stored, {})
    Upkeep(catalog).rebuild()
    (directory / ".x.unfinished").mkdir()
    assert catalog.store is not None
    catalog.store.sweep(grace_s=-1)

    assert len(manifests.generations(directory)) == 1
    newest = manifests.generations(directory)[0]
    manifest = manifests.read(directory, newest, MATCH.segments("test-1").version)
    folders = {p.name.removesuffix(".media") for p in directory.iterdir() if p.is_dir()}
    assert folders == manifest.names
    check(catalog, stored, {})
    check(new_catalog(), stored, {})


def test_a_restart_reads_no_descriptions(
    application: str, stored: dict[int, str], new_catalog: NewCatalog
) -> None:

    StoredSignature.objects(application=application).delete()
    catalog: Catalog = new_catalog()
    check(catalog, stored, {})
