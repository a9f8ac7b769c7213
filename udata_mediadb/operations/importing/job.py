"""The pictures of the portal brought into an application by a job, told one by one.

The same as the command does, and as often as one likes. The pictures are taken in the order of
their origins, so whoever goes on after a kill begins behind the last step that was kept.
"""

from collections.abc import Iterator, Sequence
from uuid import uuid4

from pymongo import ReplaceOne

from ...application.models import Application
from ...errors import InvalidFields
from ...hosts.current import current_host
from ...hosts.portal_picture import PortalPicture
from ...indexing.current import current_catalogs
from ...jobs.kinds import Failure, JobKind, Step, Task
from ...jobs.models import Job
from ...jobs.owning import application_of
from ...jobs.workers import start
from ...media.describer import describe_if_due
from ...media.models import ACTIVE, Media
from ...mongo.clock import now
from ...mongo.documents import durable
from ..imports.models import ImportedItem
from .actions import Importing, foresee, import_picture
from .runner import ELSEWHERE, import_one, new_run

NAME = "portal-import"
BATCH = 10  # each takes some 0.1 s, and as long as its host wants where it is fetched
_LABEL_LENGTH = 1000
# In the words of `imports/`.
_WORDS = {
    "added": "added",
    "replaced": "updated",
    "unchanged": "skipped",
    "failed": "failed",
    ELSEWHERE: "ignored",
}
NOT_ASKED_FOR = "it lies on another host"


def begin_portal_import(
    application: Application,
    owner: str | None,
    *,
    remote: bool,
    dry_run: bool,
    checked: str | None = None,
) -> Job:
    """The job; of the same that is at work already, that one.

    `remote`: also what lies on other hosts. `checked`: the parcel of the dry run before.
    InvalidFields where the portal shows no pictures.
    """
    if not current_host().has_pictures():
        raise InvalidFields({"source": "this portal has no pictures of its own"})
    return start(
        NAME,
        application=application.id,
        owner=owner,
        arguments={"remote": remote, "dry_run": dry_run, "parcel": checked or uuid4().hex},
        only_one=f"{NAME} {application.id} {remote} {dry_run}",
    )


def _steps(task: Task) -> Iterator[Step]:
    application = application_of(task.application)
    pictures = current_host().pictures(avatars=False) or ()
    run, number = new_run(application), task.done
    begin = task.cursor or ""
    waiting = [one for one in pictures if one.origin > begin]
    yield Step(total=number + len(waiting))
    for first in range(0, len(waiting), BATCH):
        some = waiting[first : first + BATCH]
        yield _done(task, run, number, some)
        number += len(some)
    if not task.arguments["dry_run"]:
        describe_if_due(application)
    yield Step(result={"dry_run": bool(task.arguments["dry_run"])})


def _done(task: Task, run: Importing, number: int, pictures: Sequence[PortalPicture]) -> Step:
    items = [_item(task, run, n, one) for n, one in enumerate(pictures, number)]
    durable(ImportedItem).bulk_write(
        [ReplaceOne({"_id": f"{task.id}/{one['number']}"}, one, upsert=True) for one in items]
    )
    counts: dict[str, int] = {}
    for item in items:
        counts[str(item["outcome"])] = counts.get(str(item["outcome"]), 0) + 1
    failures = [
        Failure(str(item["item"]), str(item["reason"] or ""))
        for item in items
        if item["outcome"] == "failed"
    ]
    cursor = pictures[-1].origin
    return Step(cursor=cursor, done=len(items), counts=counts, failures=failures)


def _item(task: Task, run: Importing, number: int, picture: PortalPicture) -> dict[str, object]:
    """One, as its line of the report."""
    told: list[str] = []
    outcome = import_one(
        run,
        picture,
        remote=bool(task.arguments["remote"]),
        again=False,
        tell=told.append,
        do=foresee if task.arguments["dry_run"] else import_picture,
    )
    if outcome in ("added", "replaced") and not task.arguments["dry_run"]:
        current_catalogs().note_added(run.application.id, run.application.signatures)
    reason = told[0].rpartition("): ")[2] if told else None
    own = {"application": run.application.id, "origin": picture.origin, "state": ACTIVE}
    media = Media.objects(__raw__=own).only("id").first()
    return {
        "job": task.id,
        "number": number,
        "item": (picture.name or picture.origin)[:_LABEL_LENGTH],
        "outcome": _WORDS[outcome],
        "media": media.id if media else None,
        "reason": (reason or (NOT_ASKED_FOR if outcome == ELSEWHERE else None)),
        "at": now(),
    }


PORTAL_IMPORT = JobKind(NAME, "Bringing in the portal's pictures", _steps)
