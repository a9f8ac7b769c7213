"""Catalogs of vectors: the same store, manifests and log as for postings."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from udata_mediadb.indexing.catalogs import Catalogs
from udata_mediadb.indexing.models import StoredSignature
from udata_mediadb.indexing.upkeep import Upkeep
from udata_mediadb.recognition.vectors import graph as graphs
from udata_mediadb.recognition.vectors.graph import FILE

from . import world
from .checking import check, check_agreement, check_made_good
from .conftest import NewCatalog
from .kinds import VECTORS, Kind

COUNT = 30  # enough for a graph, few enough to be loaded by a search
needs_hnswlib = pytest.mark.skipif(not graphs.available(), reason="of the extra `scale`")


@pytest.fixture
def kind() -> Kind:
    return VECTORS


@pytest.fixture
def stored(application: str, new_catalog: NewCatalog) -> dict[int, str]:
    """Vectors in a published segment."""
    stored = world.add_many(application, range(COUNT), VECTORS)
    catalog = new_catalog()
    catalog.catch_up()
    Upkeep(catalog).run()
    check(catalog, stored, {}, VECTORS)
    assert catalog.status()["in_memory"] == 0
    return stored


def test_what_one_catalog_wrote_another_finds(
    application: str, stored: dict[int, str], new_catalog: NewCatalog
) -> None:
    stored[100] = world.add(application, 100, VECTORS)
    gone = {3: stored.pop(3)}
    world.delete(application, gone[3])

    check(new_catalog(), stored, gone, VECTORS)


def test_catalogs_know_methods_of_postings_and_of_vectors(application: str, tmp_path: Path) -> None:
    methods = {"match": world.method(), "vectors": VECTORS.method()}
    stored = world.add_many(application, range(COUNT), VECTORS)
    media = world.add(application, 5)
    catalogs = [Catalogs(methods, tmp_path, world.LIMITS) for _ in range(2)]

    assert catalogs[0].get(application, "match").shortlist(world.description(5), 1)[0][0] == media
    assert catalogs[0].get(application, "vectors").upkeep.rebuild()
    check(catalogs[1].get(application, "vectors").catalog, stored, {}, VECTORS)
    assert catalogs[1].get(application, "vectors").status()["generation"] > 0
    versions = {path.name for path in (tmp_path / application).iterdir()}
    assert "vectors@1+l2.2-24-links8-breadth60" in versions


def test_workers_agree_through_flushes_merges_and_changes(
    application: str, directory: Path, new_catalog: NewCatalog
) -> None:
    check_agreement(application, new_catalog, VECTORS)
    assert bool(list(directory.glob(f"*/{FILE}"))) == graphs.available()


def truncate_graph(directory: Path) -> None:
    path = next(directory.glob(f"*/{FILE}"))
    os.truncate(path, path.stat().st_size // 2)


def lose_graph(directory: Path) -> None:
    next(directory.glob(f"*/{FILE}")).unlink()


def truncate_vectors(directory: Path) -> None:
    os.truncate(next(directory.glob("*/vectors.npy")), 500)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(truncate_graph, marks=needs_hnswlib),
        pytest.param(lose_graph, marks=needs_hnswlib),
        truncate_vectors,
    ],
)
def test_damage_is_logged_and_made_good_from_mongodb(
    damage: Callable[[Path], None],
    directory: Path,
    stored: dict[int, str],
    new_catalog: NewCatalog,
    caplog: pytest.LogCaptureFixture,
) -> None:
    damage(directory)
    check_made_good(new_catalog, stored, caplog, VECTORS)


def test_segments_of_another_dimension_are_not_used(
    stored: dict[int, str], new_catalog: NewCatalog, caplog: pytest.LogCaptureFixture
) -> None:
    """Even where they lie in the same directory."""
    updated = new_catalog("test-2")
    updated.catch_up()

    assert "version 'l2.2-24-" in caplog.text
    assert updated.status()["generation"] == 0


def test_a_vector_of_another_dimension_harms_no_other(
    application: str, stored: dict[int, str], new_catalog: NewCatalog
) -> None:
    bad = world.add(application, 200, VECTORS)
    StoredSignature.objects(media=bad).update(data=VECTORS.description(1)[:7].tobytes())
    for restarted in (False, True):
        catalog = new_catalog()
        if restarted:
            Upkeep(catalog).rebuild()
        check(catalog, stored, {200: bad}, VECTORS)
        assert catalog.status()["indexed"] == COUNT + 1
