# Made by tools/make_sync_client.py from _async; change that.
"""`db.applications` and `db.keys`."""

from collections.abc import Iterator
from typing import Any

from ..addressing import in_path
from ..errors import MediaDBClientError
from ..requests import Call, query_of
from ..values import Application, Key
from .transport import Transport


class ApplicationRoutes:
    """Your applications."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(self) -> Iterator[Application]:
        """Those that you own or share."""
        for told in self._transport.pages(Call("GET", "applications/")):
            yield Application.of(told)

    def get(self, application: Any) -> Application:
        """The application of this id."""
        call = Call("GET", f"applications/{in_path(application)}/")
        return Application.of(self._transport.ask(call))

    def create(self, name: str, **more: Any) -> Application:
        """A new application."""
        call = Call("POST", "applications/", body={"name": name, **more})
        return Application.of(self._transport.ask(call))

    def edit(self, application: Any, **changes: Any) -> Application:
        """Change what is named."""
        call = Call("PATCH", f"applications/{in_path(application)}/", body=changes)
        return Application.of(self._transport.ask(call))


class KeyRoutes:
    """Keys of the application."""

    def __init__(self, transport: Transport, application: str | None) -> None:
        self._transport = transport
        self._application = application

    def list(self) -> Iterator[Key]:
        """All, also those that were replaced; none is shown itself."""
        for told in self._transport.ask(Call("GET", self._path())):
            yield Key.of(told)

    def create(self, **limits: Any) -> Key:
        """A new key: `name`, `scopes`, `allow`, `ends_at`, `kind`. It is shown this once."""
        return Key.of(self._transport.ask(Call("POST", self._path(), body=limits)))

    def edit(self, key: Any, **limits: Any) -> Key:
        """Change its limits; None lifts one."""
        path = f"{self._path()}{in_path(key)}/"
        return Key.of(self._transport.ask(Call("PATCH", path, body=limits)))

    def revoke(self, key: Any) -> None:
        """End it at once."""
        self._transport.ask(Call("DELETE", f"{self._path()}{in_path(key)}/"))

    def _path(self) -> str:
        return f"applications/{self._application or self._only()}/keys/"

    def _only(self) -> str:
        told = self._transport.ask(Call("GET", "applications/", query_of({"page_size": 2})))
        found = [one["id"] for one in told["data"]]
        if len(found) != 1:
            raise MediaDBClientError("Name the application: you have none, or several.")
        return str(found[0])
