"""Describing many pictures at once, one process for each core.

Threads would share one interpreter: of two, each waits for the other a third of the time. The
processes are plain ones of this package and no `multiprocessing`, which would import the portal's
own main module again, unguarded as it may be. A picture that kills its process fails alone.
"""

import logging
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Self

from ..recognition.process import cores
from .described import Described, Refused, Setup, refused_or

__all__ = ["DescribingPool", "cores"]  # cores: for those who start such a pool

logger = logging.getLogger(__name__)

START_S = 120.0  # an import of the package takes 1 s, on a busy machine ten
END_S = 30.0  # for the picture that it is at
TRIES = 2  # whatever killed the first one, such as a lack of memory, may have passed
STARTS = 3  # that fail one after the other: more would fail as well
_PROCESS = "udata_mediadb.media.describing_process"
_ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), "1")

Describe = Callable[[bytes, Sequence[str]], Described]


class DescribingPool:
    """Describes in so many processes; `processes`: 0 for threads of this one.

    `here`: describes in this process, also where no other can be started.
    """

    def __init__(self, setup: Setup, processes: int, here: Describe) -> None:
        self._setup, self._here = setup, here
        self._is_apart = processes > 0 and Path(sys.executable or "").name.startswith("py")
        self._failed_starts = 0
        self._threads = ThreadPoolExecutor(processes or cores(), "mediadb: describing")
        self._idle: SimpleQueue[_Process] = SimpleQueue()

    def describe(self, data: bytes, keys: Sequence[str]) -> "Future[Described | Refused]":
        """All of one picture by the signatures of these keys, as soon as a process is free."""
        return self._threads.submit(self._describe, data, tuple(keys))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        exc: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._threads.shutdown(cancel_futures=True)
        with suppress(Empty):
            while True:
                self._idle.get_nowait().close()

    def _describe(self, data: bytes, keys: Sequence[str]) -> Described | Refused:
        for _ in range(TRIES):
            process = self._process()
            if process is None:
                return refused_or(lambda: self._here(data, keys))
            try:
                described = process.describe(data, keys)
            except (EOFError, OSError):
                process.close()
            else:
                self._idle.put(process)
                return described
        return Refused(f"The process that decoded it was killed, {TRIES} times.", "error")

    def _process(self) -> "_Process | None":
        """A free one, else a new one; None where none can be started."""
        with suppress(Empty):
            return self._idle.get_nowait()
        while self._is_apart:
            try:
                process = _Process(self._setup)
            except (EOFError, OSError) as exc:  # TimeoutError is one
                self._failed_starts += 1
                if isinstance(exc, FileNotFoundError) or self._failed_starts >= STARTS:
                    logger.warning("Threads of this process describe the pictures: %r", exc)
                    self._is_apart = False
            else:
                self._failed_starts = 0
                return process
        return None


class _Process:
    """One of them, and our end of the socket to it."""

    def __init__(self, setup: Setup) -> None:
        """Raises OSError or EOFError where it does not come up."""
        ours, its = socket.socketpair()
        self._connection = Connection(ours.detach())
        with its:
            self._process = self._started(its.fileno(), is_tuned=setup.tunes)
        try:
            self._connection.send(setup)
            if not self._connection.poll(START_S):
                raise TimeoutError("it did not come up in time")
            self._connection.recv()
        except BaseException:
            self.close()
            raise

    def _started(self, descriptor: int, *, is_tuned: bool) -> "subprocess.Popen[bytes]":
        path = os.pathsep.join(one for one in sys.path if one)
        threads = _ONE_THREAD if is_tuned else {}
        try:
            return subprocess.Popen(  # noqa: S603  a module of ours
                [sys.executable, "-m", _PROCESS, str(descriptor)],
                pass_fds=[descriptor],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": path, **threads},
            )
        except BaseException:
            self._connection.close()
            raise

    def describe(self, data: bytes, keys: Sequence[str]) -> Described | Refused:
        self._connection.send((data, keys))
        described: Described | Refused = self._connection.recv()
        return described

    def close(self) -> None:
        self._connection.close()
        try:
            self._process.wait(END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
