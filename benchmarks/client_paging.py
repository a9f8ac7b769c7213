"""All media of a large library, one after the other, by the Python client.

    python -m benchmarks.client_paging [--media N] [--turns N]

Documents as for `benchmarks.listing`, straight in a real MongoDB; a portal started as the demo is
(two workers); the client asks it page by page over HTTP, and counts what it was given. Processor
time is that of the portal's workers and of this process.
"""

import argparse
import os
import statistics
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from uuid import UUID

import psutil
from tqdm import tqdm

from tests.portal import Portal, running_portal
from udata_mediadb.client import MediaDB
from udata_mediadb.demo.mongod import EmbeddedMongod

from .http_latency import processor_s
from .listing import store
from .report import table, write


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--media", type=int, default=100_000)
    parser.add_argument("--turns", type=int, default=3)
    options = parser.parse_args()
    with ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        mongod = stack.enter_context(EmbeddedMongod(work / "db"))
        portal = stack.enter_context(running_portal(f"{mongod.uri.rstrip('/')}/bench", work))
        key, application = _filled(portal, options.media)
        rows = [_measured(portal, key, application, options.media) for _ in range(options.turns)]
    by_clock = statistics.median(row[0] for row in rows)
    load = f"Load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores."
    text = f"{options.media} media, {options.turns} turns, median {by_clock:.1f} s. {load}\n\n"
    head = ["seconds", "processor s of the portal", "processor s of the client", "media"]
    shown = [(f"{one:.1f}", f"{two:.1f}", f"{three:.1f}", n) for one, two, three, n in rows]
    write("client_paging", "All media by the Python client", text + table(head, shown))


def _filled(portal: Portal, media: int) -> tuple[str, str]:
    """Key of a user, and the application with so many."""
    user = portal.user("bench@example.org")
    key, application = portal.client(user).key, portal.application(user)
    with portal.app.app_context():
        store(application, media, [UUID(int=number).hex for number in range(2)])
    return str(key), application


def _measured(
    portal: Portal, key: str, application: str, media: int
) -> tuple[float, float, float, int]:
    workers = psutil.Process(portal.process.pid).children()
    start, mine, its = time.perf_counter(), time.process_time(), processor_s(workers)
    with MediaDB(portal.url, key=key, application=application) as client:
        listed = client.media.list()
        seen = {one.id for one in tqdm(listed, total=media, unit="media", disable=None)}
    assert len(seen) == media, f"{len(seen)} of {media}"
    elapsed = time.perf_counter() - start
    return elapsed, processor_s(workers) - its, time.process_time() - mine, len(seen)


if __name__ == "__main__":
    main()
