"""What a worker must find."""

import logging
from collections.abc import Callable

import pytest

from udata_mediadb.indexing.catalog import Catalog
from udata_mediadb.indexing.upkeep import Upkeep

from . import world
from .kinds import MATCH, Kind


def best(catalog: Catalog, seed: int, kind: Kind = MATCH) -> str | None:
    """The media that the query of this seed finds first."""
    found = catalog.shortlist(kind.description(seed), 3)
    return found[0][0] if found else None


def check(
    catalog: Catalog, stored: dict[int, str], gone: dict[int, str], kind: Kind = MATCH
) -> None:
    """Everything stored is found first by its own query, nothing that is gone at all."""
    assert {seed: best(catalog, seed, kind) for seed in stored} == stored
    for seed, media in gone.items():
        ids = [identifier for identifier, _ in catalog.shortlist(kind.description(seed), 99)]
        assert media not in ids


def check_agreement(
    application: str, new_catalog: Callable[..., Catalog], kind: Kind = MATCH
) -> set[int]:
    """Two workers and new ones agree through additions, changes, flushes and merges.

    Gives the generations that were seen.
    """
    workers = [new_catalog(), new_catalog()]
    upkeeps = [Upkeep(worker) for worker in workers]
    stored: dict[int, str] = {}
    gone: dict[int, str] = {}
    generations = set()
    for seed in range(60):
        stored[seed] = world.add(application, seed, kind)
        if seed % 4 == 3:
            gone[seed - 2] = stored.pop(seed - 2)
            world.delete(application, gone[seed - 2])
        if seed % 16 == 15:
            stored[seed - 2] = gone.pop(seed - 2)
            world.restore(application, stored[seed - 2])
            stored[1000 + seed] = stored.pop(seed)
            world.describe(application, stored[1000 + seed], 1000 + seed, kind)
        workers[seed % 2].catch_up()
        if seed % 5 == 4:
            upkeeps[seed // 5 % 2].run()
        if seed % 10 == 9:
            for worker in (*workers, new_catalog()):
                check(worker, stored, gone, kind)
                generations.add(worker.status()["generation"])
    assert workers[0].status()["segments"] < 8
    return generations


def check_made_good(
    new_catalog: Callable[..., Catalog],
    stored: dict[int, str],
    caplog: pytest.LogCaptureFixture,
    kind: Kind = MATCH,
) -> None:
    """Damaged files are logged and not used; the next ones are made from MongoDB."""
    catalog = new_catalog()
    with caplog.at_level(logging.WARNING):
        check(catalog, stored, {}, kind)
    assert "Index files" in caplog.text
    assert catalog.status()["generation"] == 0
    Upkeep(catalog).run()
    for worker in (catalog, new_catalog()):
        check(worker, stored, {}, kind)
        assert worker.status()["generation"] == 2
