"""The client itself."""

from collections.abc import AsyncIterator
from typing import Any, Self

from ..addressing import api_of, headers_of, identifier, login_of
from ..errors import BadRequest
from ..requests import Call, Picture, given, query_of, with_picture
from ..values import Hit
from .applications import AsyncApplicationRoutes, AsyncKeyRoutes
from .collections import AsyncCollectionRoutes
from .duplicates import AsyncDuplicateRoutes
from .exams import AsyncExamRoutes
from .imports import AsyncImportRoutes, AsyncUploadRoutes
from .jobs import AsyncJobRoutes
from .media import AsyncMediaRoutes
from .transport import AsyncTransport

TIMEOUT_S = 120.0  # an upload of some megabytes over a slow line, and a search behind others


class AsyncMediaDB:
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
        self._transport = AsyncTransport(address, headers, **how)
        self.url = address
        self.application = application
        self.media = AsyncMediaRoutes(self._transport, application)
        self.collections = AsyncCollectionRoutes(self._transport, application)
        self.smart_collections = AsyncCollectionRoutes(
            self._transport, application, "smart_collections/"
        )
        self.applications = AsyncApplicationRoutes(self._transport)
        self.keys = AsyncKeyRoutes(self._transport, application)
        self.jobs = AsyncJobRoutes(self._transport, application)
        self.uploads = AsyncUploadRoutes(self._transport, application)
        self.imports = AsyncImportRoutes(self._transport, application)
        self.exams = AsyncExamRoutes(self._transport, application)
        self.duplicates = AsyncDuplicateRoutes(self._transport, application)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._transport.aclose()

    async def search(
        self, picture: Picture | None = None, *, media: Any = None, **arguments: Any
    ) -> AsyncIterator[Hit]:
        """What is found by a picture (path, bytes, open file, address), by a stored `media`, or by
        words alone, best first; further pages are fetched when they are wanted. `arguments`: any
        of the route, such as `signatures`, `keywords`, `min_score`, `url`."""
        said = {"application": self.application, **arguments}
        said["media"] = identifier(media) if media is not None else None
        call = with_picture(Call("POST", "search/", body=given(said)), picture)
        async for told in self._transport.pages(call):
            yield Hit.of(told)

    async def compare(self, one: Picture | None = None, other: Picture | None = None,
                      **named: Any) -> dict[str, Any]:  # fmt: skip
        """Two pictures beside each other; `media=[ids]` and `query=[ids]` name stored ones."""
        call = Call("POST", "compare/", body=given({"application": self.application, **named}))
        return dict(await self._transport.ask(with_picture(with_picture(call, one), other)))

    async def keep(self, picture: Picture | None = None, **named: Any) -> dict[str, Any]:
        """Keep a query for a day: its `id` goes into `search`, `compare` and `explain`."""
        call = Call("POST", "queries/", body=given({"application": self.application, **named}))
        return dict(await self._transport.ask(with_picture(call, picture)))

    async def explain(self, picture: Picture | None, media: Any, **more: Any) -> dict[str, Any]:
        """Why a search by the picture (or a kept `query`) finds this media, or does not."""
        said = {"application": self.application, "media": identifier(media), **more}
        call = with_picture(Call("POST", "explain/", body=given(said)), picture)
        return dict(await self._transport.ask(call))

    async def keywords(self, **filters: Any) -> AsyncIterator[dict[str, Any]]:
        """Keywords with how many media have each."""
        filters.setdefault("application", self.application)
        async for told in self._transport.pages(Call("GET", "keywords/", query_of(filters))):
            yield dict(told)

    async def me(self) -> dict[str, Any]:
        """Who asks, what they may, and what is left of the quota."""
        return dict(await self._transport.ask(Call("GET", "me/")))

    async def status(self) -> dict[str, Any]:
        """Counts, and how fresh the indexes are."""
        return dict(await self._transport.ask(Call("GET", "status/")))
