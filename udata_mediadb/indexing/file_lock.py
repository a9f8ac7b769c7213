"""One merger at a time on each machine: a lock on a file, which ends with its process.

Correctness does not hang on it (`manifest.publish` lets one through): it only saves double work.
A lock of the kernel needs no clock, no renewal and no clean-up after a kill -9.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FILE = "lock"


@contextmanager
def file_lock(directory: Path) -> Iterator[bool]:
    """Whether this thread may merge in the directory, which is made where it is missing.

    OSError where it cannot be made or written.
    """
    directory.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(directory / FILE, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)  # releases the lock
