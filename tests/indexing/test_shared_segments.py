"""Workers that share segments all find the same."""

from dataclasses import replace
from pathlib import Path

import pytest

from udata_mediadb.errors import Unavailable
from udata_mediadb.indexing import log
from udata_mediadb.indexing.catalog import Catalog
from udata_mediadb.indexing.merging import merge_where_due
from udata_mediadb.indexing.models import LogEntry, StoredSignature
from udata_mediadb.indexing.segment_store import SegmentStore
from udata_mediadb.indexing.upkeep import Upkeep

from . import world
from .checking import check, check_agreement
from .conftest import NewCatalog
from .kinds import MATCH


def test_few_media_stay_in_memory(application: str, new_catalog: NewCatalog) -> None:
    stored = world.add_many(application, range(5))
    catalog = new_catalog()
    check(catalog, stored, {})
    Upkeep(catalog).run()

    assert catalog.status()["generation"] == 0
    check(new_catalog(), stored, {})


def test_many_media_go_to_segments_that_a_new_worker_opens(
    application: str, new_catalog: NewCatalog
) -> None:
    stored = world.add_many(application, range(12))
    catalog = new_catalog()
    check(catalog, stored, {})
    Upkeep(catalog).run()
    check(catalog, stored, {})
    fresh = new_catalog()
    check(fresh, stored, {})

    for one in (catalog, fresh):
        status = one.status()
        assert status["indexed"] == 12
        assert status["in_memory"] == 0
        assert status["generation"] == 1
        assert status["behind"] == 0


def test_two_workers_agree_through_flushes_merges_and_changes(
    application: str, new_catalog: NewCatalog
) -> None:
    assert len(check_agreement(application, new_catalog)) > 3


def test_allowed_media_are_found_in_segments_and_in_memory(
    application: str, new_catalog: NewCatalog
) -> None:
    catalog = new_catalog()
    stored = world.add_many(application, range(12))
    catalog.catch_up()
    Upkeep(catalog).run()
    stored[12] = world.add(application, 12)

    for seed in (3, 12):
        allowed = [stored[seed], stored[5], "00000000-0000-4000-8000-000000000000"]
        found = catalog.shortlist(world.description(seed), 10, allowed)
        assert found[0][0] == stored[seed]
        assert {media for media, _ in found} <= set(allowed)


def test_a_merge_keeps_what_other_workers_have_in_memory(
    application: str, new_catalog: NewCatalog
) -> None:
    stored = world.add_many(application, range(30))
    writer = new_catalog()
    Upkeep(writer).rebuild()
    stored |= world.add_many(application, range(30, 40))
    writer.catch_up()
    Upkeep(writer).run()
    other = new_catalog()
    gone = {seed: stored.pop(seed) for seed in (2, 3, 4, 33, 20)}
    for media in gone.values():
        world.delete(application, media)
    world.restore(application, gone[20])
    stored |= {20: gone.pop(20)} | world.add_many(application, range(40, 45))
    check(other, stored, gone)
    assert (other.status()["segments"], other.status()["in_memory"]) == (2, 6)
    StoredSignature.objects(application=application).delete()  # it reads none any more
    assert writer.store is not None
    merge_where_due(writer.store, replace(world.LIMITS, delta=1000, fan=2))

    check(other, stored, gone)
    assert (other.status()["segments"], other.status()["in_memory"]) == (1, 6)


def test_workers_drop_from_memory_what_another_wrote(
    application: str, new_catalog: NewCatalog
) -> None:
    merger, other = new_catalog(), new_catalog()
    stored = world.add_many(application, range(12))
    merger.catch_up()
    Upkeep(merger).run()
    gone = {}
    for seed in (2, 3, 4):  # more dead than a segment keeps: it is written anew as well
        gone[seed] = stored.pop(seed)
        world.delete(application, gone[seed])
    stored |= world.add_many(application, range(20, 30))
    merger.catch_up()
    other.catch_up()
    assert other.status()["in_memory"] == 10
    Upkeep(merger).run()
    world.restore(application, gone[3])
    stored[3] = gone.pop(3)

    assert other.status()["in_memory"] == 10
    check(other, stored, gone)
    check(merger, stored, gone)
    check(new_catalog(), stored, gone)


def test_a_rebuild_publishes_what_mongodb_has_while_others_search(
    application: str, new_catalog: NewCatalog
) -> None:
    stored = world.add_many(application, range(50))
    searching, rebuilding = new_catalog(), new_catalog()
    seen: list[int] = []
    assert Upkeep(rebuilding).rebuild(seen.append)

    assert sum(seen) == 50
    check(searching, stored, {})
    assert searching.status()["generation"] >= 1


def test_a_worker_far_behind_says_so_and_catches_up_in_steps(
    application: str, directory: Path, new_catalog: NewCatalog
) -> None:
    stored = world.add_many(application, range(30))
    Upkeep(new_catalog()).rebuild()
    stored |= world.add_many(application, range(30, 50))
    for _ in range(300):
        log.append(application, "add", [stored[0]])
    store = SegmentStore(directory, MATCH.segments("test-1"))
    impatient = Catalog(application, world.method(), store, replace(world.LIMITS, catch_up_s=-1.0))
    with pytest.raises(Unavailable):
        impatient.shortlist(world.description(0), 1)

    assert impatient.status()["behind"] > 0
    assert Upkeep(impatient).run(), "what it has is written, so that nobody does it again"
    check(impatient, stored, {})
    assert impatient.status()["generation"] == 2
    assert impatient.status()["behind"] == 0


def test_who_is_farther_behind_than_the_log_reaches_reads_everything_anew(
    application: str, new_catalog: NewCatalog
) -> None:
    sleeping = new_catalog()
    stored = world.add_many(application, range(4))
    check(sleeping, stored, {})
    gone = {seed: stored.pop(seed) for seed in (0, 1)}
    for media in gone.values():
        world.delete(application, media)
    stored |= {seed: world.add(application, seed) for seed in range(4, 8)}
    log.prune(application, kept=3)

    entries = LogEntry.objects(id__startswith=application)
    assert [entry.id[-12:] for entry in entries.order_by("id")] == [f"{n:012d}" for n in (5, 6, 7)]
    check(sleeping, stored, gone)
    assert log.append(application, "add", list(stored.values())[:1]) == 8


@pytest.mark.parametrize("in_segments", [False, True])
def test_a_damaged_description_harms_no_other(
    application: str, new_catalog: NewCatalog, in_segments: bool
) -> None:
    stored = world.add_many(application, range(6))
    StoredSignature.objects(media=stored.pop(3)).update(data=b"no description")
    catalog = new_catalog()
    if in_segments:
        Upkeep(catalog).rebuild()
    check(catalog, stored, {})


def test_queries_are_prepared_before_the_index_is_locked(application: str) -> None:
    stored = world.add_many(application, range(3))
    locked: list[bool] = []
    registered = replace(world.method(), prepare=lambda _: locked.append(catalog._lock.locked()))
    catalog = Catalog(application, registered)

    (best, _), *_ = catalog.shortlist(world.description(1), 1)
    assert best == stored[1]
    assert locked == [False]
