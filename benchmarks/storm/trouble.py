"""What goes wrong, again and again, until it is told to end; then all is well again."""

import os
import random
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress

import psutil

from .setting import Setting

KILL_WORKER_EVERY_S = 0.5
Once = Callable[[Setting, random.Random, threading.Event], None]


def kill_worker(setting: Setting, chance: random.Random, end: threading.Event) -> None:
    end.wait(KILL_WORKER_EVERY_S)
    with suppress(psutil.Error, ProcessLookupError):
        workers = psutil.Process(setting.portal.pid).children()
        if workers:
            os.kill(chance.choice(workers).pid, signal.SIGKILL)


def kill_worker_now_and_then(setting: Setting, chance: random.Random, end: threading.Event) -> None:
    """For what takes longer than a worker lives in `kill_worker`."""
    end.wait(chance.uniform(2, 5))
    if not end.is_set():
        kill_worker(setting, chance, end)


def kill_mongod(setting: Setting, chance: random.Random, end: threading.Event) -> None:
    end.wait(chance.uniform(3, 6))
    member = setting.members[0]
    member.kill()
    end.wait(chance.uniform(0, 1))
    member.start()


def stop_mongod(setting: Setting, chance: random.Random, end: threading.Event) -> None:
    end.wait(chance.uniform(3, 6))
    process = setting.members[0].process
    process.send_signal(signal.SIGSTOP)
    end.wait(chance.uniform(1, 4))
    process.send_signal(signal.SIGCONT)


def lose_member(setting: Setting, chance: random.Random, end: threading.Event) -> None:
    """Any of three, the primary as often as not."""
    end.wait(chance.uniform(8, 12))
    member = chance.choice(setting.members)
    member.kill()
    end.wait(chance.uniform(2, 6))
    member.start()


def fill_disk(setting: Setting, chance: random.Random, end: threading.Event) -> None:
    end.wait(chance.uniform(3, 6))
    filler = setting.disk / "filler"
    with suppress(OSError), filler.open("wb") as opened:
        until = time.monotonic() + chance.uniform(2, 4)
        while time.monotonic() < until and not end.is_set():
            try:
                opened.write(b"x" * 65536)
                opened.flush()
            except OSError:
                end.wait(0.1)  # full; what is freed meanwhile is taken, too
    filler.unlink(missing_ok=True)


def lose_s3(setting: Setting, chance: random.Random, end: threading.Event) -> None:
    assert setting.s3 is not None
    end.wait(chance.uniform(8, 12))
    setting.s3.kill()
    end.wait(chance.uniform(1, 4))
    setting.s3.start()


KINDS: dict[str, tuple[Once, ...]] = {
    "quiet": (),
    "workers": (kill_worker,),
    "mongod": (kill_worker, kill_mongod),
    "stopped": (kill_worker, stop_mongod),
    "member": (kill_worker, lose_member),
    "disk": (kill_worker, fill_disk),
    "s3": (kill_worker_now_and_then, lose_s3),
}


class Trouble:
    """The makers of one kind of trouble, each in a thread."""

    def __init__(self, kind: str, setting: Setting, seed: int) -> None:
        self._end = threading.Event()
        self.counts = {once.__name__: 0 for once in KINDS[kind]}
        self._faults: list[BaseException] = []
        self._threads = [
            threading.Thread(target=self._run, args=(once, setting, random.Random(seed + n)))
            for n, once in enumerate(KINDS[kind])
        ]

    def __enter__(self) -> "Trouble":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._end.set()
        for thread in self._threads:
            thread.join()
        if self._faults:
            raise self._faults[0]

    def _run(self, once: Once, setting: Setting, chance: random.Random) -> None:
        try:
            while not self._end.is_set():
                once(setting, chance, self._end)
                self.counts[once.__name__] += 1
        except BaseException as exc:
            self._faults.append(exc)
