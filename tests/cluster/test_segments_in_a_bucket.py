"""Copies of a shard share segments in a bucket: made once, fetched by a copy that is new."""

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.waiting import eventually
from udata_mediadb.indexing.models import StoredSignature

from .conftest import Library
from .searching import Searches, compared

pytestmark = [pytest.mark.cluster, pytest.mark.slow, pytest.mark.xdist_group("cluster")]
SOON_S = 300
QUERIES = 40


def manifests(folder: Path) -> dict[str, str]:
    """The newest one of each shard, on the disk of a machine."""
    found = sorted(folder.rglob("manifest-*.json"))
    return {path.parent.name: path.read_text() for path in found}


def in_bucket(library: Library) -> set[str]:
    """The shards of which the bucket has states."""
    names = [name for name in library.bucket.names() if f"/{library.many}/" in name]
    return {name.split("/")[2] for name in names if "manifest-" in name}


def have_segments(library: Library) -> bool:
    copies = library.copies(library.many)
    return len(copies) == 4 and all(one["answers"] and one["generation"] for one in copies)


def equal_lists(library: Library) -> None:
    asking, into = compared(library.many), Searches()
    for number in range(QUERIES):
        asking.once(number, into)
    assert (into.wrong, into.errors, len(into.took)) == (0, [], QUERIES)


@contextmanager
def unreadable_descriptions(library: Library) -> Iterator[None]:
    """Who reads one meanwhile fails."""
    with library.portal.app.app_context():
        stored = StoredSignature._get_collection()
        mine = {"application": library.many}
        stored.update_many(mine, [{"$set": {"kept": "$data", "data": "not read again"}}])
        try:
            yield
        finally:
            stored.update_many(mine, [{"$set": {"data": "$kept"}}, {"$unset": "kept"}])


def test_both_copies_of_a_shard_have_one_line_of_segments(library: Library) -> None:
    eventually(lambda: have_segments(library), SOON_S)

    shards = in_bucket(library)
    assert {name.partition("~")[2][:4] for name in shards} == {"0of2", "1of2"}
    assert len(shards) == 2
    on_a, on_b = (manifests(one) for one in library.on_disks())
    assert len(on_a) == 2
    assert on_a == on_b
    equal_lists(library)


def test_a_new_copy_fetches_segments_and_reads_no_description(library: Library) -> None:
    """What a lost machine had on its disk is gone, too."""
    asking, into = compared(library.many), Searches()
    machines = library.machines
    before = set(machines.copies("b"))
    with unreadable_descriptions(library):
        shutil.rmtree(library.on_disks()[1])
        for pid in before:
            os.kill(pid, signal.SIGKILL)
        eventually(lambda: not before & set(machines.copies("b")), SOON_S)
        eventually(lambda: have_segments(library), SOON_S)
        for number in range(QUERIES):
            asking.once(number, into)

    assert (into.wrong, into.errors) == (0, [])
    on_a, on_b = (manifests(one) for one in library.on_disks())
    assert on_a == on_b


def test_while_the_bucket_is_away_searches_go_on_and_status_says_so(library: Library) -> None:
    library.bucket.kill()
    try:
        equal_lists(library)
        media = library.upload(700)
        assert media in library.found(700)
        library.client.delete(f"media/{media}/")
        eventually(lambda: "keeps no segments" in _status(library), SOON_S)
        assert _status(library).startswith("0\n")
    finally:
        library.bucket.start()
        library.bucket.wait()


def _status(library: Library) -> str:
    return library.machines.cluster("status", *library.options, check=False)
