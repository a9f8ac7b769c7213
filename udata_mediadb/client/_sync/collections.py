# Made by tools/make_sync_client.py from _async; change that.
"""`db.collections` and `db.smart_collections`."""

from collections.abc import Iterable, Iterator
from typing import Any

from ..addressing import identifier, in_path
from ..requests import Call, query_of
from ..values import Collection, Media
from .transport import Transport


class CollectionRoutes:
    """Collections, or smart ones (`path`)."""

    def __init__(
        self, transport: Transport, application: str | None, path: str = "collections/"
    ) -> None:
        self._transport = transport
        self._application = application
        self._path = path

    def create(self, name: str, **more: Any) -> "OneCollection":
        """A new collection; a smart one needs `query`."""
        said = {"application": self._application, "name": name, **more}
        body = {key: value for key, value in said.items() if value is not None}
        return self._one(self._transport.ask(Call("POST", self._path, body=body)))

    def list(self, **filters: Any) -> Iterator["OneCollection"]:
        """All, newest first; `q` finds them by words, `parent` what lies in one."""
        filters.setdefault("application", self._application)
        for told in self._transport.pages(Call("GET", self._path, query_of(filters))):
            yield self._one(told)

    def get(self, collection: Any) -> "OneCollection":
        """The collection of this id."""
        path = f"{self._path}{in_path(collection)}/"
        return self._one(self._transport.ask(Call("GET", path)))

    def _one(self, told: Any) -> "OneCollection":
        return OneCollection(self._transport, self._path, Collection.of(told))


class OneCollection:
    """One collection, with what can be done with it. `value`: what the portal says of it."""

    def __init__(self, transport: Transport, path: str, value: Collection) -> None:
        self._transport = transport
        self._path = f"{path}{value.id}/"
        self.value = value

    @property
    def id(self) -> str:
        return self.value.id

    @property
    def name(self) -> str:
        return self.value.name

    def add(self, media: Iterable[Media | str]) -> "OneCollection":
        """Put media into it; what is there already stays."""
        self._transport.ask(Call("POST", f"{self._path}media/", body=_ids(media)))
        return self

    def remove(self, media: Iterable[Media | str]) -> "OneCollection":
        """Take media out of it; they stay in the library."""
        self._transport.ask(Call("DELETE", f"{self._path}media/", body=_ids(media)))
        return self

    def media(self, **filters: Any) -> Iterator[Media]:
        """What it holds."""
        call = Call("GET", f"{self._path}media/", query_of(filters))
        for told in self._transport.pages(call):
            yield Media.of(told)

    def edit(self, **changes: Any) -> "OneCollection":
        """Change what is named."""
        told = self._transport.ask(Call("PATCH", self._path, body=changes))
        self.value = Collection.of(told)
        return self

    def delete(self) -> None:
        """Delete it; its media stay."""
        self._transport.ask(Call("DELETE", self._path))


def _ids(media: Iterable[Media | str]) -> dict[str, list[str]]:
    return {"media": [identifier(one) for one in media]}
