"""Work that a portal does now and then, for its scheduler; each says in a sentence what it did."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from logging import Logger
from time import monotonic, sleep
from typing import TypeVar

from flask import current_app

from ..errors import NotFound
from ..hosts.current import current_host
from ..jobs.here import do_here
from ..jobs.models import Job
from ..jobs.queue import LEASE_S
from ..jobs.workers import current_jobs
from ..media.current import current_ingest
from ..media.files import current_storage
from ..mongo.clock import now
from ..search.exam.job import EXAM
from ..search.exam.models import Exam
from .examining import exam_line, has_worsened, start_scheduled
from .importing.runner import import_all, new_run, outcome_line
from .importing.target import find_target
from .purging import PURGE, start_purge
from .recovery.finding import count_media, find_problems
from .recovery.identity import require_identity

LOOK_ON_S = 2 * LEASE_S  # the lease of a worker that died ends meanwhile
PROGRESS_EVERY_S = 1.0  # a note of it costs as much as a media that is purged

T = TypeVar("T")


def _nobody(sentence: str) -> None:
    """Nobody wants to know how far it is."""


@dataclass(frozen=True)
class Telling:
    """Who is told. `log`: of what happened; `progress`: how far it is, in a sentence."""

    log: Logger
    progress: Callable[[str], None] = _nobody

    def all(self, items: Collection[T], noun: str) -> Iterator[T]:
        """These, one after the other; now and then it is said how many are done."""
        return self.each(items, len(items), noun)

    def each(self, items: Iterable[T], total: int, noun: str) -> Iterator[T]:
        """As `all`, where the items cannot be counted beforehand."""
        self.progress(f"0 of {total} {noun}")
        said = monotonic()
        for done, item in enumerate(items, 1):
            yield item
            if monotonic() - said >= PROGRESS_EVERY_S:
                self.progress(f"{done} of {total} {noun}")
                said = monotonic()


def purge(tell: Telling) -> str:
    """Remove for good what was deleted more than `MEDIADB_PURGE_AFTER_DAYS` ago."""
    days = current_app.config["MEDIADB_PURGE_AFTER_DAYS"]
    if days is None:
        return _done(tell, "0 media purged: MEDIADB_PURGE_AFTER_DAYS is None")
    require_identity(current_storage())  # before anything is written
    before = now() - timedelta(days=days)
    job = start_purge(before)

    def look(job: Job) -> None:
        tell.progress(f"{job.done} of {job.total} media")

    do_here(job, (PURGE,), look)
    count = job.counts.get("purged", 0)
    return _done(tell, f"{count} media purged, deleted more than {days} days ago")


def check(tell: Telling) -> str:
    """Name what a crash or a lost file left behind, as `flask mediadb check` does."""
    require_identity(current_storage())
    problems, total = 0, count_media()
    for problem in tell.each(find_problems(current_ingest()), total, "media"):
        if problem is not None:
            problems += 1
            tell.log.warning("%s", problem)
    return _done(tell, f"{total} media, {problems} problems")


def import_pictures(tell: Telling, application: str, *, remote: bool) -> str:
    """Import the portal's pictures into an application that there is, by name or id."""
    pictures = current_host().pictures(avatars=False)
    target = find_target(application)
    if pictures is None or target is None:
        raise NotFound(f"There is no application {application!r:.60}, or nothing to import.")
    outcomes = import_all(
        new_run(target),
        tell.all(pictures, "pictures"),
        remote=remote,
        again=False,
        tell=tell.log.warning,
    )
    return _done(tell, f"{target.name} ({target.id}): {outcome_line(outcomes)}")


def exam(tell: Telling, application: str, *, pictures: int, seed: int) -> str:
    """Search for edits of the library's own pictures; a warning where it finds less than before."""
    target = find_target(application)
    if target is None:
        raise NotFound(f"There is no application {application!r:.60}.")
    job = start_scheduled(target, pictures=pictures, seed=seed)

    def look(job: Job) -> None:
        tell.progress(f"{job.done} of {job.total} pictures")

    do_here(job, (EXAM,), look)
    sat = Exam.objects.get(id=job.arguments["exam"])
    line = exam_line(sat, target.name)
    if has_worsened(sat):
        tell.log.warning("The search has become worse. %s", line)
    return _done(tell, line)


def work(tell: Telling) -> str:
    """Do what waits in the queue, also what a worker leaves that dies while this one looks on."""
    runner, taken = current_jobs().runner, 0
    until = monotonic() + LOOK_ON_S
    while monotonic() < until:
        current_jobs().find_due()
        if runner.run_one():
            taken, until = taken + 1, monotonic() + LOOK_ON_S
            tell.progress(f"{taken} times a job was taken up")
        elif not runner.some_run():
            break
        else:
            sleep(1)
    return _done(tell, f"{taken} times a job was taken up, none waits")


def _done(tell: Telling, sentence: str) -> str:
    tell.log.info("%s", sentence)
    return sentence
