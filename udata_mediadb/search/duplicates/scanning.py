"""The job that compares all media of an application, each by a search of its own."""

from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import Any

from ...application.models import Application
from ...indexing import log
from ...indexing.current import current_catalogs
from ...jobs.kinds import JobKind, Step, Task, failures_among
from ...jobs.models import Job
from ...jobs.owning import application_of
from ...jobs.workers import start
from ...media.models import ACTIVE, Media
from ...mongo.clock import now
from ...mongo.documents import durable
from . import merging
from .finding import duplicates_of
from .grouping import regroup
from .models import OPEN, DuplicateGroup, Followed
from .pairs import forget_earlier, keep_found

AT_ONCE = 16  # media of a step: a second of work


def start_scan(application: Application, owner: str | None) -> Job:
    """Begin to compare all, where nobody is at it; what comes meanwhile is followed, too."""
    fresh = {"seq": log.last_seq(application.id), "at": now()}
    followed = durable(Followed)
    followed.update_one({"_id": application.id}, {"$setOnInsert": fresh}, upsert=True)
    job = start(
        SCAN.name,
        application=application.id,
        owner=owner,
        total=_active(application.id).count(),
        only_one=f"{SCAN.name} {application.id}",
    )
    followed.update_one({"_id": application.id}, {"$set": {"job": job.id}})
    return job


def check_media(application: Application, media: Media) -> int:
    """Compare one media with all; in how many pairs it is."""
    found = duplicates_of(application, media, current_catalogs())
    parted = forget_earlier(media)
    others = keep_found(application.id, media.id, found)
    if others or parted:
        regroup(application.id, [media.id, *others, *parted])
    return len(others)


def _scan(task: Task) -> Iterator[Step]:
    application = application_of(task.application)
    merging.finish_left(application.id)
    while batch := _after(application.id, task.cursor):
        pairs: Counter[str] = Counter()

        def check(media: Media, pairs: Counter[str] = pairs) -> None:
            pairs["pairs"] += check_media(application, media)

        failures = failures_among((one.id, partial(check, one)) for one in batch)
        cursor = batch[-1].id
        yield Step(cursor=cursor, done=len(batch), counts=pairs, failures=failures)
        task = _at(task, cursor)
    durable(Followed).update_one({"_id": application.id}, {"$set": {"scanned_at": now()}})
    groups = DuplicateGroup.objects(application=application.id, state=OPEN).count()
    yield Step(result={"groups": groups})


def _after(application: str, cursor: Any) -> list[Media]:
    found = _active(application)
    if cursor is not None:
        found = found.filter(id__gt=cursor)
    return list(found.order_by("id").limit(AT_ONCE))


def _at(task: Task, cursor: str) -> Task:
    return Task(task.id, task.application, task.owner, task.arguments, cursor)


def _active(application: str) -> Any:
    only = ("id", "application", "sha256", "created_at", "state", "picture", "earlier")
    return Media.objects(application=application, state=ACTIVE).only(*only)


SCAN = JobKind("duplicates-scan", "Looking for duplicates", _scan)
