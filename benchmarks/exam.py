"""What an exam costs: edits of a library's own pictures, searched for by one process.

    OPENBLAS_NUM_THREADS=1 python -m benchmarks.exam [--stored 300] [--pictures 200] [--threads 1]

Stored are photographs of `--collection`, with all that a portal keeps of them; the exam is that of
`flask mediadb exam`. Said is the processor time of a search and of what is none, and so how many
minutes of one core 200 pictures times 20 edits take.
"""

import argparse
import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import cv2

from tests.portal import running_portal
from udata_mediadb.application.models import Application
from udata_mediadb.demo.mongod import EmbeddedMongod
from udata_mediadb.search.exam import sitting

from .report import table, write

FULL = 200 * 20
SUFFIXES = {".jpg", ".jpeg"}
PARTS = {"edited": "making the edit", "search": "searching", "explain": "why it was missed"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--collection", type=Path, default=Path("../shared/data"))
    parser.add_argument("--stored", type=int, default=300)
    parser.add_argument("--pictures", type=int, default=200)
    parser.add_argument("--threads", type=int, default=1, help="of OpenCV")
    asked = parser.parse_args()
    every = sorted(one for one in asked.collection.rglob("*") if one.suffix.lower() in SUFFIXES)
    random.Random(3).shuffle(every)
    with ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        mongod = stack.enter_context(EmbeddedMongod(work / "db"))
        uri = f"{mongod.uri.rstrip('/')}/exam"
        portal = stack.enter_context(running_portal(uri, work / "files"))
        user = portal.user("exam@example.org")
        client, application = portal.client(user), portal.application(user)
        for path in every[: asked.stored]:
            client.add(application, path.read_bytes())
        with portal.app.app_context():
            found = Application.objects(id=application).first()
            exam = sitting.new_exam(found, asked.pictures)
            cv2.setNumThreads(asked.threads)
            with counted() as spent:
                begun, started = time.process_time(), time.monotonic()
                for _ in sitting.sit(exam, found):
                    pass
                used, took = time.process_time() - begun, time.monotonic() - started
    searches = len(exam.answers)
    rows = [(PARTS[name], f"{1000 * spent[name] / searches:.1f}") for name in PARTS]
    rows += [("all of it", f"{1000 * used / searches:.1f}")]
    load = f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    told = (
        f"{searches} searches among {asked.stored} pictures, {load}: {used:.0f} s of "
        f"processor time, {took:.0f} s by the clock.\n\n"
        f"{table(['', 'ms of processor time for a search'], rows)}\n\n"
        f"200 pictures times 20 edits: **{used / searches * FULL / 60:.1f} minutes** of one core. "
        f"Found {exam.result['recall']['share']:.2%}, false accepts "
        f"{exam.result['false_accepts']['share']:.2%}."
    )
    write("exam", "What an exam costs", told)


@contextmanager
def counted() -> Iterator[dict[str, float]]:
    """Processor seconds by part, of what is called within."""
    spent = dict.fromkeys(PARTS, 0.0)
    own = {name: getattr(sitting, name) for name in PARTS}

    def timed(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any, **options: Any) -> Any:
            begun = time.process_time()
            try:
                return call(*arguments, **options)
            finally:
                spent[name] += time.process_time() - begun

        return run

    for name, call in own.items():
        setattr(sitting, name, timed(name, call))
    try:
        yield spent
    finally:
        for name, call in own.items():
            setattr(sitting, name, call)


if __name__ == "__main__":
    main()
