"""What a kind of job is: a function that does it in steps. Rooms above make their own kinds;
`mounting` lists them.

    def steps(task: Task) -> Iterator[Step]:
        for batch in batches_after(task.cursor):
            failures = [...]                     # an item that fails does not end the job
            yield Step(cursor=batch[-1], done=len(batch), failures=failures)
        yield Step(result={"groups": 12})

    SCAN = JobKind("duplicates-scan", "Looking for duplicates", steps)
    job = start(SCAN.name, application=application.id, owner=principal.user, total=count)

A step that was yielded is kept. Whatever ends the process, another one calls the function again
with the cursor of the last step that was kept, so the work between two yields is done **at least
once** and must be the same when it is done twice. Steps should take a second or so: between them a
job is paused, cancelled and handed on.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mongoengine.errors import OperationError
from pymongo.errors import PyMongoError

from ..errors import MediaDBError, Unavailable

logger = logging.getLogger(__name__)
# What a later try may not meet; mongoengine wraps the second-last in the last.
PASSING = (Unavailable, OSError, PyMongoError, OperationError)


@dataclass(frozen=True)
class Failure:
    """An item that could not be done. `error`: a stable word, such as the slug of an error."""

    item: str
    reason: str
    error: str = "error"


def failure_of(item: str, error: MediaDBError) -> Failure:
    """An item that failed with one of our errors."""
    return Failure(item, error.message, error.slug)


def failures_among(items: Iterable[tuple[str, Callable[[], object]]]) -> list[Failure]:
    """Do each of these, and give what failed: one that fails keeps no other from being done.

    What may pass (PASSING) is raised: the whole step is tried again.
    """
    failures = []
    for item, do in items:
        try:
            do()
        except PASSING:
            raise
        except MediaDBError as exc:
            failures.append(failure_of(item, exc))
        except Exception as exc:  # such as a damaged description
            logger.exception("%s could not be done", item)
            failures.append(Failure(item, f"{type(exc).__name__}: it is in the log"))
    return failures


@dataclass(frozen=True)
class Step:
    """What was done since the last one.

    `cursor`: where to begin when the function is called again; None leaves it. `done`: items more,
    failed ones among them. `counts`: more of each outcome, by a word of the kind's own. `total`:
    items of the whole job, where that became known. `result`: what came out of it, added to what
    earlier steps said.
    """

    cursor: Any = None
    done: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    failures: Sequence[Failure] = ()
    total: int | None = None
    result: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Task:
    """A job as its kind sees it. `cursor`: of the last step that was kept, None at the beginning.

    `must_stop`: whether somebody paused or cancelled it, or took it over; for steps that are long.
    """

    id: str
    application: str | None
    owner: str | None
    arguments: Mapping[str, Any]
    cursor: Any
    total: int | None = None
    done: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    must_stop: Callable[[], bool] = lambda: False


@dataclass(frozen=True)
class JobKind:
    """A kind of job, by its name in the API; `title` for people.

    Called in the context of the app. An error of ours ends the job as failed, with its message;
    where something is away for a moment (Unavailable, OSError, MongoDB) it is tried again later.
    `is_kept`: whether it is shown when it is done; not for what runs all the time.
    """

    name: str
    title: str
    steps: Callable[[Task], Iterator[Step]]
    is_kept: bool = True
