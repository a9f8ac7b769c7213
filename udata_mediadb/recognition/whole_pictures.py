"""What a signature answers to the questions about parts and pixels that compares whole pictures."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from ..imaging import Picture
from .signature import Comparison

D = TypeVar("D")


class WholePictures(Generic[D]):
    """The part of the `Signature` seam that says: there is nothing but the description."""

    def dumps(self, description: D) -> bytes:
        """The stored form."""
        raise NotImplementedError

    def identical(self, description: D) -> None:
        """Nothing: the same picture has the same description."""

    def judged(self, comparisons: Sequence[Comparison]) -> list[Comparison]:
        """As they are: each stands alone."""
        return list(comparisons)

    def verify_again(self, query: D, reference: D, *, whole: bool = False) -> None:
        """Nothing: `verify` has said all."""

    def as_a_whole(self, query: D) -> None:
        """Nothing: it is one already."""

    def parts(
        self,
        picture: Callable[[], Picture | None],
        query: D,
        found: Sequence[Comparison],
        *,
        always: bool,
    ) -> list[Any]:
        """None: it compares whole pictures."""
        return []

    def verify_part(self, part: Any, reference: D) -> None:
        """Nothing: there are no parts."""

    def dumps_query(self, description: D) -> bytes:
        """The stored form: pixels are not looked at."""
        return self.dumps(description)

    def with_pixels(self, description: D, picture: Callable[[], Picture | None]) -> D:
        """The same: pixels are not looked at."""
        return description
