"""Work that a portal does now and then, for its scheduler; each tells a log what it did."""

from datetime import timedelta
from logging import Logger

from flask import current_app

from ..errors import NotFound
from ..hosts.current import current_host
from ..media.current import current_ingest
from ..media.files import current_storage
from ..media.removal import purge_deleted
from ..mongo.clock import now
from .importing.runner import import_all, new_run, outcome_line
from .importing.target import find_target
from .recovery.finding import count_media, find_problems
from .recovery.identity import require_identity


def purge(log: Logger) -> int:
    """Remove for good what was deleted more than `MEDIADB_PURGE_AFTER_DAYS` ago; how many."""
    days = current_app.config["MEDIADB_PURGE_AFTER_DAYS"]
    if days is None:
        log.info("Nothing is purged: MEDIADB_PURGE_AFTER_DAYS is None")
        return 0
    require_identity(current_storage())  # an older database knows of no restore since
    count = purge_deleted(current_storage(), now() - timedelta(days=days))
    log.info("%d media purged, deleted more than %s days ago", count, days)
    return count


def check(log: Logger) -> int:
    """Name what a crash or a lost file left behind, as `flask mediadb check` does; how many."""
    require_identity(current_storage())
    problems = [problem for problem in find_problems(current_ingest()) if problem is not None]
    for problem in problems:
        log.warning("%s", problem)
    log.info("%d media, %d problems", count_media(), len(problems))
    return len(problems)


def import_pictures(log: Logger, application: str, *, remote: bool) -> None:
    """Import the portal's pictures into an application that there is, by name or id."""
    pictures = current_host().pictures(avatars=False)
    target = find_target(application)
    if pictures is None or target is None:
        raise NotFound(f"There is no application {application!r:.60}, or nothing to import.")
    run = new_run(target)
    outcomes = import_all(run, pictures, remote=remote, again=False, tell=log.warning)
    log.info("%s (%s): %s", target.name, target.id, outcome_line(outcomes))
