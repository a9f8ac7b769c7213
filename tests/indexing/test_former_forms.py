"""An update brings another form of segments: what is there is taken over, nothing described."""

from pathlib import Path

from udata_mediadb.indexing.catalog import Catalog
from udata_mediadb.indexing.catalogs import Catalogs
from udata_mediadb.indexing.models import StoredSignature
from udata_mediadb.indexing.segment_store import SegmentStore
from udata_mediadb.indexing.upkeep import Upkeep
from udata_mediadb.recognition.match.inverted.match_segments import MatchSegments
from udata_mediadb.recognition.match.inverted.merging import merge
from udata_mediadb.recognition.match.inverted.segment import Segment

from ..index.former_segments import FORMER, write_former
from . import world
from .checking import check
from .kinds import MATCH, vocabulary


class FormerSegments(MatchSegments):
    """Writes as an earlier version of the library did."""

    def write(self, path, parts):  # type: ignore[no-untyped-def]
        write_former(path, merge(parts), self.vocabulary)


def former_store(root: Path, application: str) -> SegmentStore:
    """Where the earlier version had its segments: the version of the vocabulary alone."""
    segments = FormerSegments(vocabulary(), FORMER)
    return SegmentStore(root / application / f"{MATCH.key}+test-1", segments)


def new_catalog(root: Path, application: str) -> Catalog:
    """As a worker of this version has it."""
    catalogs = Catalogs({"match": MATCH.method()}, root, world.LIMITS)
    return catalogs.get(application, "match").catalog


def forms(catalog: Catalog) -> set[int]:
    """Of the segments that are searched; those before a merge stay for two minutes."""
    assert catalog.store is not None
    newest = catalog.store.newest_manifest()
    assert newest is not None
    folders = [catalog.store.directory / name for name in newest.names]
    return {Segment.open(folder, "test-1").manifest["format"] for folder in folders}


def test_the_first_search_after_an_update_has_what_was_written_before(
    application: str, tmp_path: Path
) -> None:
    stored = world.add_many(application, range(60))
    former = former_store(tmp_path, application)
    Upkeep(Catalog(application, MATCH.method(), former, world.LIMITS)).run()
    StoredSignature.objects(application=application).update(unset__data=True)

    catalog = new_catalog(tmp_path, application)
    Upkeep(catalog).run()
    check(catalog, stored, {})
    assert catalog.status()["in_memory"] == 0
    assert forms(catalog) == {FORMER}


def test_workers_of_both_versions_go_on_side_by_side(application: str, tmp_path: Path) -> None:
    """What is added later each writes for itself; a merge leaves the new form alone."""
    stored = world.add_many(application, range(60))
    former = former_store(tmp_path, application)
    before = Catalog(application, MATCH.method(), former, world.LIMITS)
    Upkeep(before).run()
    catalog = new_catalog(tmp_path, application)
    Upkeep(catalog).run()

    for start in range(60, 200, 20):
        stored.update(world.add_many(application, range(start, start + 20)))
        for one in (before, catalog):
            Upkeep(one).run()
    for one in (before, catalog):
        check(one, stored, {})
    assert forms(before) == {FORMER}
    assert FORMER not in forms(catalog)
    assert not any(path.name.endswith("unfinished") for path in tmp_path.rglob("*"))
