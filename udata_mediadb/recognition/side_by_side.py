"""What one request computes in several threads, as far as cores are spare.

Only for what leaves Python for most of its time (OpenCV, numpy's large products, networks): there
a second core nearly halves the time by the clock, and no processor time is added. A process has so
many helpers as `ProcessTuning` allows; none before, so that tools and benchmarks have one thread.
"""

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

T = TypeVar("T")


class Helpers:
    """Threads that take tasks of a request while nobody else needs them. Safe in threads."""

    def __init__(self, count: int = 0) -> None:
        self._idle = threading.Semaphore(count)
        self._pool = ThreadPoolExecutor(count, "mediadb-helper") if count else None

    def run(self, tasks: Sequence[Callable[[], T]]) -> list[T]:
        """The results in the order of the tasks; those in front are begun first.

        The caller takes tasks as well: with no helper idle it does them all. Raises what the first
        task that failed raised, when none is running any more.
        """
        left = list(enumerate(tasks))[::-1]
        done: dict[int, Future[T]] = {}

        def work() -> None:
            while True:
                try:
                    number, task = left.pop()  # one step: each task is taken once
                except IndexError:
                    return
                done[number] = _outcome(task)

        helping = self._begun(work, len(tasks) - 1)
        work()
        for one in helping:
            if not one.cancel():
                one.result()
        return [done[number].result() for number in range(len(tasks))]

    def _begun(self, work: Callable[[], None], most: int) -> list[Future[None]]:
        """The same work in so many threads as are idle."""
        begun: list[Future[None]] = []
        while self._pool is not None and len(begun) < most and self._idle.acquire(blocking=False):
            one = self._pool.submit(work)
            one.add_done_callback(lambda _: self._idle.release())
            begun.append(one)
        return begun


def _outcome(task: Callable[[], T]) -> Future[T]:
    outcome: Future[T] = Future()
    try:
        outcome.set_result(task())
    except BaseException as exc:
        outcome.set_exception(exc)
    return outcome


class _OfProcess:
    """The helpers of this process."""

    helpers = Helpers()


def allow_helpers(count: int) -> None:
    """From now on requests of this process may compute in so many threads more."""
    _OfProcess.helpers = Helpers(count)


# a fork begins without: it has none of their threads
os.register_at_fork(after_in_child=partial(allow_helpers, 0))


def side_by_side(tasks: Sequence[Callable[[], Any]]) -> list[Any]:
    """See `Helpers.run`."""
    return _OfProcess.helpers.run(tasks)
