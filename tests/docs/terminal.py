"""Terminals as a reader has them: one to type in, others in which something is left running."""

import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

_MARKER = "=== end of a command ==="
START_S = 300  # of a server, on a machine under load
STOP_S = 60
LINE_S = 600  # of one command, on a machine under load


class Terminal:
    """A bash that keeps its folder and variables from line to line; a context manager."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._bash = subprocess.Popen(
            ["bash"],
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            process_group=0,
        )

    def run(self, line: str) -> str:
        """All that it prints; it must succeed."""
        assert self._bash.stdin is not None
        # what asks must fail, and not read our next line
        self._bash.stdin.write(f"{{ {line}\n}} </dev/null\necho '{_MARKER}' $?\n")
        self._bash.stdin.flush()
        watch = threading.Timer(LINE_S, os.killpg, [self._bash.pid, signal.SIGKILL])
        watch.start()
        try:
            return self._read(line)
        finally:
            watch.cancel()

    def _read(self, line: str) -> str:
        assert self._bash.stdout is not None
        printed = ""
        for read in self._bash.stdout:
            if _MARKER in read:
                before, _, code = read.partition(_MARKER)
                printed += before
                assert code.strip() == "0", f"{line}\n{printed}"
                return printed
            printed += read
        raise AssertionError(f"the terminal ended: {line}\n{printed}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        end_group(self._bash)


class LeftRunning(Terminal):
    """A terminal in which the last line goes on; ready when `port` takes connections."""

    def __init__(
        self, folder: Path, environment: Mapping[str, str], script: str, port: int
    ) -> None:
        self.log = folder / f"terminal-{port}.txt"
        with self.log.open("wb") as file:
            self._bash = subprocess.Popen(
                ["bash", "-euc", script],
                cwd=folder,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                process_group=0,
            )
        deadline_s = time.monotonic() + START_S
        while not _answers(port):
            if self._bash.poll() is not None or time.monotonic() > deadline_s:
                end_group(self._bash)
                raise AssertionError(f"{script}\n{self.log.read_text()}")
            time.sleep(0.05)


def end_group(process: "subprocess.Popen[str] | subprocess.Popen[bytes]") -> None:
    """End a process that leads a group of its own, and all of the group."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
