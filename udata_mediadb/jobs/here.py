"""A job that somebody waits for: done in this process, together with whoever else is at it."""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from flask import Flask, current_app
from pymongo.errors import PyMongoError

from ..errors import Conflict
from .kinds import JobKind
from .models import DONE, PAUSED, UNFINISHED, Job
from .running import Runner

logger = logging.getLogger(__name__)
LOOK_S = 0.5


def do_here(job: Job, kinds: Sequence[JobKind], look: Callable[[Job], None]) -> Job:
    """The job when it is done; `look` is called with it now and then.

    `kinds`: what this process does meanwhile. Where it is interrupted, others go on with the job.
    Raises Conflict where the job fails, and where somebody pauses or cancels it.
    """
    waiting = threading.Event()
    with _working(kinds):
        while job.reload().state in UNFINISHED and job.state != PAUSED:
            look(job)
            waiting.wait(LOOK_S)
    look(job)
    if job.state != DONE:
        raise Conflict(
            f"The job {job.id} ({job.kind}) is {job.state}. {job.message or ''}".rstrip()
        )
    return job


@contextmanager
def _working(kinds: Sequence[JobKind]) -> Iterator[None]:
    """Do such jobs in a thread as long as the block takes."""
    runner = Runner({kind.name: kind for kind in kinds})
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]

    def work() -> None:
        with app.app_context():
            while not runner.stopping.is_set():
                try:
                    if runner.run_one():
                        continue
                except PyMongoError as exc:
                    logger.warning("The queue of jobs is away, tried again: %s", exc)
                runner.stopping.wait(LOOK_S)

    thread = threading.Thread(target=work, name="mediadb: a job that is waited for")
    thread.start()
    try:
        yield
    finally:
        runner.stopping.set()
        thread.join()
