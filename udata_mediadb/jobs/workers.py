"""The jobs of one app: their kinds, and the thread beside the requests that does them."""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from flask import Response, current_app, request
from pymongo.errors import PyMongoError

from ..hosts.current import current_host
from ..indexing.background import BackgroundJob
from .kinds import JobKind
from .models import Job
from .queue import enqueue
from .running import Runner
from .watching import Watch

logger = logging.getLogger(__name__)

WAITS_S = (1, 2, 5)  # for MongoDB that is started again; then the next request looks
LOOK_EVERY_S = 5.0  # whether another process left a job; one query, in a thread


class Jobs:
    """What one app does beside its requests. Its thread comes second to them."""

    def __init__(
        self,
        kinds: Sequence[JobKind],
        context: Callable[[], AbstractContextManager[object]],
        due: Callable[[], None] = lambda: None,
    ) -> None:
        """`context`: what a thread needs to be in. `due`: puts into the queue what is to be done
        without anybody asking for it."""
        self.runner = Runner({kind.name: kind for kind in kinds})
        self._context = context
        self._due = due
        self._changed = threading.Event()
        self._background = BackgroundJob("Jobs", self._run, niceness=10)
        self._looked_at = 0.0
        self._watch = Watch(self)

    def look(self) -> None:
        """Begin in a thread what is free, unless it is at it; at once back. For every request."""
        if not current_app.config["MEDIADB_JOBS_IN_WEB"]:
            return
        self._watch.start(float(current_app.config["MEDIADB_JOBS_LOOK_EVERY_S"]))
        if time.monotonic() - self._looked_at >= LOOK_EVERY_S:
            self.start()

    def start(self) -> None:
        """As `look`, at once."""
        if current_app.config["MEDIADB_JOBS_IN_WEB"]:
            self.begin()

    def begin(self) -> None:
        """As `start`, wherever jobs are done."""
        self._looked_at = time.monotonic()
        self._background.start()

    def has_free(self) -> bool:
        """Whether a job waits that nobody is at; one query."""
        with self._context():
            return self.runner.some_wait()

    def after_change(self, response: Response) -> Response:
        """As `look`, at once where a request may have brought something new."""
        if request.method not in ("GET", "HEAD", "OPTIONS") and response.status_code < 400:
            self._changed.set()
            self.start()
        return response

    def find_due(self) -> None:
        """Put into the queue what is due."""
        self._due()

    def run_free(self) -> None:
        """Do what is free, and what is due, until nothing is; in the context of the app."""
        while True:
            self._changed.clear()
            self._due()
            if not self.runner.run_free() and not self._changed.is_set():
                return  # what was done may have made something else due

    def _run(self) -> bool:
        with self._context():
            for wait in WAITS_S:
                try:
                    self.run_free()
                except PyMongoError as exc:
                    logger.warning("The queue of jobs is away, tried again in %s s: %s", wait, exc)
                    time.sleep(wait)
                except Exception:  # whatever it is, requests go on, and the next one looks again
                    logger.warning("Jobs were not looked at", exc_info=True)
                    break
                else:
                    break
        return True


def current_jobs() -> Jobs:
    """Those of the current app."""
    found: Jobs = current_app.extensions["mediadb"].jobs
    return found


def start(
    kind: str,
    *,
    application: str | None = None,
    owner: str | None = None,
    arguments: Mapping[str, Any] | None = None,
    total: int | None = None,
    only_one: str | None = None,
) -> Job:
    """Put a job into the queue (see `enqueue`) and tell whoever may do it."""
    if kind not in current_jobs().runner.kinds:
        raise ValueError(f"no kind of job is named {kind!r}: mounting/job_kinds.py lists them")
    job = enqueue(
        kind,
        application=application,
        owner=owner,
        arguments=arguments,
        total=total,
        only_one=only_one,
    )
    current_host().wake_workers()
    current_jobs().start()
    return job
