"""Workers that are killed anywhere, that work at once, and that have no space."""

import errno
import multiprocessing
import random
import time
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from udata_mediadb.indexing.upkeep import Upkeep

from ..waiting import PATIENCE_S, eventually
from . import worker, world
from .checking import check
from .conftest import NewCatalog
from .kinds import KINDS, MATCH, Kind

pytestmark = pytest.mark.xdist_group("kills")

KILLS = {"match": 15, "vectors": 10}
LINES = 24  # of the journal, until a kill: some eight changes, with merges in between
SEARCHES, GENERATIONS = 30, 4  # so many beside the writers, and of segments that changed so often
SOME = 100


@pytest.fixture(scope="module")
def processes():
    """A server that has everything imported and forks in a few milliseconds."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.indexing.worker"])
    return context


@pytest.fixture(params=KINDS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def kind(request: pytest.FixtureRequest) -> Kind:
    return KINDS[request.getfixturevalue("name")] if "name" in request.fixturenames else MATCH


@pytest.mark.slow
def test_kill_9_at_any_moment_loses_nothing_acknowledged(
    processes,
    database: str,
    tmp_path: Path,
    application: str,
    name: str,
    kind: Kind,
    directory: Path,
    new_catalog: NewCatalog,
) -> None:
    journal = tmp_path / "journal"
    moments = random.Random(3)
    for kill in range(KILLS[name]):
        there = lines(journal) + moments.randint(1, LINES)
        arguments = (database, tmp_path, application, journal, kill * 1000, name)
        victim = processes.Process(target=worker.ingest_and_merge, args=arguments)
        victim.start()
        eventually(lambda there=there: lines(journal) >= there)
        time.sleep(moments.uniform(0, 0.05))
        assert victim.is_alive(), "it must be killed, not fail"
        victim.kill()
        victim.join()
        if kill % 5 == 4 and list(directory.glob("manifest-*.json")):
            check(new_catalog(), *worker.read_journal(journal), kind)

    stored, gone = worker.read_journal(journal)
    assert len(stored) > KILLS[name]
    fresh = new_catalog()
    check(fresh, stored, gone, kind)
    assert fresh.status()["generation"] > 1
    Upkeep(fresh).run()
    check(fresh, stored, gone, kind)
    check(new_catalog(), stored, gone, kind)


def lines(journal: Path) -> int:
    return journal.read_bytes().count(b"\n") if journal.exists() else 0


def searches_in(journal: Path) -> list[str]:
    """The generation that each search of `worker.search` used."""
    return worker.whole_lines(journal.with_suffix(".searches"))


def runs(process: BaseProcess) -> bool:
    return process.exitcode is None


def enough(searches: list[str]) -> bool:
    return len(searches) >= SEARCHES and len(set(searches)) >= GENERATIONS


@pytest.mark.slow
def test_four_writers_and_four_searchers_miss_nothing(
    processes, database: str, tmp_path: Path, application: str, new_catalog: NewCatalog
) -> None:
    journal = tmp_path / "journal"
    stop = processes.Event()
    writers = [(database, application, journal, n * 100_000, stop) for n in range(4)]
    started = [processes.Process(target=worker.ingest, args=args) for args in writers]
    started += [
        processes.Process(
            target=worker.search, args=(database, tmp_path, application, journal, stop)
        )
        for _ in range(4)
    ]
    for process in started:
        process.start()
    try:
        eventually(lambda: enough(searches_in(journal)) or not all(map(runs, started)))
    finally:
        stop.set()
    for process in started:
        process.join(PATIENCE_S)

    assert [process.exitcode for process in started] == [0] * 8
    wrong = journal.with_suffix(".wrong")
    assert not wrong.exists(), wrong.read_text()
    assert enough(searches_in(journal)), "segments were to be written and searched meanwhile"
    stored, gone = worker.read_journal(journal)
    catalog = new_catalog()
    if len(stored) > world.LIMITS.load and catalog.store and not catalog.store.newest():
        Upkeep(catalog).rebuild()
    some = random.Random(1).sample(sorted(stored), min(len(stored), SOME))
    check(catalog, {seed: stored[seed] for seed in some}, dict(list(gone.items())[:SOME]))


@pytest.mark.parametrize("limit_bytes", [100, 400, 2000, 9000])
def test_on_a_full_disk_the_old_segments_keep_serving(
    processes,
    limit_bytes: int,
    database: str,
    directory: Path,
    tmp_path: Path,
    application: str,
    new_catalog: NewCatalog,
) -> None:
    journal = tmp_path / "journal"
    stored = world.add_many(application, range(20))
    first = new_catalog()
    first.catch_up()
    Upkeep(first).run()
    stored |= world.add_many(application, range(20, 50))
    for seed, media in stored.items():
        worker.say(journal.with_suffix(".stored"), "add", seed, media)
    before = {path for path in directory.rglob("*") if path.name != "lock"}
    arguments = (database, tmp_path, application, limit_bytes, journal)
    process = processes.Process(target=worker.flush_with_little_space, args=arguments)
    process.start()
    process.join(PATIENCE_S)

    assert process.exitcode == 0
    said = journal.read_text().splitlines()
    assert said[0] == f"refused {errno.EFBIG}"
    assert [line.split()[0] for line in said[1:]] == ["found"] * 50 + ["alive"]
    assert {path for path in directory.rglob("*") if path.name != "lock"} == before
    catalog = new_catalog()
    check(catalog, stored, {})
    Upkeep(catalog).run()
    check(new_catalog(), stored, {})
