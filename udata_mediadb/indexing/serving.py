"""Who answers searches by an index: this machine, or a cluster."""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from .moment import Moment


class Serving(Protocol):
    """The index of one application and signature, wherever it is."""

    def shortlist(
        self,
        description: Any,
        k: int,
        allowed: Iterable[str] | None = None,
        moment: Moment | None = None,
    ) -> list[tuple[str, float]]:
        """See `Catalog.shortlist`."""

    def shortlists(
        self,
        descriptions: Sequence[Any],
        k: int,
        allowed: Iterable[str] | None = None,
        moment: Moment | None = None,
    ) -> list[list[tuple[str, float]]]:
        """See `Catalog.shortlists`. Unavailable where a part of the media cannot be asked."""

    def note_added(self) -> None:
        """One more was stored by this process."""

    def write_due(self) -> None:
        """Many media were described: write what is due."""

    def status(self) -> dict[str, Any]:
        """What it holds, and how many entries of the log it lacks."""
