"""Processes that ingest, merge and search until they are told to stop, or are killed.

What is acknowledged goes to a journal, a line each, appended by one `write`: `add <seed> <media>`
after a media is stored and logged, `drop <seed> <media>` before its deletion and `gone …` after it.
"""

import os
import random
import resource
import time
from contextlib import suppress
from multiprocessing.synchronize import Event
from pathlib import Path

import mongoengine

from udata_mediadb.errors import Unavailable
from udata_mediadb.indexing.catalog import Catalog
from udata_mediadb.indexing.catalogs import Catalogs
from udata_mediadb.indexing.segment_store import SegmentStore
from udata_mediadb.indexing.upkeep import Upkeep

from ..connections import disconnect
from . import world
from .kinds import KINDS, MATCH, Kind


def connect(uri: str) -> None:
    disconnect()
    mongoengine.connect(host=uri, uuidRepresentation="standard", tz_aware=True)


def say(journal: Path, *words: object) -> None:
    descriptor = os.open(journal, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(descriptor, (" ".join(map(str, words)) + "\n").encode())
    os.close(descriptor)


def whole_lines(journal: Path) -> list[str]:
    """Without one that is being written: a line that lies on two pages comes in two pieces."""
    return journal.read_text().split("\n")[:-1] if journal.exists() else []


def read_journal(journal: Path) -> tuple[dict[int, str], dict[int, str]]:
    """Media by seed: those that are stored for sure, and those that are gone for sure."""
    stored: dict[int, str] = {}
    gone: dict[int, str] = {}
    for line in whole_lines(journal):
        word, seed, media = line.split()
        if word == "add":
            stored[int(seed)] = media
        else:
            stored.pop(int(seed), None)
        if word == "gone":
            gone[int(seed)] = media
    return stored, gone


def change(
    application: str, journal: Path, seed: int, mine: dict[int, str], kind: Kind = MATCH
) -> None:
    """Add a media, now and then delete one of ours."""
    mine[seed] = world.add(application, seed, kind)
    say(journal, "add", seed, mine[seed])
    if seed % 5 == 4:
        old = random.choice(sorted(mine))
        say(journal, "drop", old, mine[old])
        world.delete(application, mine.pop(old))
        say(journal, "gone", old, journal_media(journal, old))


def journal_media(journal: Path, seed: int) -> str:
    line = next(x for x in whole_lines(journal) if x.startswith(f"drop {seed} "))
    return line.split()[2]


def ingest_and_merge(
    uri: str, root: Path, application: str, journal: Path, first: int, name: str
) -> None:
    """All that a worker writes, one after the other, for ever."""
    connect(uri)
    kind = KINDS[name]
    store = SegmentStore(kind.directory(root / application), kind.segments("test-1"))
    catalog = Catalog(application, kind.method(), store, world.LIMITS)
    mine: dict[int, str] = {}
    seed = first
    while True:
        for _ in range(3):
            change(application, journal, seed, mine, kind)
            seed += 1
        with suppress(Unavailable):  # killed before the first segment: the upkeep rebuilds
            catalog.catch_up()
        Upkeep(catalog).run()
        if seed % 4 == 0:
            Upkeep(catalog).rebuild()


def ingest(uri: str, application: str, journal: Path, first: int, stop: Event) -> None:
    connect(uri)
    mine: dict[int, str] = {}
    seed = first
    while not stop.is_set():
        change(application, journal, seed, mine)
        seed += 1


def search(uri: str, root: Path, application: str, journal: Path, stop: Event) -> None:
    """Ask for what was acknowledged before; say `miss` and `ghost` of what should not be."""
    connect(uri)
    served = Catalogs({"match": world.method()}, root, world.LIMITS).get(application, "match")
    while not stop.is_set():
        stored, gone = read_journal(journal)
        if not stored:
            continue
        seed = random.choice(sorted(stored))
        found = [media for media, _ in served.shortlist(world.description(seed), 5)]
        if stored[seed] not in found and seed in read_journal(journal)[0]:
            say(journal.with_suffix(".wrong"), "miss", seed, stored[seed])
        ghosts = set(gone.values()) & set(found)
        for ghost in ghosts:
            say(journal.with_suffix(".wrong"), "ghost", seed, ghost)
        say(journal.with_suffix(".searches"), served.status()["generation"])


def flush_with_little_space(
    uri: str, root: Path, application: str, limit_bytes: int, journal: Path
) -> None:
    """Merge where no file may grow beyond a limit, and search all the same."""
    connect(uri)
    served = Catalogs({"match": world.method()}, root, world.LIMITS).get(application, "match")
    served.catalog.catch_up()
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, resource.RLIM_INFINITY))
    said: list[tuple[object, ...]] = []
    try:
        served.upkeep.run()
    except OSError as exc:
        said.append(("refused", exc.errno))
    stored, _ = read_journal(journal.with_suffix(".stored"))
    for seed, media in stored.items():
        for one, _ in served.shortlist(world.description(seed), 1):  # warns in a thread at most
            said.append(("found" if one == media else "other", seed))
    time.sleep(0.2)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    for words in (*said, ("alive",)):
        say(journal, *words)
