"""`db.exams`: is the search good enough for these very pictures?"""

from collections.abc import AsyncIterator
from typing import Any

from ..addressing import in_path
from ..requests import Call, given, query_of
from ..values import Exam, Job
from .transport import AsyncTransport


class AsyncExamRoutes:
    """Begins exams, and reads what came out."""

    def __init__(self, transport: AsyncTransport, application: str | None) -> None:
        self._transport = transport
        self._application = application

    async def start(self, **arguments: Any) -> Job:
        """Begin one (`pictures`, `edits`, `seed`, `wanted_rate`); `db.jobs.follow` says when it has
        ended, and `job.arguments["exam"]` is its id."""
        said = given({"application": self._application, **arguments})
        return Job.of(await self._transport.ask(Call("POST", "exams/", body=said)))

    async def list(self, **filters: Any) -> AsyncIterator[Exam]:
        """Those of an application, newest first."""
        filters.setdefault("application", self._application)
        async for told in self._transport.pages(Call("GET", "exams/", query_of(filters))):
            yield Exam.of(told)

    async def get(self, exam: Any) -> Exam:
        """The exam of this id; `result` once it has ended."""
        return Exam.of(await self._transport.ask(Call("GET", _path(exam))))

    async def report(self, exam: Any, format: str = "html") -> str:
        """One HTML file with pictures, or (`text`) lines for a terminal."""
        call = Call("GET", f"{_path(exam)}report/", query_of({"format": format}))
        return (await self._transport.send(call)).text


def _path(exam: Any) -> str:
    return f"exams/{in_path(exam)}/"
