"""Whether there is work that nobody is at, asked at an interval also where no request comes.

A worker that was killed leaves its job; one that failed for a moment waits to be tried again. One
query finds either, by the index of states.
The thread ends where the app is not in use any more.
"""

import logging
import threading
import time
import weakref
from collections.abc import Callable
from typing import Protocol

from pymongo.errors import PyMongoError

logger = logging.getLogger(__name__)

THREAD = "Looking for left jobs"


class Watched(Protocol):
    """What has work."""

    def has_free(self) -> bool:
        """Whether there is some that nobody is at."""
        ...

    def begin(self) -> None:
        """Do it in a thread; at once back."""
        ...


class Watch:
    """Looks every `every_s` seconds, from the first `start` on, as long as `watched` is in use."""

    def __init__(self, watched: Watched) -> None:
        self._watched = weakref.ref(watched)
        self._begun = threading.Lock()

    def start(self, every_s: float) -> None:
        """Begin, once in a process; at once back."""
        if every_s > 0 and self._begun.acquire(blocking=False):
            look = _looking(self._watched, every_s)
            threading.Thread(target=look, name=THREAD, daemon=True).start()


def _looking(watched: "weakref.ref[Watched]", every_s: float) -> Callable[[], None]:
    def look() -> None:
        time.sleep(every_s)
        while (found := watched()) is not None:
            _look_once(found)
            del found
            time.sleep(every_s)

    return look


def _look_once(watched: Watched) -> None:
    try:
        if watched.has_free():
            watched.begin()
    except PyMongoError as exc:
        logger.debug("The queue of jobs is away: %s", exc)
    except Exception:  # whatever it is, the next look is tried
        logger.warning("Nobody looked for jobs that were left", exc_info=True)
