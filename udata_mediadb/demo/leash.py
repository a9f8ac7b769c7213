"""Run a command that cannot outlive its starter: `python leash.py GRACE_S COMMAND ...`.

The starter keeps the write end of our standard input. When it closes it, or dies in any way
(kill -9 included), we read the end of file and end the command: SIGTERM, then SIGKILL for whatever
is left of its process group after GRACE_S seconds. SIGTERM, SIGINT and SIGHUP to us do the same. If
the command ends by itself, so do we, with its exit code (128 + n for a signal).

A pipe and not only PR_SET_PDEATHSIG in the starter, because that signal is sent when the *thread*
that forked ends, not the process, and because macOS has no such call. The leash has one thread, so
here it is safe, and covers the last case: a kill -9 of the leash itself (Linux only).

Runs with `-I -S` for a quick start: standard library only, and nothing of this package.
"""

import contextlib
import ctypes
import os
import select
import signal
import subprocess
import sys
from types import FrameType

PR_SET_PDEATHSIG = 1  # linux/prctl.h
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_STDIN = 0


def main(arguments: list[str]) -> int:
    """Run the command to its end or ours; its exit code."""
    grace_s, command = float(arguments[0]), arguments[1:]
    wakeup = _signals_as_bytes()
    leash_pid = os.getpid()
    try:
        child = subprocess.Popen(  # noqa: S603 - the command comes from our own package
            command,
            stdin=subprocess.DEVNULL,
            close_fds=False,  # what the starter lets us inherit is for the command
            process_group=0,  # so that all of it can be reached, and only it
            preexec_fn=lambda: _die_with(leash_pid),  # noqa: PLW1509 - one thread only
        )
    except OSError as error:
        print(f"{command[0]}: {error.strerror}", file=sys.stderr)
        return 126
    if not _wait_for_end_or_stop(child, wakeup):
        child.send_signal(signal.SIGTERM)
        _wait_for_end(child, wakeup, grace_s)
    return _reap(child)


def _signals_as_bytes() -> int:
    """A descriptor on which every signal of interest arrives as one byte."""
    read_end, write_end = os.pipe()
    os.set_blocking(read_end, False)
    os.set_blocking(write_end, False)
    signal.set_wakeup_fd(write_end, warn_on_full_buffer=False)
    for number in (*STOP_SIGNALS, signal.SIGCHLD):
        signal.signal(number, _noted)
    return read_end


def _noted(_number: int, _frame: FrameType | None) -> None:
    """The byte on the wakeup descriptor says it all."""


def _die_with(leash_pid: int) -> None:
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != leash_pid:  # died between fork and prctl
            os._exit(1)


def _wait_for_end_or_stop(child: "subprocess.Popen[bytes]", wakeup: int) -> bool:
    """True when the command ended by itself, False when it is to be stopped."""
    while not _has_ended(child):
        ready, _, _ = select.select([_STDIN, wakeup], [], [])
        if _STDIN in ready or _drain(wakeup).intersection(STOP_SIGNALS):
            return False
    return True


def _wait_for_end(child: "subprocess.Popen[bytes]", wakeup: int, grace_s: float) -> None:
    deadline_s = _now_s() + grace_s
    while not _has_ended(child) and (left_s := deadline_s - _now_s()) > 0:
        select.select([wakeup], [], [], left_s)
        _drain(wakeup)


def _now_s() -> float:
    return os.times().elapsed


def _drain(wakeup: int) -> set[int]:
    try:
        return set(os.read(wakeup, 4096))
    except BlockingIOError:
        return set()


def _has_ended(child: "subprocess.Popen[bytes]") -> bool:
    # WNOWAIT: the pid stays ours, so that the group of that number can still be killed safely
    flags = os.WEXITED | os.WNOHANG | os.WNOWAIT
    return os.waitid(os.P_PID, child.pid, flags) is not None


def _reap(child: "subprocess.Popen[bytes]") -> int:
    """Kill what is left of the group, then let the pid go."""
    with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS: EPERM for a zombie
        os.killpg(child.pid, signal.SIGKILL)
    code = child.wait()
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
