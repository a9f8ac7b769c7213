"""Another version and more shards take over while searches, uploads and deletions go on."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from udata_mediadb.indexing.models import CLUSTER, ClusterLayout
from udata_mediadb.indexing.shards.forms import SHARD_FORM

from .conftest import Library
from .searching import compared, going_on

pytestmark = [pytest.mark.cluster, pytest.mark.slow, pytest.mark.xdist_group("cluster")]
FORMS = "indexing/shards/forms.py"
MOST_CHANGES = 200


@contextmanager
def beside(library: Library, *command: str) -> Iterator[tuple[threading.Event, list[str]]]:
    """A command of the cluster that runs meanwhile: when it is over, and what it said."""
    over, told = threading.Event(), list[str]()

    def run() -> None:
        try:
            told.append(library.machines.cluster(*command, check=False))
        finally:
            over.set()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield over, told
    finally:
        thread.join()


def test_a_new_version_with_more_shards_takes_over_without_a_wrong_answer(library: Library) -> None:
    """Its shards and doors do not understand those before, nor they it. A copy that was started
    again after the package was updated is of the new version already, among the old ones. A start
    that was given too little time changes nothing, and the next one goes on with what it left.
    """
    changed = {FORMS: (f"SHARD_FORM = {SHARD_FORM}\n", f"SHARD_FORM = {SHARD_FORM + 1}\n")}
    missed, ghosts, changes = [], [], 0
    with going_on(compared(library.many)) as searches:
        for disk in library.machines.disks.values():
            disk.install("99.0", changed)
        os.kill(library.machines.copies("b")[0], signal.SIGKILL)
        start = ("start", *library.options, "--shards", "3", "--wait")
        early = library.machines.cluster(*start, "1", check=False)
        with beside(library, *start, "300") as (over, told):
            while not over.is_set() and changes < MOST_CHANGES:
                seed, changes = 5000 + changes, changes + 2
                media = library.upload(seed)
                if media not in library.found(seed):
                    missed.append(seed)
                library.client.delete(f"media/{media}/")
                if media in library.found(seed):
                    ghosts.append(seed)

    assert early.startswith("1\n")
    assert "Not whole after 1 s" in early
    assert "3 shards with 2 copies are whole" in told[0]
    assert told[0].startswith("0\n")
    assert (missed, ghosts) == ([], [])
    assert changes > 2
    assert (searches.wrong, searches.errors) == (0, [])
    assert len(searches.took) > 5
    assert len(library.copies(library.application)) == 6
    with library.portal.app.app_context():
        layout = ClusterLayout.objects.get(id=CLUSTER)
    assert (layout.form, layout.shards, layout.before) == (SHARD_FORM + 1, 3, {})
