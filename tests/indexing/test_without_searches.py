"""Where pictures are stored and nobody searches, segments are written all the same."""

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from udata_mediadb.indexing import log
from udata_mediadb.indexing.catalog import Catalog
from udata_mediadb.indexing.catalogs import Catalogs, MaintainedCatalog
from udata_mediadb.indexing.models import LogEntry
from udata_mediadb.indexing.segment_store import SegmentStore
from udata_mediadb.indexing.upkeep import Upkeep

from ..connections import wait_for_background
from ..waiting import eventually
from . import world
from .checking import check
from .conftest import NewCatalog
from .kinds import MATCH

NewServed = Callable[[], MaintainedCatalog]


@pytest.fixture
def new_served(tmp_path: Path, application: str) -> NewServed:
    """The catalog of a process that has just started."""

    def new() -> MaintainedCatalog:
        return Catalogs({"match": world.method()}, tmp_path, world.LIMITS).get(application, "match")

    return new


def add(served: MaintainedCatalog, seed: int) -> str:
    """Store a media as a request does."""
    media = world.add(served.catalog.application, seed)
    served.note_added()
    return media


def is_written(served: MaintainedCatalog) -> bool:
    return served.catalog.unwritten() < world.LIMITS.delta


def test_uploads_alone_lead_to_segments(new_served: NewServed, new_catalog: NewCatalog) -> None:
    served = new_served()
    stored = {seed: add(served, seed) for seed in range(9)}
    eventually(lambda: is_written(served))

    fresh = new_catalog()
    check(fresh, stored, {})
    assert fresh.status()["generation"] >= 1


def test_workers_that_are_replaced_after_a_few_requests_write_segments_too(
    new_served: NewServed, new_catalog: NewCatalog
) -> None:
    stored = {}
    for first in range(0, 12, 2):
        served = new_served()
        stored |= {seed: add(served, seed) for seed in (first, first + 1)}
    eventually(lambda: is_written(served))

    fresh = new_catalog()
    check(fresh, stored, {})
    assert fresh.status()["generation"] >= 1


def test_after_a_bulk_import_the_first_search_is_answered(
    new_served: NewServed, new_catalog: NewCatalog
) -> None:
    served = new_served()
    stored = {}
    for seed in count():
        stored[seed] = add(served, seed)
        if seed > 2 * world.LIMITS.load:
            wait_for_background()  # a quick machine adds faster than it writes
            if is_written(served):
                break
        assert seed < 4 * world.LIMITS.load

    fresh = new_catalog()
    check(fresh, stored, {})  # more than it would load: it would be 503 without segments


def test_where_media_come_and_go_the_first_search_after_a_restart_is_answered(
    application: str, new_catalog: NewCatalog
) -> None:
    catalog = new_catalog()
    gone = {}
    for seed in range(world.LIMITS.load + 2):  # their descriptions stay: they can be restored
        gone[seed] = world.add(application, seed)
        world.delete(application, gone[seed])
        catalog.catch_up()
        if catalog.is_due:
            Upkeep(catalog).run()

    fresh = new_catalog()
    check(fresh, {}, gone)
    assert fresh.status()["generation"] == 2, "twice as many entries as media"


def test_deletions_alone_are_written_so_that_the_log_can_be_pruned(
    application: str, new_catalog: NewCatalog
) -> None:
    stored = world.add_many(application, range(3))
    catalog = new_catalog()
    Upkeep(catalog).rebuild()
    for _ in range(world.LIMITS.load):
        world.delete(application, stored[0])
    catalog.catch_up()
    assert not catalog.is_due
    world.delete(application, stored[1])
    catalog.catch_up()
    assert catalog.is_due
    Upkeep(catalog).run()

    catalog.catch_up()
    assert not catalog.is_due
    fresh = new_catalog()
    check(fresh, {2: stored.pop(2)}, stored)
    assert fresh.status()["generation"] > 1
    assert fresh.unwritten() == 0


def test_what_is_unwritten_counts_from_the_newest_manifest_of_this_database(
    application: str, new_catalog: NewCatalog
) -> None:
    catalog = new_catalog()
    assert catalog.unwritten() == 0
    stored = [world.add(application, seed) for seed in range(9)]
    assert catalog.unwritten() == 9
    Upkeep(catalog).run()
    assert catalog.unwritten() == 0
    world.delete(application, stored[0])
    assert catalog.unwritten() == 1

    log.forget(application)  # a database that was restored numbers anew
    for seed in range(9, 12):
        world.add(application, seed)
    assert catalog.unwritten() == 3


def test_the_log_is_pruned_where_segments_are_written(application: str, directory: Path) -> None:
    limits = replace(world.LIMITS, kept=4)

    def new() -> Catalog:
        store = SegmentStore(directory, MATCH.segments("test-1"))
        return Catalog(application, world.method(), store, limits)

    sleeping, writer = new(), new()
    stored = {seed: world.add(application, seed) for seed in range(12)}
    check(sleeping, stored, {})
    gone = {seed: stored.pop(seed) for seed in (3, 4)}
    for media in gone.values():
        world.delete(application, media)
    Upkeep(writer).run()
    assert LogEntry.objects(id__startswith=application).count() == limits.kept

    stored[20] = world.add(application, 20)
    for catalog in (sleeping, writer, new()):
        check(catalog, stored, gone)
        assert catalog.status()["generation"] == 1
        assert catalog.status()["in_memory"] == 1
