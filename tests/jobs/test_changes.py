"""Changes of many media, as a worker that is killed leaves them to the next one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import g

from udata_mediadb.application.models import Application
from udata_mediadb.authentication.accounts import current_accounts
from udata_mediadb.authorization.caller import Caller
from udata_mediadb.indexing.models import LogEntry
from udata_mediadb.jobs.kinds import Step, Task
from udata_mediadb.jobs.models import Job
from udata_mediadb.media.models import ACTIVE, DELETED, Media
from udata_mediadb.mongo.clock import now
from udata_mediadb.operations.changes.beginning import begin_changes, deleted_by
from udata_mediadb.operations.changes.job import BATCH, MEDIA_CHANGE
from udata_mediadb.web.readers import KEYWORDS_COUNT

from ..images import jpeg
from ..many import add_copies
from ..portal_here import PortalHere, portal_here

pytestmark = pytest.mark.server
COUNT = 2 * BATCH + 20


@dataclass
class Library:
    here: PortalHere
    application: Application
    ids: list[str]

    def begin(self, do: str, **how: Any) -> Job:
        """A job that nobody does but this test."""
        with self.here.app.test_request_context():
            g.mediadb_caller = Caller(current_accounts().principal(self.here.user.id), None)
            wanted = how.pop("wanted", {"application": self.application.id, "state": ACTIVE})
            return begin_changes(
                self.application, do, wanted, total=COUNT, owner=self.here.user.id, **how
            )

    def states(self) -> dict[str, int]:
        return {state: Media.objects(state=state).count() for state in (ACTIVE, DELETED)}


@pytest.fixture
def library(mongodb_uri: str, database_name: str, tmp_path: Path) -> Iterator[Library]:
    uri = f"{mongodb_uri.rstrip('/')}/{database_name}"
    settings = {"MEDIADB_JOBS_IN_WEB": False}
    with portal_here(uri, tmp_path, **settings) as here, here.app.app_context():
        media = here.add(jpeg(1, 96, 64), keywords="river")["id"]
        ids = [media, *add_copies(media, COUNT - 1)]
        yield Library(here, Application.objects.get(id=here.application), ids)


def steps(job: Job, cursor: str | None = None, done: int = 0) -> Iterator[Step]:
    return MEDIA_CHANGE.steps(
        Task(
            id=job.id,
            application=job.application,
            owner=job.owner,
            arguments=job.arguments,
            cursor=cursor,
            done=done,
        )
    )


def counted(made: list[Step]) -> dict[str, int]:
    words = {word for step in made for word in step.counts}
    return {word: sum(step.counts.get(word, 0) for step in made) for word in words}


def test_whoever_goes_on_begins_behind_the_last_step(library: Library) -> None:
    job = library.begin("change", said={"add_keywords": "old"})
    first = next(steps(job))  # kept; the second one was done, but not kept
    killed = steps(job, first.cursor, first.done)
    next(killed)
    rest = list(steps(job, first.cursor, first.done))

    assert counted([first, *rest]) == {"changed": COUNT}
    assert rest[-1].total == COUNT
    keywords = [one.keywords for one in Media.objects.only("keywords")]
    assert keywords == [["river", "old"]] * COUNT


def test_what_was_deleted_and_not_logged_is_logged_by_who_goes_on(library: Library) -> None:
    job = library.begin("delete")
    next(steps(job))  # killed before the step was kept
    LogEntry.objects(op="discard").delete()  # and before it was logged
    again = list(steps(job))

    assert counted(again) == {"deleted": COUNT}
    assert library.states() == {ACTIVE: 0, DELETED: COUNT}
    logged = {one for entry in LogEntry.objects(op="discard") for one in entry.media}
    assert logged == set(library.ids)


def test_what_comes_in_later_is_not_of_the_list(library: Library) -> None:
    job = library.begin("delete")
    later = add_copies(library.ids[0], 3, created_at=now() + timedelta(seconds=1))
    list(steps(job))

    assert set(Media.objects(state=ACTIVE).scalar("id")) == set(later)


def test_what_one_list_deleted_is_brought_back_alone(library: Library) -> None:
    before = library.ids[:5]
    Media.objects(id__in=before).update(state=DELETED, deleted_at=now() - timedelta(days=1))
    job = library.begin("delete")
    list(steps(job))
    undo = library.begin("restore", wanted=deleted_by(job))
    first = next(steps(undo))
    rest = list(steps(undo, first.cursor, first.done))

    assert counted([first, *rest]) == {"restored": COUNT - 5}
    assert set(Media.objects(state=DELETED).scalar("id")) == set(before)


def test_what_was_brought_back_meanwhile_is_not_removed_for_good(library: Library) -> None:
    Media.objects(id__in=library.ids).update(state=DELETED, deleted_at=now())
    job = library.begin("purge", wanted={"application": library.application.id, "state": DELETED})
    back = max(library.ids)
    next(done := steps(job))
    Media.objects(id=back).update(state=ACTIVE)
    list(done)

    assert list(Media.objects.scalar("id")) == [back]


def test_a_list_by_ids_passes_over_those_that_are_gone(library: Library) -> None:
    """As one by colours: the best are named, whatever became of them since."""
    chosen = sorted(library.ids)[: BATCH + 10]
    job = library.begin("change", ids=chosen, said={"add_keywords": "blue"})
    Media.objects(id__in=chosen[:BATCH]).delete()
    made = list(steps(job))

    assert counted(made) == {"changed": 10}
    assert Media.objects(keywords="blue").count() == 10
    shown = library.here.get(f"jobs/{job.id}/").json
    assert set(shown["arguments"]) == {"do", "at", "said"}, "ids and filter are not shown"


def test_an_item_that_cannot_be_changed_is_named_and_ends_nothing(library: Library) -> None:
    full = library.ids[7]
    Media.objects(id=full).update(keywords=[f"word {n}" for n in range(KEYWORDS_COUNT)])
    job = library.begin("change", said={"add_keywords": "one too many"})
    made = list(steps(job))

    assert counted(made) == {"changed": COUNT - 1, "failed": 1}
    (failure,) = [one for step in made for one in step.failures]
    assert failure.item == full
