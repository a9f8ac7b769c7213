"""`db.collections` and `db.smart_collections`."""

from collections.abc import AsyncIterator, Iterable
from typing import Any

from ..addressing import identifier, in_path
from ..requests import Call, query_of
from ..values import Collection, Media
from .transport import AsyncTransport


class AsyncCollectionRoutes:
    """Collections, or smart ones (`path`)."""

    def __init__(
        self, transport: AsyncTransport, application: str | None, path: str = "collections/"
    ) -> None:
        self._transport = transport
        self._application = application
        self._path = path

    async def create(self, name: str, **more: Any) -> "AsyncOneCollection":
        """A new collection; a smart one needs `query`."""
        said = {"application": self._application, "name": name, **more}
        body = {key: value for key, value in said.items() if value is not None}
        return self._one(await self._transport.ask(Call("POST", self._path, body=body)))

    async def list(self, **filters: Any) -> AsyncIterator["AsyncOneCollection"]:
        """All, newest first; `q` finds them by words, `parent` what lies in one."""
        filters.setdefault("application", self._application)
        async for told in self._transport.pages(Call("GET", self._path, query_of(filters))):
            yield self._one(told)

    async def get(self, collection: Any) -> "AsyncOneCollection":
        """The collection of this id."""
        path = f"{self._path}{in_path(collection)}/"
        return self._one(await self._transport.ask(Call("GET", path)))

    def _one(self, told: Any) -> "AsyncOneCollection":
        return AsyncOneCollection(self._transport, self._path, Collection.of(told))


class AsyncOneCollection:
    """One collection, with what can be done with it. `value`: what the portal says of it."""

    def __init__(self, transport: AsyncTransport, path: str, value: Collection) -> None:
        self._transport = transport
        self._path = f"{path}{value.id}/"
        self.value = value

    @property
    def id(self) -> str:
        return self.value.id

    @property
    def name(self) -> str:
        return self.value.name

    async def add(self, media: Iterable[Media | str]) -> "AsyncOneCollection":
        """Put media into it; what is there already stays."""
        await self._transport.ask(Call("POST", f"{self._path}media/", body=_ids(media)))
        return self

    async def remove(self, media: Iterable[Media | str]) -> "AsyncOneCollection":
        """Take media out of it; they stay in the library."""
        await self._transport.ask(Call("DELETE", f"{self._path}media/", body=_ids(media)))
        return self

    async def media(self, **filters: Any) -> AsyncIterator[Media]:
        """What it holds."""
        call = Call("GET", f"{self._path}media/", query_of(filters))
        async for told in self._transport.pages(call):
            yield Media.of(told)

    async def edit(self, **changes: Any) -> "AsyncOneCollection":
        """Change what is named."""
        told = await self._transport.ask(Call("PATCH", self._path, body=changes))
        self.value = Collection.of(told)
        return self

    async def delete(self) -> None:
        """Delete it; its media stay."""
        await self._transport.ask(Call("DELETE", self._path))


def _ids(media: Iterable[Media | str]) -> dict[str, list[str]]:
    return {"media": [identifier(one) for one in media]}
