"""Searches a second by several clients, with and without the tuning of the process, in turns.

    python -m benchmarks.throughput [--clients N] [--seconds S] [--turns N] [--data DIR] [--repeat]

Two portals on one MongoDB, started as the demo is (two workers, no variable of the environment),
one of them with MEDIADB_TUNE_PROCESS off. They take turns, so that whatever else the machine does
hits both. Each client sends the next search when it has its answer; queries are crops of what is
stored. No two have the same bytes, so that each is decoded and described; with `--repeat` each of
twenty is sent again and again, as by those who turn pages. Processor time is that of the workers.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import requests

from tests.portal import Client, Portal, running_portal
from udata_mediadb.demo.mongod import EmbeddedMongod

from .http_latency import DATA, commented, crop, distinct_sources, jpeg, processor_s
from .report import table, write

VARIABLES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MALLOC_ARENA_MAX", "GLIBC_TUNABLES")
SIGNATURES = ["match", "similarity", "colors"]  # as the demo's application


@dataclass
class Side:
    """One portal, and what its turns came to."""

    name: str
    portal: Portal
    client: Client
    application: str
    rates: list[float] = field(default_factory=list)
    processor_ms: list[float] = field(default_factory=list)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--stored", type=int, default=60)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--repeat", action="store_true", help="the same bytes again and again")
    options = parser.parse_args()
    for name in VARIABLES:
        os.environ.pop(name, None)
    sources = distinct_sources(options.data, options.stored)
    queries = [crop(one) for one in sources[:20]]
    with ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        mongod = stack.enter_context(EmbeddedMongod(work / "db"))
        sides = []
        for name, settings in (("without", '{"MEDIADB_TUNE_PROCESS": false}'), ("with", "{}")):
            uri = f"{mongod.uri.rstrip('/')}/{name}"
            files = work / name
            portal = stack.enter_context(running_portal(uri, files, TEST_SETTINGS=settings))
            client = portal.client(user := portal.user("bench@example.org"))
            application = portal.application(user, signatures=SIGNATURES)
            for source in sources:
                client.add(application, jpeg(source.picture()))
            sides.append(Side(name, portal, client, application))
        for _ in range(options.turns):
            for side in sides:
                take_turn(side, queries, options)
    report(sides, options)


def take_turn(side: Side, queries: Sequence[bytes], options: argparse.Namespace) -> None:
    workers = psutil.Process(side.portal.process.pid).children()
    search(side, queries[0])
    before, start = processor_s(workers), time.monotonic()

    def client(n: int) -> int:
        return ask(side, [*queries[n:], *queries[:n]], options.seconds, repeat=options.repeat)

    with ThreadPoolExecutor(options.clients) as pool:
        count = sum(pool.map(client, range(options.clients)))
    side.rates.append(count / (time.monotonic() - start))
    side.processor_ms.append((processor_s(workers) - before) / count * 1000)


def ask(side: Side, queries: Sequence[bytes], seconds: float, *, repeat: bool) -> int:
    end, count = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        query = queries[count % len(queries)]
        search(side, query if repeat else commented(query))
        count += 1
    return count


def search(side: Side, query: bytes) -> None:
    data, files = {"application": side.application}, {"image": query}
    answer = side.client.post("search/", data=data, files=files)
    if answer.status_code != 200:
        raise requests.HTTPError(answer.text)


def report(sides: Sequence[Side], options: argparse.Namespace) -> None:
    rows = [
        [
            side.name,
            f"{statistics.median(side.rates):.1f}",
            f"{statistics.median(side.processor_ms):.0f}",
        ]
        for side in sides
    ]
    sent = "twenty queries again and again" if options.repeat else "no query twice"
    load = (
        f"Load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores, "
        f"{options.clients} clients, {sent}."
    )
    head = ["MEDIADB_TUNE_PROCESS", "searches a second", "processor ms a search"]
    write("throughput", "Searches a second by several clients", f"{load}\n\n{table(head, rows)}")


if __name__ == "__main__":
    main()
