# Made by tools/make_sync_client.py from _async; change that.
"""The client itself."""

from collections.abc import Iterator
from typing import Any, Self

from ..addressing import api_of, headers_of, identifier, login_of
from ..errors import BadRequest
from ..requests import Call, Picture, given, query_of, with_picture
from ..values import Hit
from .applications import ApplicationRoutes, KeyRoutes
from .collections import CollectionRoutes
from .duplicates import DuplicateRoutes
from .exams import ExamRoutes
from .imports import ImportRoutes, UploadRoutes
from .jobs import JobRoutes
from .media import MediaRoutes
from .transport import Transport

TIMEOUT_S = 120.0  # an upload of some megabytes over a slow line, and a search behind others


class MediaDB:
    """A portal's media library.

    `url`: of the portal, or of its API (`…/api/1/`). `key`: X-API-KEY of a user; `application_key`:
    the api-key of an application; `token`: of the token endpoint. `application`: the id of the one
    that is meant where none is named, None: the only one.
    """

    def __init__(
        self,
        url: str,
        *,
        key: str | None = None,
        application: str | None = None,
        application_key: str | None = None,
        token: str | None = None,
        timeout: float = TIMEOUT_S,
        verify: Any = True,
    ) -> None:
        address = api_of(url)
        headers, login = headers_of(key, application_key, token), login_of(url)
        if login and token is not None:
            raise BadRequest("a token, or a name and password in the address: one of them")
        how: dict[str, Any] = {"timeout": timeout, "verify": verify, "login": login}
        self._transport = Transport(address, headers, **how)
        self.url = address
        self.application = application
        self.media = MediaRoutes(self._transport, application)
        self.collections = CollectionRoutes(self._transport, application)
        self.smart_collections = CollectionRoutes(
            self._transport, application, "smart_collections/"
        )
        self.applications = ApplicationRoutes(self._transport)
        self.keys = KeyRoutes(self._transport, application)
        self.jobs = JobRoutes(self._transport, application)
        self.uploads = UploadRoutes(self._transport, application)
        self.imports = ImportRoutes(self._transport, application)
        self.exams = ExamRoutes(self._transport, application)
        self.duplicates = DuplicateRoutes(self._transport, application)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def search(
        self, picture: Picture | None = None, *, media: Any = None, **arguments: Any
    ) -> Iterator[Hit]:
        """What is found by a picture (path, bytes, open file, address), by a stored `media`, or by
        words alone, best first; further pages are fetched when they are wanted. `arguments`: any
        of the route, such as `signatures`, `keywords`, `min_score`, `url`."""
        said = {"application": self.application, **arguments}
        said["media"] = identifier(media) if media is not None else None
        call = with_picture(Call("POST", "search/", body=given(said)), picture)
        for told in self._transport.pages(call):
            yield Hit.of(told)

    def compare(self, one: Picture | None = None, other: Picture | None = None,
                      **named: Any) -> dict[str, Any]:  # fmt: skip
        """Two pictures beside each other; `media=[ids]` and `query=[ids]` name stored ones."""
        call = Call("POST", "compare/", body=given({"application": self.application, **named}))
        return dict(self._transport.ask(with_picture(with_picture(call, one), other)))

    def keep(self, picture: Picture | None = None, **named: Any) -> dict[str, Any]:
        """Keep a query for a day: its `id` goes into `search`, `compare` and `explain`."""
        call = Call("POST", "queries/", body=given({"application": self.application, **named}))
        return dict(self._transport.ask(with_picture(call, picture)))

    def explain(self, picture: Picture | None, media: Any, **more: Any) -> dict[str, Any]:
        """Why a search by the picture (or a kept `query`) finds this media, or does not."""
        said = {"application": self.application, "media": identifier(media), **more}
        call = with_picture(Call("POST", "explain/", body=given(said)), picture)
        return dict(self._transport.ask(call))

    def keywords(self, **filters: Any) -> Iterator[dict[str, Any]]:
        """Keywords with how many media have each."""
        filters.setdefault("application", self.application)
        for told in self._transport.pages(Call("GET", "keywords/", query_of(filters))):
            yield dict(told)

    def me(self) -> dict[str, Any]:
        """Who asks, what they may, and what is left of the quota."""
        return dict(self._transport.ask(Call("GET", "me/")))

    def status(self) -> dict[str, Any]:
        """Counts, and how fresh the indexes are."""
        return dict(self._transport.ask(Call("GET", "status/")))
