"""What the op log and the documents say at one moment, read once for all catalogs of a search.

A change that comes later has a later entry in the log, so whoever applies what is remembered here
applies that entry in the next search.
"""

from collections.abc import Collection, Sequence
from functools import cached_property

from . import log
from .descriptions import searchable


class Moment:
    """Of one application; for one thread."""

    def __init__(self, application: str) -> None:
        self._application = application
        self._tails: dict[tuple[int, int], tuple[int, dict[str, log.Op]]] = {}
        self._searchable: dict[tuple[str, ...], set[str]] = {}

    @cached_property
    def last_seq(self) -> int:
        """The newest entry of the log."""
        return log.last_seq(self._application)

    def tail(self, after: int, limit: int) -> tuple[int, dict[str, log.Op]]:
        """See `log.tail`."""
        key = after, limit
        if key not in self._tails:
            self._tails[key] = log.tail(self._application, after, limit)
        return self._tails[key]

    def searchable(self, media: Sequence[str], leaving: Collection[str]) -> set[str]:
        """See `descriptions.searchable`; `leaving` follows from the entries that name `media`."""
        key = tuple(media)
        if key not in self._searchable:
            self._searchable[key] = searchable(self._application, media, leaving)
        return self._searchable[key]
