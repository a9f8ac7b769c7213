"""Forcing to the disk what must be there before something else is said or written."""

import os
from pathlib import Path


def force_to_disk(path: Path) -> None:
    """A file's bytes, or the names in a folder (fsync of either, POSIX)."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
