"""Reading by a named index, or without it where it is absent.

A database that was restored has its documents before its indexes, or lacks them altogether. Lists
are slow then; that they name an index is no reason to fail.
"""

import logging
from collections.abc import Callable, Sequence
from typing import TypeVar

from pymongo.errors import OperationFailure

logger = logging.getLogger(__name__)
T = TypeVar("T")
Index = Sequence[tuple[str, int]] | None
_BAD_VALUE = 2  # MongoDB's code for a hint that names no index


def with_hint(read: Callable[[Index], T], index: Index) -> T:
    """What `read` gives with this index, once more without one where there is no such index."""
    try:
        return read(index)
    except OperationFailure as exc:
        if index is None or exc.code != _BAD_VALUE or "hint" not in str(exc):
            raise
        keys = ", ".join(name for name, _ in index)
        logger.warning("The index on %s is absent; workers make it when they start", keys)
        return read(None)
