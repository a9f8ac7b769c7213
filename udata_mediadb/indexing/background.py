"""Work beside the requests: one run at a time, in a thread of its own."""

import logging
import os
import threading
import time
from collections.abc import Callable

from pymongo.errors import PyMongoError

from ..errors import MediaDBError

logger = logging.getLogger(__name__)

RETRY_S = 30.0  # after a failure such as a full disk
BUSY_RETRY_S = 1.0  # while another process is at it

EXPECTED = (OSError, ValueError, PyMongoError, MediaDBError)  # a later run may not meet it
THREADS = "mediadb: "  # what the names of our threads begin with


class BackgroundJob:
    """A job that may be started often and runs once at a time."""

    def __init__(self, title: str, run: Callable[[], bool], niceness: int = 0) -> None:
        """`run` gives False where another process is at it; `title` names it in the log.

        `niceness`: how far requests come first (setpriority); not for work that holds a lock which
        requests wait for.
        """
        self._niceness = niceness
        self._title = title
        self._run = run
        self._running = threading.Lock()
        self._not_before = 0.0

    @property
    def may_start(self) -> bool:
        """Whether `start` would start now."""
        return time.monotonic() >= self._not_before and not self._running.locked()

    def start(self) -> None:
        """Begin in a thread, where none is at it and no failure was a moment ago; at once back."""
        if time.monotonic() >= self._not_before and self._running.acquire(blocking=False):
            name = f"{THREADS}{self._title}"
            threading.Thread(target=self._run_and_release, name=name, daemon=True).start()

    def _run_and_release(self) -> None:
        _lower_priority(self._niceness)
        wait = RETRY_S
        try:
            wait = 0.0 if self._run() else BUSY_RETRY_S
        except EXPECTED as exc:
            logger.warning("%s: not done, tried again later: %s", self._title, exc)
        finally:
            self._not_before = time.monotonic() + wait
            self._running.release()


def _lower_priority(niceness: int) -> None:
    """Of this thread alone, where the system can (Linux)."""
    try:
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), niceness)
    except (AttributeError, OSError):
        logger.debug("The priority of background work stays as it is.")
