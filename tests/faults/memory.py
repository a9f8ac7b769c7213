"""What the workers of a running portal take, by /proc."""

from collections.abc import Sequence
from pathlib import Path

import psutil

from ..portal import Portal

GIGABYTE = 1 << 30


def workers(portal: Portal) -> Sequence[psutil.Process]:
    return psutil.Process(portal.process.pid).children()


def resident(portal: Portal) -> int:
    """Bytes of all workers, now."""
    return sum(worker.memory_info().rss for worker in workers(portal))


def forget_peaks(portal: Portal) -> None:
    for worker in workers(portal):
        Path(f"/proc/{worker.pid}/clear_refs").write_text("5")


def peak(portal: Portal) -> int:
    """At most, since `forget_peaks`, if all workers had theirs at the same time; in bytes."""
    return sum(peaks(portal).values())


def peaks(portal: Portal) -> dict[int, int]:
    """By process."""
    found = {}
    for worker in workers(portal):
        lines = Path(f"/proc/{worker.pid}/status").read_text().splitlines()
        line = next(line for line in lines if line.startswith("VmHWM"))
        found[worker.pid] = int(line.split()[1]) * 1024
    return found
