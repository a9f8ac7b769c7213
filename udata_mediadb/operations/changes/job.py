"""All media of a list changed, deleted, brought back, or removed for good: a job.

They are taken in the order of their ids, so whoever goes on after a kill begins behind the last
step that was kept; what was done of the next one is not done again, or does no harm.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from bson import json_util

from ...application.models import Application
from ...collection.actions import find_collection
from ...collection.membership import add_members
from ...collection.models import Collection
from ...errors import Unavailable
from ...jobs.kinds import Failure, JobKind, Step, Task, failures_among
from ...jobs.models import Job
from ...jobs.owning import application_of
from ...media.actions import restore_media
from ...media.bulk_editing import Edit, edit_one, read_edit
from ...media.counts import renew
from ...media.files import current_storage
from ...media.hints import Index, with_hint
from ...media.models import DELETED, Media
from ...media.removal import delete_many, discard_again, purge_deleted

NAME = "media-change"
CHANGE, DELETE, RESTORE, PURGE = "change", "delete", "restore", "purge"
# What a job has done, in its counts.
DONE_WORDS: Mapping[str, str] = {
    CHANGE: "changed",
    DELETE: "deleted",
    RESTORE: "restored",
    PURGE: "purged",
}
FAILED = "failed"
# Arguments that are nobody's business: a filter of MongoDB's, and a list of ids that may be long.
WANTED, IDS = "_wanted", "_ids"
BATCH = 50  # each is a read and a durable write: a quarter of a second
_IN_ORDER: Index = [("application", 1), ("state", 1), ("_id", 1)]
_READ = dict.fromkeys(("application", "state", "about", "embedded"), 1)
Failures = Sequence[Failure]


@dataclass(frozen=True)
class Changes:
    """What one job does. `at`: when it was begun. `ids`: in order; None for all of the filter."""

    application: Application
    do: str
    at: datetime
    wanted: Mapping[str, Any]
    ids: Sequence[str] | None
    edit: Edit
    collection: Collection | None

    def after(self, cursor: str) -> list[Media]:
        """The next media that are to be done."""
        if self.ids is None:
            return _found({"$and": [self.wanted, {"_id": {"$gt": cursor}}]})
        begin = bisect_right(self.ids, cursor)
        for start in range(begin, len(self.ids), BATCH):
            some = list(self.ids[start : start + BATCH])
            if found := _found({"$and": [self.wanted, {"_id": {"$in": some}}]}):
                return found
        return []

    def each(self, media: Sequence[Media]) -> Failures:
        """Do it; what could not be done."""
        return _ACTIONS[self.do](self, media)


def moment_of(job: Job) -> datetime:
    """When it was begun, which is when what it deletes was deleted."""
    return datetime.fromisoformat(job.arguments["at"])


def _steps(task: Task) -> Iterator[Step]:
    changes, cursor, done = _changes(task), task.cursor or "", task.done
    if changes.do == DELETE and (again := _half_deleted(changes, cursor)):
        done += len(again)
        yield Step(done=len(again), counts={DONE_WORDS[DELETE]: len(again)})
    while media := changes.after(cursor):
        failures = changes.each(media)
        cursor, done = media[-1].id, done + len(media)
        counts = {DONE_WORDS[changes.do]: len(media) - len(failures), FAILED: len(failures)}
        some = {word: number for word, number in counts.items() if number}
        yield Step(cursor=cursor, done=len(media), counts=some, failures=failures)
    yield Step(total=done)  # what others changed meanwhile is not of the list any more


def _changes(task: Task) -> Changes:
    application = application_of(task.application)
    said = task.arguments.get("said") or {}
    collection = said.get("add_to_collection")
    return Changes(
        application=application,
        do=str(task.arguments["do"]),
        at=datetime.fromisoformat(task.arguments["at"]),
        wanted=json_util.loads(task.arguments[WANTED]),
        ids=task.arguments.get(IDS),
        edit=read_edit(said) if said else Edit(),
        collection=find_collection(collection, application.id) if collection else None,
    )


def _found(wanted: Mapping[str, Any]) -> list[Media]:
    def read(index: Index) -> list[Media]:
        hint = list(index) if index else None
        cursor = Media._get_collection().find(wanted, _READ, hint=hint).sort("_id", 1)
        return [Media._from_son(one) for one in cursor.limit(BATCH)]

    return with_hint(read, _IN_ORDER)


def _half_deleted(changes: Changes, cursor: str) -> Sequence[str]:
    """What a worker deleted that was killed before its step was kept: it may not be logged."""
    ours = {"application": changes.application.id, "state": DELETED, "deleted_at": changes.at}
    ids = [one.id for one in _found({**ours, "_id": {"$gt": cursor}})]
    discard_again(changes.application.id, ids)
    return ids


def _change(changes: Changes, media: Sequence[Media]) -> Failures:
    outcomes = {one.id: edit_one(one, changes.application, changes.edit) for one in media}
    renew([changes.application.id])
    if away := [one for one in outcomes.values() if one.status == Unavailable.status]:
        raise Unavailable(away[0].message)
    changed = [one.id for one in outcomes.values() if one.status < 400]
    if changes.collection is not None and changed:
        held = add_members(changes.collection, changed)
        outcomes |= {one.id: one for one in held if one.status >= 400}
    failed = [one for one in outcomes.values() if one.status >= 400]
    return [Failure(one.id, one.message, f"status-{one.status}") for one in failed]


def _delete(changes: Changes, media: Sequence[Media]) -> Failures:
    delete_many(media, changes.at)
    return ()


def _restore(changes: Changes, media: Sequence[Media]) -> Failures:
    return failures_among((one.id, partial(restore_media, one)) for one in media)


def _purge(changes: Changes, media: Sequence[Media]) -> Failures:
    """What was brought back meanwhile, or deleted anew, stays."""
    storage, before = current_storage(), changes.at + timedelta(milliseconds=1)
    return failures_among((one.id, partial(purge_deleted, storage, one, before)) for one in media)


_ACTIONS: Mapping[str, Callable[[Changes, Sequence[Media]], Failures]] = {
    CHANGE: _change,
    DELETE: _delete,
    RESTORE: _restore,
    PURGE: _purge,
}
MEDIA_CHANGE = JobKind(NAME, "Changing many media", _steps)
