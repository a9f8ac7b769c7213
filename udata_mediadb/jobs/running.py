"""Doing jobs: one after the other, each for a while, until none is free."""

import logging
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import uuid4

from pymongo.errors import PyMongoError

from ..errors import MediaDBError
from . import queue
from .kinds import PASSING, JobKind, Step, Task
from .models import Job
from .owning import ApplicationGone

logger = logging.getLogger(__name__)

SLICE_S = 20.0  # where others wait, a job goes to the end of the queue after this
RENEW_SHARE = 0.3  # of a lease: two renewals may fail before somebody else takes over
RATE_OVER_S = 30.0  # the rate is that of about the last half minute
# After what may pass, such as a full disk or an absent server; with ATTEMPTS about an hour.
BACKOFF_S = (1.0, 5.0, 30.0, 120.0, 300.0, 600.0)


@dataclass(frozen=True)
class Runner:
    """Does jobs of these kinds, in a process or a thread of its own.

    `stopping`: set by who ends the process: the job goes back into the queue after its step.
    """

    kinds: Mapping[str, JobKind]
    lease_s: float = queue.LEASE_S
    slice_s: float = SLICE_S
    stopping: threading.Event = field(default_factory=threading.Event)

    def run_free(self) -> int:
        """Do what is free until nothing is; how often a job was taken up.

        Raises PyMongoError where the queue cannot be read; what was being done is done again.
        """
        taken = 0
        while self.run_one():
            taken += 1
        return taken

    def some_run(self) -> bool:
        """Whether a worker holds a job, or one waits to be tried again."""
        return queue.is_busy(self.kinds)

    def some_wait(self) -> bool:
        """Whether there is a job that may be taken up now."""
        return queue.others_wait(self.kinds)

    def run_one(self) -> bool:
        """Take up one job, for a while or until it ends; False where none is free."""
        worker = uuid4().hex
        job = queue.claim(self.kinds, worker, self.lease_s)
        if job is None:
            return False
        if job.attempts > queue.ATTEMPTS:
            reason = f"It was begun {queue.ATTEMPTS} times without one step: {job.message or ''}"
            queue.end(job.id, worker, message=reason.rstrip(": "))
            return True
        try:
            self._run(job, worker)
        except PASSING as exc:
            logger.warning("Job %s (%s) is tried again: %s", job.id, job.kind, exc)
            wait = BACKOFF_S[min(job.attempts, len(BACKOFF_S)) - 1]
            queue.release(job.id, worker, after_s=wait, message=_said(exc))
        except ApplicationGone:
            queue.remove(job.id)
        except MediaDBError as exc:
            queue.end(job.id, worker, message=exc.message)
        except Exception as exc:  # whatever a kind does, the worker goes on with other jobs
            logger.exception("Job %s (%s) failed", job.id, job.kind)
            queue.end(job.id, worker, message=f"{type(exc).__name__}: it is in the log")
        return True

    def _run(self, job: Job, worker: str) -> None:
        lost, pace = threading.Event(), _Pace()
        until = time.monotonic() + self.slice_s
        with _renewed(job.id, worker, self.lease_s, lost):
            for step in self._steps(job, lost):
                rate = pace.after(step)
                if not queue.keep_step(job.id, worker, step, rate, self.lease_s) or lost.is_set():
                    return
                is_over = time.monotonic() >= until and queue.others_wait(self.kinds)
                if is_over or self.stopping.is_set():
                    queue.release(job.id, worker)
                    return
            queue.end(job.id, worker)
            if not self.kinds[job.kind].is_kept:
                queue.remove_done(job.id)

    def _steps(self, job: Job, lost: threading.Event) -> Iterator[Step]:
        return self.kinds[job.kind].steps(
            Task(
                id=job.id,
                application=job.application,
                owner=job.owner,
                arguments=job.arguments,
                cursor=job.cursor,
                total=job.total,
                done=job.done,
                counts=job.counts,
                must_stop=lost.is_set,
            )
        )


class _Pace:
    """Items a second, the latest counting most."""

    def __init__(self) -> None:
        self._at = time.monotonic()
        self._items = self._seconds = 0.0

    def after(self, step: Step) -> float | None:
        now = time.monotonic()
        took, self._at = now - self._at, now
        fades = 0.5 ** (took / RATE_OVER_S)
        self._items = self._items * fades + step.done
        self._seconds = self._seconds * fades + took
        return self._items / self._seconds if self._seconds and self._items else None


@contextmanager
def _renewed(job: str, worker: str, lease_s: float, lost: threading.Event) -> Iterator[None]:
    """Hold the lease as long as the block takes, however long a step is."""
    ended = threading.Event()

    def renew() -> None:
        while not ended.wait(lease_s * RENEW_SHARE):
            try:
                if not queue.renew(job, worker, lease_s):
                    lost.set()
            except PyMongoError as exc:  # the lease may lapse: then somebody else goes on
                logger.warning("The lease of job %s was not renewed: %s", job, exc)

    thread = threading.Thread(target=renew, name=f"mediadb: lease of {job}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _said(exc: Exception) -> str:
    return exc.message if isinstance(exc, MediaDBError) else f"{type(exc).__name__}: tried again"
