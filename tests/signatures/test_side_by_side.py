"""A request computes in several threads where it may: the same results, errors, and forks."""

import subprocess
import sys
import threading
from collections.abc import Callable
from functools import partial

import pytest

from udata_mediadb.recognition.side_by_side import Helpers

# In a process of its own: OpenCV has its threads by process. `alarm` ends one that hangs.
FORKING = """
import os, signal
import cv2, numpy as np
from udata_mediadb.recognition.process import limit_threads
from udata_mediadb.recognition.side_by_side import Helpers, allow_helpers, side_by_side

signal.alarm(300)
grey = np.random.default_rng(1).integers(0, 255, (400, 400)).astype(np.uint8)
compute = lambda: len(cv2.SIFT.create().detect(grey, None))
limit_threads(2)
allow_helpers(1)
found = side_by_side([compute, compute])
forked = os.fork()
if forked == 0:
    signal.alarm(300)  # not taken over by a fork
    same = side_by_side([compute, compute]) == found
    os._exit(0 if same and cv2.getNumThreads() == 2 else 3)
assert os.waitpid(forked, 0)[1] == 0, "the fork hangs or finds something else"
assert side_by_side([compute, compute]) == found
"""


def of_thread(number: int, both: threading.Barrier) -> tuple[int, str]:
    both.wait(timeout=300)
    return number, threading.current_thread().name


def test_two_tasks_run_at_once_and_keep_their_order() -> None:
    both = threading.Barrier(2)

    found = Helpers(1).run([partial(of_thread, number, both) for number in range(2)])

    assert [number for number, _ in found] == [0, 1]
    assert len({name for _, name in found}) == 2


@pytest.mark.parametrize("helpers", [0, 1, 3])
def test_all_tasks_are_done_once_whoever_is_idle(helpers: int) -> None:
    pool = Helpers(helpers)
    done: list[int] = []

    def task(number: int) -> int:
        done.append(number)
        return number * number

    for _ in range(20):
        done.clear()
        assert pool.run([partial(task, n) for n in range(7)]) == [n * n for n in range(7)]
        assert sorted(done) == list(range(7))


def test_nothing_to_do_is_nothing() -> None:
    assert Helpers(1).run([]) == []


def test_one_who_asks_while_the_helper_is_busy_does_it_alone() -> None:
    pool = Helpers(1)
    begun, end = threading.Event(), threading.Event()

    def holding() -> str:
        begun.set()
        end.wait(timeout=300)
        return threading.current_thread().name

    first = threading.Thread(target=lambda: pool.run([holding, holding]))
    first.start()
    assert begun.wait(timeout=300)
    names = pool.run([lambda: threading.current_thread().name] * 3)
    end.set()
    first.join()

    assert names == [threading.current_thread().name] * 3
    assert pool.run([lambda: 1, lambda: 2]) == [1, 2]


@pytest.mark.parametrize("helpers", [0, 1])
def test_the_first_failure_is_raised_when_no_task_runs_any_more(helpers: int) -> None:
    done: list[str] = []

    def fails() -> None:
        raise ValueError("cannot be described")

    tasks: list[Callable[[], None]] = [fails, lambda: done.append("other"), fails]

    with pytest.raises(ValueError, match="cannot be described"):
        Helpers(helpers).run(tasks)
    assert done == ["other"]


@pytest.mark.skipif(sys.platform != "linux", reason="where workers are forked")
def test_a_process_that_computed_may_be_forked() -> None:
    subprocess.run([sys.executable, "-c", FORKING], check=True, timeout=300)
