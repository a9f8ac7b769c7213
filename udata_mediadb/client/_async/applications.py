"""`db.applications` and `db.keys`."""

from collections.abc import AsyncIterator
from typing import Any

from ..addressing import in_path
from ..errors import MediaDBClientError
from ..requests import Call, query_of
from ..values import Application, Key
from .transport import AsyncTransport


class AsyncApplicationRoutes:
    """Your applications."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def list(self) -> AsyncIterator[Application]:
        """Those that you own or share."""
        async for told in self._transport.pages(Call("GET", "applications/")):
            yield Application.of(told)

    async def get(self, application: Any) -> Application:
        """The application of this id."""
        call = Call("GET", f"applications/{in_path(application)}/")
        return Application.of(await self._transport.ask(call))

    async def create(self, name: str, **more: Any) -> Application:
        """A new application."""
        call = Call("POST", "applications/", body={"name": name, **more})
        return Application.of(await self._transport.ask(call))

    async def edit(self, application: Any, **changes: Any) -> Application:
        """Change what is named."""
        call = Call("PATCH", f"applications/{in_path(application)}/", body=changes)
        return Application.of(await self._transport.ask(call))


class AsyncKeyRoutes:
    """Keys of the application."""

    def __init__(self, transport: AsyncTransport, application: str | None) -> None:
        self._transport = transport
        self._application = application

    async def list(self) -> AsyncIterator[Key]:
        """All, also those that were replaced; none is shown itself."""
        for told in await self._transport.ask(Call("GET", await self._path())):
            yield Key.of(told)

    async def create(self, **limits: Any) -> Key:
        """A new key: `name`, `scopes`, `allow`, `ends_at`, `kind`. It is shown this once."""
        return Key.of(await self._transport.ask(Call("POST", await self._path(), body=limits)))

    async def edit(self, key: Any, **limits: Any) -> Key:
        """Change its limits; None lifts one."""
        path = f"{await self._path()}{in_path(key)}/"
        return Key.of(await self._transport.ask(Call("PATCH", path, body=limits)))

    async def revoke(self, key: Any) -> None:
        """End it at once."""
        await self._transport.ask(Call("DELETE", f"{await self._path()}{in_path(key)}/"))

    async def _path(self) -> str:
        return f"applications/{self._application or await self._only()}/keys/"

    async def _only(self) -> str:
        told = await self._transport.ask(Call("GET", "applications/", query_of({"page_size": 2})))
        found = [one["id"] for one in told["data"]]
        if len(found) != 1:
            raise MediaDBClientError("Name the application: you have none, or several.")
        return str(found[0])
