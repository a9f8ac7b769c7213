# Made by tools/make_sync_client.py from _async; change that.
"""`db.exams`: is the search good enough for these very pictures?"""

from collections.abc import Iterator
from typing import Any

from ..addressing import in_path
from ..requests import Call, given, query_of
from ..values import Exam, Job
from .transport import Transport


class ExamRoutes:
    """Begins exams, and reads what came out."""

    def __init__(self, transport: Transport, application: str | None) -> None:
        self._transport = transport
        self._application = application

    def start(self, **arguments: Any) -> Job:
        """Begin one (`pictures`, `edits`, `seed`, `wanted_rate`); `db.jobs.follow` says when it has
        ended, and `job.arguments["exam"]` is its id."""
        said = given({"application": self._application, **arguments})
        return Job.of(self._transport.ask(Call("POST", "exams/", body=said)))

    def list(self, **filters: Any) -> Iterator[Exam]:
        """Those of an application, newest first."""
        filters.setdefault("application", self._application)
        for told in self._transport.pages(Call("GET", "exams/", query_of(filters))):
            yield Exam.of(told)

    def get(self, exam: Any) -> Exam:
        """The exam of this id; `result` once it has ended."""
        return Exam.of(self._transport.ask(Call("GET", _path(exam))))

    def report(self, exam: Any, format: str = "html") -> str:
        """One HTML file with pictures, or (`text`) lines for a terminal."""
        call = Call("GET", f"{_path(exam)}report/", query_of({"format": format}))
        return (self._transport.send(call)).text


def _path(exam: Any) -> str:
    return f"exams/{in_path(exam)}/"
