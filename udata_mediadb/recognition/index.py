"""The Index seam."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

# (n,) ids -> (n,) what those with equal scores are sorted by: the same in whatever index they are
Order = Callable[[NDArray[np.uint32]], NDArray[Any]]

D_contra = TypeVar("D_contra", contravariant=True)


class Index(Protocol[D_contra]):
    """Candidates for a query among described references; ids are integers >= 0 below 2**32."""

    def __len__(self) -> int:
        """How many references it holds."""

    def add(self, ids: Sequence[int], descriptions: Sequence[D_contra]) -> None:
        """Add references; an id that is already there is replaced."""

    def discard(self, ids: Sequence[int]) -> None:
        """Forget references; ids that are not there are ignored."""

    def shortlist(
        self,
        description: D_contra,
        k: int,
        allowed: NDArray[np.uint32] | None = None,
        order: Order | None = None,
    ) -> list[tuple[int, float]]:
        """Up to k (id, score) pairs, best (highest score) first.

        `allowed` restricts to these ids before scoring (None: all). Fewer than k is fine; an empty
        index or an empty description gives []. `order`: what comes first of equal scores; None: the
        smaller id.
        """
