"""Sets of image ids as sorted arrays."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.uint32]


def no_ids() -> Ids:
    """The empty set."""
    return np.zeros(0, np.uint32)


def id_set(ids: Iterable[int] | NDArray[np.integer]) -> Ids:
    """Sorted, each once."""
    given = ids if isinstance(ids, np.ndarray) else np.fromiter(ids, np.int64)
    return np.unique(given).astype(np.uint32)


def contains(members: Ids, ids: Ids) -> NDArray[np.bool_]:
    """(n,) whether each of `ids`, in any order, is in the set."""
    if not len(members):
        return np.zeros(len(ids), bool)
    places = np.minimum(np.searchsorted(members, ids), len(members) - 1)
    return np.asarray(members[places] == ids)
