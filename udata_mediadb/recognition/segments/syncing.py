"""Forcing to the disk what must be there before something else is said or written."""

import os
from collections.abc import Iterable
from pathlib import Path


def force_to_disk(paths: Iterable[Path]) -> None:
    """The bytes of files and the names in folders (fsync of either, POSIX), in this order."""
    for path in paths:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
