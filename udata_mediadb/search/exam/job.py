"""The exam as a job: it goes on where it was, whichever process takes it up."""

from collections.abc import Callable, Iterator

from ...errors import NotFound
from ...jobs.kinds import JobKind, Step, Task
from ...jobs.models import Job
from ...jobs.owning import application_of
from ...jobs.workers import start
from .models import Exam
from .sitting import sit


def start_exam(
    exam: Exam,
    owner: str | None,
    begin: Callable[..., Job] = start,
    only_one: str | None = None,
) -> Job:
    """Put it into the queue. `begin`: `enqueue` where this process does it itself."""
    return begin(
        EXAM.name,
        application=exam.application,
        owner=owner,
        arguments={"exam": exam.id},
        total=len(exam.media),
        only_one=only_one,
    )


def _steps(task: Task) -> Iterator[Step]:
    exam = Exam.objects(id=task.arguments["exam"]).first()
    application = application_of(task.application)
    if exam is None:
        raise NotFound("The exam is gone.")
    yield Step(result={"exam": exam.id})
    for number in sit(exam, application):
        yield Step(cursor=number, done=1)
    recall = exam.result["recall"]["share"]
    yield Step(result={"exam": exam.id, "recall": recall})


EXAM = JobKind("exam", "Searching for edits of the library's own pictures", _steps)
