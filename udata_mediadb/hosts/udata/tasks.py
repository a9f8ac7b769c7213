"""Our jobs for udata's workers and scheduler: `udata job list` names them.

udata loads this before it has a database or our settings, so the work itself is imported by name
when a job runs. Where udata has no worker (CELERY_TASK_ALWAYS_EAGER), jobs run in the process that
asks for them.

All of them may run again after they were cut off, so a worker takes a job off the queue when it is
done, and one whose process died goes back there.
"""

from collections.abc import Callable
from importlib import import_module
from logging import Logger
from typing import Any

from flask import current_app
from udata.tasks import job

_JOBS = "udata_mediadb.operations.jobs"
_REDONE = {"acks_late": True, "reject_on_worker_lost": True}
# udata keeps no results (CELERY_TASK_IGNORE_RESULT), except of those that say so
_SHOWN = {"ignore_result": False, "track_started": True}
PROGRESS = "PROGRESS"  # the state that Celery's own documentation gives as the example


@job("mediadb-purge", **_REDONE, **_SHOWN)
def purge(self: Any) -> str:
    """Remove for good what was deleted longer ago than MEDIADB_PURGE_AFTER_DAYS."""
    return _run(self, "purge")


@job("mediadb-check", **_REDONE, **_SHOWN)
def check(self: Any) -> str:
    """Log what a crash or a lost file left behind."""
    return _run(self, "check")


@job("mediadb-import", **_REDONE, **_SHOWN)
def import_pictures(self: Any, application: str, remote: str = "") -> str:
    """Bring what is new among the portal's pictures into an application, by its name or id."""
    return _run(self, "import_pictures", application, remote=bool(remote))


@job("mediadb-exam", **_REDONE, **_SHOWN)
def exam(self: Any, application: str, pictures: str = "50", seed: str = "1") -> str:
    """Say how well edits of an application's own pictures are found, and whether that drifts."""
    return _run(self, "exam", application, pictures=int(pictures), seed=int(seed))


@job("mediadb-work", **_REDONE, **_SHOWN)
def work(self: Any) -> str:
    """Do the jobs that wait in the library's own queue, such as imports and scans."""
    return _run(self, "work")


def _run(task: Any, name: str, *arguments: Any, **options: Any) -> str:
    log = _log_of(task)
    if "mediadb" not in current_app.extensions:
        log.warning("The media library is not mounted: nothing is done")
        return "The media library is not mounted: nothing is done"
    jobs = import_module(_JOBS)
    done: str = getattr(jobs, name)(jobs.Telling(log, _progress_of(task)), *arguments, **options)
    return done


def _log_of(task: Any) -> Logger:
    """The task's own in a worker; `udata job run` shows no other than those below udata's."""
    log: Logger = task.log if _is_in_worker(task) else current_app.logger.getChild("mediadb")
    return log


def _progress_of(task: Any) -> Callable[[str], None]:
    """What udata shows of a job that is at work, at /api/1/workers/tasks/<id>/."""

    def note(sentence: str) -> None:
        if _is_in_worker(task):
            task.update_state(state=PROGRESS, meta=sentence)

    return note


def _is_in_worker(task: Any) -> bool:
    return not task.request.called_directly and not task.request.is_eager
