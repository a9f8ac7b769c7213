"""Workers and mongod are killed while jobs run: each step is kept once, whatever dies."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pymongo import MongoClient

from udata_mediadb.demo.mongod import EmbeddedMongod, find_mongod
from udata_mediadb.jobs import queue
from udata_mediadb.jobs.models import Job

from ..connections import disconnect
from ..leases import end_leases
from ..ports import free_port
from ..waiting import PATIENCE_S, eventually
from .counting import LEASE_S, connect_to

pytestmark = [pytest.mark.server, pytest.mark.slow, pytest.mark.xdist_group("kills")]
LAST = 300


@contextmanager
def worker(uri: str, lease_s: float = LEASE_S) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.jobs.counting", uri, str(lease_s)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "ready\n"
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.fixture
def mongod(tmp_path: Path) -> Iterator[EmbeddedMongod]:
    started = EmbeddedMongod(tmp_path / "mongod", port=free_port()).start()
    disconnect()
    connect_to(f"{started.uri}jobs", 30_000)
    try:
        yield started
    finally:
        disconnect()
        started.stop()


def start() -> Job:
    return queue.enqueue("counting", arguments={"last": LAST, "failing": [7]})


def at_least(job: Job, done: int) -> bool:
    return bool(job.reload().done >= done)


def require_all_counted_once(job: Job, uri: str, most_twice: int) -> None:
    assert (job.state, job.done, job.counts) == ("done", LAST, {"counted": LAST})
    assert queue.failures_of([job.id]) == {job.id: 1}
    with MongoClient(uri) as client:
        times = [one["times"] for one in client.get_default_database()["seen"].find()]
    assert len(times) == LAST
    assert sum(times) - LAST <= most_twice, "more than the step that was at work was done twice"


def test_another_worker_goes_on_where_a_killed_one_was(mongod: EmbeddedMongod) -> None:
    uri = f"{mongod.uri}jobs"
    job = start()
    for done in (40, 120, 200):
        with worker(uri) as process:
            eventually(lambda done=done: at_least(job, done))
            process.send_signal(signal.SIGKILL)
            process.wait()
        end_leases()
    with worker(uri):
        eventually(lambda: job.reload().state == "done")

    require_all_counted_once(job, uri, most_twice=3)


def test_a_job_outlives_a_killed_mongod(mongod: EmbeddedMongod) -> None:
    uri = f"{mongod.uri}jobs"
    port = int(mongod.uri.rsplit(":", 1)[1].strip("/"))
    job = start()
    with worker(uri):
        eventually(lambda: at_least(job, 100))
        os.kill(mongod.pid, signal.SIGKILL)
        mongod.stop()
        eventually(lambda: mongod._try_to_start(find_mongod(), port))
        eventually(lambda: job.reload().state == "done")

    require_all_counted_once(job, uri, most_twice=2)


def test_two_workers_never_hold_one_job(mongod: EmbeddedMongod) -> None:
    uri = f"{mongod.uri}jobs"
    jobs = [start(), start()]
    # nobody is killed: a busy machine may let one wait for longer than a short lease
    with worker(uri, PATIENCE_S), worker(uri, PATIENCE_S):
        eventually(lambda: all(job.reload().state == "done" for job in jobs))

    with MongoClient(uri) as client:
        times = {one["times"] for one in client.get_default_database()["seen"].find()}
    assert times == {2}  # each job counted each number once
