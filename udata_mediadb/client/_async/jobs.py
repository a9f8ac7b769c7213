"""`db.jobs`: work that outlives a request."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from ..addressing import in_path
from ..errors import ServerError, Unreachable
from ..requests import Call, query_of
from ..values import Job
from .transport import AsyncTransport

_FIRST_WAIT_S, _WAIT_S = 0.2, 2.0  # between two looks at a job: short ones are told at once
_AWAY_MAX_S = 120.0  # a portal that is started again, and a library that is read into memory


class AsyncJobRoutes:
    """Looks at jobs, and steers them."""

    def __init__(self, transport: AsyncTransport, application: str | None) -> None:
        self._transport = transport
        self._application = application

    async def list(self, **filters: Any) -> AsyncIterator[Job]:
        """Those that you may steer, newest first; `kind` and `state` narrow them."""
        filters.setdefault("application", self._application)
        async for told in self._transport.pages(Call("GET", "jobs/", query_of(filters))):
            yield Job.of(told)

    async def get(self, job: Any) -> Job:
        """The job of this id, as it is now."""
        return Job.of(await self._transport.ask(Call("GET", _path(job))))

    async def pause(self, job: Any) -> Job:
        """Let nobody go on with it for now."""
        return await self._steered(job, "pause")

    async def resume(self, job: Any) -> Job:
        """Let somebody go on with it."""
        return await self._steered(job, "resume")

    async def cancel(self, job: Any) -> Job:
        """End it where it is; what it did stays."""
        return await self._steered(job, "cancel")

    async def failures(self, job: Any) -> AsyncIterator[dict[str, Any]]:
        """The items that it could not do, each with its reason."""
        async for told in self._transport.pages(Call("GET", f"{_path(job)}failures/")):
            yield dict(told)

    async def follow(self, job: Any) -> AsyncIterator[Job]:
        """The job again and again, until it has ended; a portal that is away is waited for."""
        wait, away = _FIRST_WAIT_S, 0.0
        while True:
            try:
                found = await self.get(job)
            except (Unreachable, ServerError):
                if away >= _AWAY_MAX_S:
                    raise
                away += _WAIT_S
                await asyncio.sleep(_WAIT_S)
                continue
            yield found
            if found.has_ended:
                return
            away = 0.0
            await asyncio.sleep(wait)
            wait = min(_WAIT_S, wait * 1.5)

    async def _steered(self, job: Any, action: str) -> Job:
        call = Call("PATCH", _path(job), body={"action": action})
        return Job.of(await self._transport.ask(call))


def _path(job: Any) -> str:
    return f"jobs/{in_path(job)}/"
