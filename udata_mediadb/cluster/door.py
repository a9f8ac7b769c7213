"""The door of a cluster: HTTP in, two rounds over the shards, one list out. Ray Serve runs it."""

import asyncio
import hmac
import logging
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

import numpy as np
from pymongo.errors import PyMongoError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from ..errors import (
    InvalidRequest,
    MediaDBError,
    NotFound,
    TooLarge,
    Unauthenticated,
    Unavailable,
)
from ..indexing import log
from ..indexing.models import ClusterLayout
from ..indexing.shards import wire
from ..indexing.shards.asking import read_ask
from ..indexing.shards.client import NO_DOOR, SECRET_HEADER
from ..indexing.shards.forms import FORM_HEADER, require_door_form
from ..indexing.shards.searching import ShardedSearch, together
from ..indexing.shards.wire import BadBody
from .copies import Copies
from .settings import (
    ClusterSettings,
    Standing,
    actor_name,
    namespace,
    read_layout,
    standing,
)

logger = logging.getLogger(__name__)

REFRESH_S = 0.5  # how soon another layout is seen, and lost copies are tried again
COUNTED = ("indexed", "in_memory", "segments")
WHICH = ("application", "signature", "version")


class Door:
    """Answers portals; knows the layout from MongoDB."""

    def __init__(self, settings: ClusterSettings) -> None:
        settings.connect()
        self._database = settings.database
        self._version = version("udata-mediadb")  # of now: an update may be on the disk later
        self._layout: ClusterLayout | None = None
        self._standing: Standing | None = None
        self._search: ShardedSearch | None = None
        self._follow(read_layout(settings.database))
        self._refreshing: asyncio.Task[None] | None = None

    async def __call__(self, request: Request) -> Response:
        if self._refreshing is None or self._refreshing.done():
            self._refreshing = asyncio.ensure_future(self._refresh())
        try:
            path = _path(request)
            if "/" in path[1:]:  # below the name of a database that has no door now
                raise NotFound(NO_DOOR)
            self._require_secret(request)
            require_door_form(request.headers.get(FORM_HEADER), self._version)
            return await self._route(request, path)
        except MediaDBError as exc:
            error = exc
        except (BadBody, ClientDisconnect) as exc:
            error = InvalidRequest(str(exc))
        except PyMongoError as exc:
            logger.warning("The database is away: %s", exc)
            error = Unavailable("The database is away. Try again in a moment.", what="database")
        return JSONResponse(error.body(), error.status, error.headers())

    async def _route(self, request: Request, path: str) -> Response:
        asked = (request.method, path)
        if asked == ("POST", "/shortlists"):
            return await self._shortlists(request)
        if asked == ("GET", "/status"):
            return await self._status(_which(request))
        if asked == ("GET", "/copies"):
            return await self._states()
        if asked == ("GET", "/words"):
            return await self._words(_which(request))
        raise NotFound("There is no such route.")

    async def _shortlists(self, request: Request) -> Response:
        ask = read_ask(await _body(request))
        answer = await self._shards.shortlists(ask)
        return Response(answer.written(), media_type="application/octet-stream")

    async def _status(self, which: Mapping[str, str]) -> Response:
        told = await together([_copies(one).told("status", *which.values()) for one in self._all])
        newest = await asyncio.to_thread(log.last_seq, which["application"])
        shards = [
            {"shard": i, "copies": [_copy(one, newest) for one in copies]}
            for i, copies in enumerate(told)
        ]
        best = [max((c for c in copies if c), key=_applied, default=None) for copies in told]
        there = [one for one in best if one is not None]
        applied = min((_applied(one) for one in there), default=0) if len(there) == len(best) else 0
        status: dict[str, Any] = {name: sum(one[name] for one in there) for name in COUNTED}
        status["generation"] = min((one["generation"] for one in there), default=0)
        status |= {"applied": applied, "behind": max(0, newest - applied), "shards": shards}
        return JSONResponse(status)

    async def _states(self) -> Response:
        """Of each copy whether it answers and is whole, whatever an application has."""
        told = await together([_copies(one).told("state") for one in self._all])
        shards = [
            {
                "shard": i,
                "copies": [
                    {"answers": one is not None, "whole": bool(one and one["whole"])}
                    for one in copies
                ],
            }
            for i, copies in enumerate(told)
        ]
        return JSONResponse({"shards": shards, "version": self._version})

    async def _words(self, which: Mapping[str, str]) -> Response:
        asked = which.values()
        told = await together([_copies(one).any_words(*asked) for one in self._all])
        words = np.sum([one.counts for one in told], axis=0)
        images = sum(one.images for one in told)
        facts = {"images": images, "words": [one.checksum for one in told]}
        return Response(wire.written(facts, {"words": words}))

    @property
    def _shards(self) -> ShardedSearch:
        if self._search is None:
            others = self._layout is not None and self._layout.shards
            why = "The shards are of another version than this door" if others else "There are none"
            raise Unavailable(f"{why}: start them with `mediadb-cluster start`.", what="cluster")
        return self._search

    @property
    def _all(self) -> list[Any]:
        return list(self._shards.shards)

    def _require_secret(self, request: Request) -> None:
        shown = request.headers.get(SECRET_HEADER, "").encode()
        known = str(self._layout.secret).encode() if self._layout is not None else b""
        if not known or not hmac.compare_digest(shown, known):
            raise Unauthenticated("The secret of the cluster is needed.")

    async def _refresh(self) -> None:
        while True:
            try:
                layout = await asyncio.to_thread(read_layout, self._database)
            except PyMongoError as exc:
                logger.warning("The layout cannot be read: %s", exc)
                layout = self._layout
            self._follow(layout)
            if self._search is not None:
                await together([_copies(one).probe() for one in self._all])
            await asyncio.sleep(REFRESH_S)

    def _follow(self, layout: ClusterLayout | None) -> None:
        there = standing(layout)
        if there != self._standing:
            self._search = None if there is None else _search_of(there, self._database)
        self._layout, self._standing = layout, there


def _search_of(there: Standing, database: str) -> ShardedSearch:
    return ShardedSearch(
        [
            Copies(
                shard,
                [actor_name(there.number, shard, copy) for copy in range(there.copies)],
                namespace(database),
            )
            for shard in range(there.shards)
        ]
    )


def _copies(shard: Any) -> Copies:
    assert isinstance(shard, Copies)
    return shard


def _applied(status: Mapping[str, Any]) -> int:
    return int(status["applied"])


def _copy(status: dict[str, Any] | None, newest: int) -> dict[str, Any]:
    if status is None:
        return {"answers": False}
    told = {name: status[name] for name in ("node", "applied", "generation", "indexed")}
    return {"answers": True, **told, "behind": max(0, newest - status["applied"])}


def _path(request: Request) -> str:
    """Below where Ray Serve has this door."""
    return str(request.scope["path"]).removeprefix(str(request.scope.get("root_path", "")))


def _which(request: Request) -> dict[str, str]:
    try:
        return {name: request.query_params[name] for name in WHICH}
    except KeyError as exc:
        raise NotFound(f"{exc} is needed.") from exc


async def _body(request: Request) -> bytes:
    """The body, as far as it is read at all."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > wire.MOST_BYTES:
            raise TooLarge(f"More than {wire.MOST_BYTES} bytes.")
        parts.append(part)
    return b"".join(parts)
