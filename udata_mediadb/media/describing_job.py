"""Describing by signatures that came later, as a job of the queue that several workers share.

One worker holds the job: it says how far all of them are, and in the end looks once more at all
media, alone, for what came or failed meanwhile. The others help: each has a job of its own, which
takes stretches of the same pass. Decision 0026 says why.
"""

import hashlib
import time
from collections.abc import Iterator, Mapping

from ..application.models import Application
from ..indexing.current import current_catalogs, current_registry
from ..indexing.versions import by_key, is_incomplete, to_describe, unbuilt
from ..jobs import queue
from ..jobs.kinds import JobKind, Step, Task
from ..jobs.models import QUEUED, RUNNING, Job
from ..jobs.owning import application_of
from ..jobs.workers import start
from ..recognition.registered import RegisteredSignature
from . import stretches
from .current import current_ingest
from .describer import NAME
from .describing import BATCH, describe_among, drop_unused, ids_after, media_to_describe, switch

HELPING = "describing-help"
HELPERS = 31  # beside the one that holds the job; each is a process
LOOK_S = 0.5  # at stretches that others are at
PATIENCE_S = 5.0  # of a helper while the one that holds the job lets others have their turn

Wanted = Mapping[str, RegisteredSignature]


def _steps(task: Task) -> Iterator[Step]:
    application = application_of(task.application)
    registry, known = current_registry(), task.done
    while is_incomplete(registry, application.described_versions, application.signatures):
        wanted = _wanted(application)
        yield Step(cursor={"sweep": (sweep := _sweep(task.id, wanted))})
        for _ in _swept(task.id, sweep, application.id, wanted):
            done = stretches.done_in(sweep)
            yield Step(done=max(0, done - known))
            known = max(known, done)
        described = 0
        for more in _checked(task.id, application.id, wanted):
            described += more
            yield Step()
        if not described:
            switch(application, [one.signature for one in wanted.values()])
            stretches.forget(sweep)
        application = application_of(task.application)
    yield Step(total=known)
    _tidy(application)


def _help(task: Task) -> Iterator[Step]:
    """Take stretches as long as the job is at work. Ends where there is none, or no such job."""
    lead, application = task.arguments["job"], application_of(task.application)
    wanted = _wanted(application)
    sweep = _sweep(lead, wanted)
    for number, _ in enumerate(_swept(lead, sweep, application.id, wanted, waits=False)):
        if number == 0:
            call_help(lead, application.id)
        yield Step()
        if not _is_led(lead, sweep):
            return


def _swept(
    job: str, sweep: str, application: str, wanted: Wanted, *, waits: bool = True
) -> Iterator[None]:
    """One pass, together with others; `waits`: until what they are at is done, too."""
    is_first = True
    while wanted:
        if not waits and is_first and not _is_led(job, sweep, patience_s=0):
            return
        held = stretches.take(
            sweep, lambda after: [one for one, _ in ids_after(application, after)]
        )
        if held is None:
            if not (waits and stretches.are_open(sweep)):
                return
            time.sleep(LOOK_S)
            yield
            continue
        if waits and is_first:
            call_help(job, application)
        is_first = False
        _do(job, held, application, wanted)
        yield


def _do(job: str, held: stretches.Held, application: str, wanted: Wanted) -> None:
    try:
        media = ids_after(application, held.after, held.last)
        _, failures = describe_among(current_ingest(), application, media, wanted, held.renew)
        queue.keep_failures(job, failures)
    except BaseException:
        held.let_go()
        raise
    held.end()


def _checked(job: str, application: str, wanted: Wanted) -> Iterator[int]:
    """Look at all media alone: how many more were described, stretch by stretch."""
    after = ""
    while wanted and (media := ids_after(application, after)):
        described, failures = describe_among(current_ingest(), application, media, wanted)
        queue.keep_failures(job, failures)
        after = media[-1][0]
        yield described


def call_help(job: str, application: str) -> None:
    """Let one more worker help, where there is one: it calls the next."""
    if media_to_describe(application_of(application)) <= BATCH:
        return
    names = [f"{HELPING} {job} {number}" for number in range(HELPERS)]
    there = set(Job.objects(only_one__in=names).scalar("only_one"))
    if (free := next((name for name in names if name not in there), None)) is not None:
        start(HELPING, application=application, arguments={"job": job}, only_one=free)


def _is_led(job: str, sweep: str, patience_s: float = PATIENCE_S) -> bool:
    """Whether the job is at this pass; one that lets others have their turn is waited for."""
    until = time.monotonic() + patience_s
    while True:
        found = Job.objects(id=job).only("state", "cursor").first()
        if found is None or (found.cursor or {}).get("sweep") != sweep:
            return False
        if found.state == RUNNING:
            return True
        if found.state != QUEUED or time.monotonic() >= until:
            return False
        time.sleep(LOOK_S)


def _wanted(application: Application) -> Wanted:
    registry = current_registry()
    names = unbuilt(registry, application.described_versions, application.signatures)
    return by_key(registry[name] for name in names)


def _sweep(job: str, wanted: Wanted) -> str:
    """The pass of this job by these very signatures: who has others of them is at another."""
    return f"{job}/{hashlib.sha256(' '.join(sorted(wanted)).encode()).hexdigest()[:16]}"


def _tidy(application: Application) -> None:
    """Remove what searches do not use any more; write the segments that are due here."""
    catalogs = current_catalogs()
    drop_unused(catalogs.registry, application)
    described, names = application.described_versions, application.signatures
    keep = to_describe(catalogs.registry, described, names)
    catalogs.drop(application.id, keep=list(keep))
    catalogs.write_due(application.id, names)


DESCRIBING = JobKind(NAME, "Describing by signatures that came later", _steps)
HELP = JobKind(HELPING, "Helping to describe", _help, is_kept=False)
