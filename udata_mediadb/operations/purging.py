"""Purging what was deleted long ago, as a job of the portal."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from ..jobs.kinds import JobKind, Step, Task, failures_among
from ..jobs.models import Job
from ..jobs.queue import enqueue
from ..media.files import current_storage
from ..media.models import DELETED, Media
from ..media.removal import purge_deleted
from .recovery.identity import require_identity

NAME = "purge"
BATCH = 20  # media of a step: a second of work, most of it in the storage


def start_purge(before: datetime) -> Job:
    """Begin to remove what was deleted before this moment, or the job that is at it."""
    return enqueue(
        NAME,
        arguments={"before": before.isoformat()},
        total=Media.objects(state=DELETED, deleted_at__lt=before).count(),
        only_one=NAME,
    )


def _steps(task: Task) -> Iterator[Step]:
    storage, before = current_storage(), datetime.fromisoformat(task.arguments["before"])
    require_identity(storage)  # an older database knows of no restore since
    after = task.cursor or ""
    while batch := _batch(before, after):
        removed: list[bool] = []

        def remove(media: Media, removed: list[bool] = removed) -> None:
            removed.append(purge_deleted(storage, media, before))

        failures = failures_among((one.id, partial(remove, one)) for one in batch)
        after = batch[-1].id
        counts = {"purged": sum(removed)}
        yield Step(cursor=after, done=len(batch), counts=counts, failures=failures)


def _batch(before: datetime, after: str) -> list[Media]:
    found = Media.objects(state=DELETED, deleted_at__lt=before, id__gt=after)
    return list(found.only("id", "application").order_by("id").limit(BATCH))


PURGE = JobKind(NAME, "Removing what was deleted long ago", _steps)
