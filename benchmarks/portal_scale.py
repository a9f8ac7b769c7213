"""A portal of four workers with a large application: restarts, memory, searches, agreement.

    python -m benchmarks.portal_scale --collection ../shared/data --size 100000

A real MongoDB, filled by `portal_filling`, and a real gunicorn (`portal_processes`). Queries are
crops of the real pictures. What is in `--work` is used again. `--parts` measures some of it only;
`index` in place of `rebuild` saves an hour on a busy machine.
"""

import argparse
import os
import random
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import date
from pathlib import Path

from tests.images import jpeg
from udata_mediadb.demo.mongod import EmbeddedMongod

from .http_latency import DATA
from .portal_agreement import measure_agreement, measure_kills
from .portal_growth import measure_growth
from .portal_index import write_index
from .portal_processes import Connection, memory_of, processor_s, set_niceness, thread_ms
from .portal_world import WORKERS, World, new_world
from .report import table, write

RESTARTS = 5
INGESTED_PX = (640, 480)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--collection", type=Path, default=DATA)
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--real", type=int, default=400, help="pictures with files among them")
    parser.add_argument("--writes", type=int, default=2000, help="for reading one's own writes")
    parser.add_argument("--most-s", type=float, default=3600, help="for as many writes at most")
    parser.add_argument("--work", type=Path, help="keep the database here")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS)[1:])
    parser.add_argument("--server-nice", type=int, default=0)
    parser.add_argument("--page", default="portal_scale", help="name of the page that is written")
    options = parser.parse_args()
    with ExitStack() as stack:
        work = options.work or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        mongod = stack.enter_context(EmbeddedMongod(work / "db"))
        world = new_world(work, mongod, options)
        sections = []
        for part in options.parts:
            sections.append(PARTS[part](world, options))
            print(sections[-1], flush=True)
    load = f"Load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores at the end"
    intro = f"{date.today()}. {options.size} media, {WORKERS} workers. {load}."
    write(options.page, "A portal of four workers", "\n\n".join([intro, *sections]))


def make_index(world: World, options: argparse.Namespace) -> str:
    write_index(world.app, world.served().catalog, world.models)
    return "Segments written by `benchmarks/portal_index.py`, not by a rebuild."


def measure_rebuild(world: World, options: argparse.Namespace) -> str:
    served, began, used = world.served(), time.monotonic(), time.process_time()
    counted: list[int] = []
    with world.app.app_context():
        served.upkeep.rebuild(counted.append)
        status = served.catalog.status_now()
    taken, used = time.monotonic() - began, time.process_time() - used
    rows = [[sum(counted), f"{taken:.0f}", f"{sum(counted) / taken:.0f}", f"{used:.0f}",
             f"{sum(counted) / used:.0f}", status["segments"]]]  # fmt: skip
    head = ["media", "seconds", "media/s", "processor s", "media per processor s", "segments"]
    return "## Rebuild\n\nFrom MongoDB alone, one process.\n\n" + table(head, rows)


def measure_restarts(world: World, options: argparse.Namespace) -> str:
    firsts, rows = [], []
    with world.server() as server:
        server.until_answered(world.application, world.queries[0])
        for number in range(RESTARTS):
            server.kill()
            server.start()
            taken, first = server.until_answered(world.application, world.queries[number])
            firsts.append(taken)
            used = [processor_s([pid]) for pid in (first.worker, *server.workers())]
            each = []
            for connection in server.connections():
                start = time.monotonic()
                connection.found(world.application, world.queries[-number - 1])
                each.append(f"{time.monotonic() - start:.2f}")
            spent = (f"{used[0]:.2f}", f"{sum(used[1:]):.2f}")
            load = f"{os.getloadavg()[0]:.1f}"
            rows.append([number + 1, f"{taken:.2f}", *spent, ", ".join(each), load])
    head = ["restart", "s to the first answer", "processor s of the worker that answered",
            "of all workers by then", "then, first search by each worker, s", "load"]  # fmt: skip
    return (
        "## Restart\n\nAll processes get SIGKILL, gunicorn is started, and a client asks until a "
        f"search is answered. Median {statistics.median(firsts):.2f} s.\n\n" + table(head, rows)
    )


def measure_memory(world: World, options: argparse.Namespace) -> str:
    with world.server() as server:
        server.until_answered(world.application, world.queries[0])
        for connection in server.connections():
            for query in world.queries[:20]:
                connection.found(world.application, query)
        told = [memory_of(pid) for pid in server.workers()]
    rows = [[i + 1, *(f"{m[k]:.0f}" for k in ("pss", "private", "shared"))] for i, m in
            enumerate(told)]  # fmt: skip
    rows.append(["all", *(f"{sum(m[k] for m in told):.0f}" for k in ("pss", "private")), ""])
    files = sum(f.stat().st_size for f in Path(f"{world.root}-index").rglob("*") if f.is_file())
    return (
        "## Memory\n\nMB of each worker after 20 searches in each. PSS counts a page that several "
        f"share by its part; the segments have {files / 2**20:.0f} MB on the disk.\n\n"
        + table(["worker", "PSS", "private", "shared"], rows)
    )


def measure_searches(world: World, options: argparse.Namespace) -> str:
    """Searches by one worker, alone and while another one stores pictures."""
    rows: list[list[object]] = []
    with world.server() as server:
        server.until_answered(world.application, world.queries[0])
        searching, storing, *_ = server.connections()
        for query in world.queries[:10]:
            searching.found(world.application, query)
        ways: list[tuple[str, Callable[[], None]]] = [
            ("another worker stores", lambda: None),
            ("the same, its worker at nice 19", lambda: set_niceness(storing.worker, 19)),
            ("the same, each on a core of its own", lambda: pin(storing, searching)),
        ]
        rows.append(search_row("idle", world, searching, storing, stores=False))
        for name, prepare in ways:
            prepare()
            rows.append(search_row(name, world, searching, storing, stores=True))
            rows.append(search_row("idle again", world, searching, storing, stores=False))
    head = ["while", "searches", "p50 ms", "p95 ms", "processor p50", "p95", "stored/s",
            "cores: searching", "storing", "mongod", "load"]  # fmt: skip
    return (
        "## Searches while another worker stores\n\nWhole requests of one client, on a kept "
        "connection to one worker; another client stores pictures of 640 x 480 one after the "
        "other through another worker. `processor`: time of the searching worker for one search, "
        "which other processes do not lengthen much. `cores`: processor time by the clock.\n\n"
        + table(head, rows)
    )


def pin(storing: Connection, searching: Connection) -> None:
    set_niceness(storing.worker, 19, [0])
    set_niceness(searching.worker, 0, [1])


def search_row(
    name: str, world: World, searching: Connection, storing: Connection, *, stores: bool
) -> list[object]:
    stop, stored = threading.Event(), [0]
    pictures = [jpeg(random.getrandbits(31), *INGESTED_PX) for _ in range(20 * stores)]

    def store() -> None:
        while not stop.is_set():
            picture = pictures[stored[0] % len(pictures)]
            storing.post("media/", world.application, picture).raise_for_status()
            stored[0] += 1

    processes = [searching.worker, storing.worker, world.mongod]
    thread = threading.Thread(target=store)
    if stores:
        thread.start()
        time.sleep(1)
    before, began, done = [processor_s([p]) for p in processes], time.monotonic(), stored[0]
    times, spent = [], []
    for query in world.queries:
        start, cpu = time.perf_counter(), thread_ms(searching.worker)
        searching.found(world.application, query)
        times.append((time.perf_counter() - start) * 1000)
        spent.append(thread_ms(searching.worker) - cpu)
    taken = time.monotonic() - began
    used = [processor_s([p]) - b for p, b in zip(processes, before, strict=True)]
    rate = (stored[0] - done) / taken
    stop.set()
    if stores:
        thread.join()
    return [
        name, len(times), *middle_and_p95(times), *middle_and_p95(spent),
        f"{rate:.1f}" if stores else "",
        *(f"{one / taken:.2f}" for one in used), f"{os.getloadavg()[0]:.1f}",
    ]  # fmt: skip


def middle_and_p95(values: Sequence[float]) -> list[str]:
    return [f"{statistics.median(values):.0f}", f"{statistics.quantiles(values, n=20)[-1]:.0f}"]


PARTS: dict[str, Callable[[World, argparse.Namespace], str]] = {
    "index": make_index,
    "rebuild": measure_rebuild,
    "restarts": measure_restarts,
    "memory": measure_memory,
    "searches": measure_searches,
    "growth": measure_growth,
    "agreement": measure_agreement,
    "kills": measure_kills,
}

if __name__ == "__main__":
    main()
