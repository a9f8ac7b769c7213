"""`db.duplicates`: groups of media that show the same, and what is decided about them."""

from collections.abc import AsyncIterator
from typing import Any

from ..addressing import identifier, in_path
from ..requests import Call, given, query_of
from ..values import DuplicateGroup, Job
from .transport import AsyncTransport


class AsyncDuplicateRoutes:
    """Finds duplicates, and decides about them."""

    def __init__(self, transport: AsyncTransport, application: str | None) -> None:
        self._transport = transport
        self._application = application

    async def scan(self) -> Job:
        """Begin to compare all media, or the job that is at it."""
        said = given({"application": self._application})
        return Job.of(await self._transport.ask(Call("POST", "duplicates/scan/", body=said)))

    async def list(self, **filters: Any) -> AsyncIterator[DuplicateGroup]:
        """Groups, newest first; `kind` and `state` narrow them, open ones by default. What is
        decided while they are read moves the pages: read all first."""
        filters.setdefault("application", self._application)
        async for told in self._transport.pages(Call("GET", "duplicates/", query_of(filters))):
            yield DuplicateGroup.of(told)

    async def get(self, group: Any) -> DuplicateGroup:
        """The group of this id."""
        return DuplicateGroup.of(await self._transport.ask(Call("GET", _path(group))))

    async def decide(self, group: Any, action: str, *, keep: Any = None,
                     version: str | None = None) -> DuplicateGroup:  # fmt: skip
        """`merge` it (into `keep`, else the best), `keep_all`, `link` or `dismiss` it, or `undo`.

        `version`: of the group as it was seen; Conflict where it is another one by now. A group
        that was given as such is meant as it was seen.
        """
        seen = version or (group.version if isinstance(group, DuplicateGroup) else None)
        kept = identifier(keep) if keep is not None else None
        said = given({"action": action, "keep": kept, "version": seen})
        if action == "undo":
            said.pop("version", None)
        call = Call("POST", _path(group), body=said)
        return DuplicateGroup.of(await self._transport.ask(call))


def _path(group: Any) -> str:
    return f"duplicates/{in_path(group)}/"
