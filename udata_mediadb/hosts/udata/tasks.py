"""Our jobs for udata's workers and scheduler: `udata job list` names them.

udata loads this before it has a database or our settings, so the work itself is imported by name
when a job runs. Where udata has no worker (CELERY_TASK_ALWAYS_EAGER), jobs run in the process that
asks for them.
"""

from importlib import import_module
from typing import Any

from flask import current_app
from udata.tasks import job

_JOBS = "udata_mediadb.operations.jobs"


@job("mediadb-purge")
def purge(self: Any) -> None:
    """Remove for good what was deleted longer ago than MEDIADB_PURGE_AFTER_DAYS."""
    _run("purge")


@job("mediadb-check")
def check(self: Any) -> None:
    """Log what a crash or a lost file left behind."""
    _run("check")


@job("mediadb-import")
def import_pictures(self: Any, application: str, remote: str = "") -> None:
    """Bring what is new among the portal's pictures into an application, by its name or id."""
    _run("import_pictures", application, remote=bool(remote))


def _run(name: str, *arguments: Any, **options: Any) -> None:
    # below udata's own: `udata job run` shows no other, the task's neither
    log = current_app.logger.getChild("mediadb")
    if "mediadb" not in current_app.extensions:
        log.warning("The media library is not mounted: nothing is done")
        return
    getattr(import_module(_JOBS), name)(log, *arguments, **options)
