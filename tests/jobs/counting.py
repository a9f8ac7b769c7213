"""A kind of job for tests, and a program that does it: `counting URI LEASE_S`, as a module."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import mongoengine
from mongoengine.connection import get_db
from pymongo.errors import PyMongoError

from udata_mediadb.errors import Unavailable
from udata_mediadb.jobs.kinds import Failure, JobKind, Step, Task
from udata_mediadb.jobs.running import Runner

LEASE_S = 5.0  # so soon another goes on where one was killed


def counting(pause_s: float = 0.0) -> JobKind:
    """Writes each number into a collection, which a repeated step does not write twice.

    Numbers in `failing` cannot be done.
    """

    def steps(task: Task) -> Iterator[Step]:
        seen, last = get_db()["seen"], task.arguments["last"]
        for number in range((task.cursor or 0) + 1, last + 1):
            time.sleep(pause_s)
            seen.update_one({"_id": number}, {"$inc": {"times": 1}}, upsert=True)
            bad = number in task.arguments.get("failing", ())
            failures = [Failure(str(number), "it cannot be counted")] if bad else []
            yield Step(cursor=number, done=1, counts={"counted": 1}, failures=failures, total=last)
        yield Step(result={"last": last})

    return JobKind("counting", "Counting", steps)


def unavailable(task: Task) -> Iterator[Step]:
    """Fails as an absent server does, until its file is there."""
    if not Path(task.arguments["file"]).exists():
        raise Unavailable("The file is not there yet.")
    yield Step(done=1)


def connect_to(uri: str, patience_ms: int) -> None:
    mongoengine.connect(
        host=uri,
        tz_aware=True,
        uuidRepresentation="standard",
        serverSelectionTimeoutMS=patience_ms,
    )


def main() -> None:
    connect_to(sys.argv[1], 2000)
    kind = counting(pause_s=0.01)
    runner = Runner({kind.name: kind}, lease_s=float(sys.argv[2]))
    print("ready", flush=True)
    while True:
        try:
            if not runner.run_one():
                time.sleep(0.05)
        except PyMongoError:
            time.sleep(0.1)


if __name__ == "__main__":
    main()
