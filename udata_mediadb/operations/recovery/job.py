"""Mending what `check` names, as a job of the portal: it goes on where it was, whoever does it.

The files of indexes are of one machine, and no part of it: see `flask mediadb reindex --deep`.
"""

import logging
from collections.abc import Iterable, Iterator
from typing import Any

from ...errors import Conflict, MediaDBError
from ...indexing.descriptions import batches
from ...jobs.kinds import PASSING, Failure, JobKind, Step, Task
from ...jobs.models import Job
from ...jobs.queue import enqueue
from ...media.current import current_ingest
from ...media.ingest import Ingest
from ...media.models import Media
from .finding import count_media, problems_beside, problems_of
from .identity import require_identity
from .mending import mend
from .orphans import find_orphans, newer_than_database
from .problems import Problem

logger = logging.getLogger(__name__)

NAME = "reindex"
BATCH = 50  # media of a step: some files of each are looked at
_FROM_BACKUP = "bring the file back from a backup"
_ADVICE = {
    "application-missing": "bring the application's document back from a backup",
    "collection-without-application": "bring the application's document back from a backup",
    "file-orphan": "no application of this database, see flask mediadb orphans",
}


def start_reindex(*, deep: bool) -> Job:
    """Begin to mend what there is to mend, or the job that is at it."""
    arguments = {"deep": deep}
    return enqueue(NAME, arguments=arguments, total=count_media(), only_one=f"{NAME} {deep}")


def require_newest(ingest: Ingest) -> None:
    """Conflict where pictures were stored after everything that the database knows."""
    require_identity(ingest.storage)
    newer = newer_than_database(ingest.storage, list(find_orphans(ingest.storage)))
    if newer:
        raise Conflict(
            f"{newer} originals were stored after everything that this database knows: it seems to "
            "be older than the files. Nothing was changed. Bring back the newest database that "
            "there is. If this is it: `flask mediadb orphans adopt` takes these pictures in, and "
            "`flask mediadb identity --accept` says that they are left over."
        )


def _steps(task: Task) -> Iterator[Step]:
    ingest, deep = current_ingest(), bool(task.arguments.get("deep"))
    require_newest(ingest)
    after = task.cursor or ""
    while batch := list(Media.objects(id__gt=after).order_by("id").limit(BATCH)):
        after = batch[-1].id
        found = problems_of(ingest, batch, deep=deep)
        yield Step(cursor=after, done=len(batch), **_mended(ingest, found))
    for some in batches(problems_beside(ingest), BATCH):
        yield Step(**_mended(ingest, some))


def _mended(ingest: Ingest, problems: Iterable[Problem]) -> dict[str, Any]:
    """What a step says of these."""
    mended, failures = 0, []
    for problem in problems:
        why = _why_not(ingest, problem)
        if why is None:
            mended += 1
        else:
            failures.append(Failure(str(problem), why, problem.kind))
    return {"counts": {"mended": mended}, "failures": failures}


def _why_not(ingest: Ingest, problem: Problem) -> str | None:
    """Mend it: None, or why it could not be."""
    try:
        is_mended = mend(ingest, problem)
    except PASSING:
        raise
    except MediaDBError as exc:  # such as a picture that is no longer accepted
        return exc.message
    except Exception as exc:
        logger.exception("%s was not mended", problem)
        return f"{type(exc).__name__}: it is in the log"
    return None if is_mended else _ADVICE.get(problem.kind, _FROM_BACKUP)


REINDEX = JobKind(NAME, "Mending what a crash or a lost file left behind", _steps)
