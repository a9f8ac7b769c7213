"""A web worker that is killed leaves a job: another one goes on, though nobody asks it anything."""

import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import psutil
import pytest

from udata_mediadb.jobs.models import DONE, RUNNING, Job
from udata_mediadb.jobs.queue import enqueue
from udata_mediadb.media.models import ACTIVE, PENDING, Media
from udata_mediadb.media.renaming import NAME
from udata_mediadb.mongo.clock import now

from ..fixtures import new_tenant
from ..images import jpeg
from ..imports.beginning import begin, zipped
from ..portal import Portal, running_portal
from ..waiting import eventually

pytestmark = [pytest.mark.server, pytest.mark.slow, pytest.mark.xdist_group("kills")]
COUNT = 600  # six groups: it is stopped after the first, however late that is seen
LOOKING = json.dumps({"MEDIADB_JOBS_LOOK_EVERY_S": 1})


def test_a_job_goes_on_in_another_worker_without_a_request(
    mongodb_uri: str, database_name: str, tmp_path: Path
) -> None:
    uri = f"{mongodb_uri.rstrip('/')}/{database_name}"
    with running_portal(uri, tmp_path / "files", workers=1) as first, ended(first) as processes:
        tenant = new_tenant(first)
        data = zipped({f"{n}.jpg": jpeg(n, 64, 48) for n in range(COUNT)})
        job = begin(tenant, data).json()["id"]
        with first.app.app_context():
            eventually(lambda: Job.objects.get(id=job).done > 0)
        processes.extend(stopped(first))
        with first.app.app_context():
            left = Job.objects.get(id=job)
            assert (left.state, left.done < COUNT) == (RUNNING, True), "stopped too late"
            Job.objects(id=job).update(lease_until=now() + timedelta(hours=1))

        with (
            running_portal(uri, tmp_path / "files", workers=1, TEST_SETTINGS=LOOKING) as second,
            second.app.app_context(),
        ):
            killed(processes)  # the second one was asked once, when it began
            Media.objects(state=PENDING).update(created_at=now() - timedelta(minutes=1))
            Job.objects(id=job).update(lease_until=now() - timedelta(seconds=1))
            eventually(lambda: Job.objects.get(id=job).state == DONE)
            mine = Media.objects(application=tenant.application)
            assert mine.filter(state=ACTIVE).count() == mine.count() == COUNT


@pytest.mark.parametrize("options", [(), ("--preload",)])
def test_the_next_of_an_only_worker_does_what_was_left_before_anybody_asks_it(
    mongodb_uri: str, database_name: str, tmp_path: Path, options: tuple[str, ...]
) -> None:
    uri = f"{mongodb_uri.rstrip('/')}/{database_name}"
    files = tmp_path / "files"
    with (
        running_portal(uri, files, workers=1, options=options, TEST_SETTINGS=LOOKING) as portal,
        portal.app.app_context(),
    ):
        application = new_tenant(portal).application
        (worker,) = psutil.Process(portal.process.pid).children()
        worker.suspend()
        job = enqueue(NAME, application=application, arguments={"keywords": ["a"], "to": "b"})
        worker.kill()
        eventually(lambda: Job.objects.get(id=job.id).state == DONE)


@contextmanager
def ended(portal: Portal) -> Iterator[list[psutil.Process]]:
    """What was stopped ends, whatever happens."""
    processes: list[psutil.Process] = []
    try:
        yield processes
    finally:
        killed(processes)


def stopped(portal: Portal) -> list[psutil.Process]:
    """The server and all its processes, which do nothing more; its master first, so that it
    replaces none."""
    os.kill(portal.process.pid, signal.SIGSTOP)
    server = psutil.Process(portal.process.pid)
    found = [server, *server.children(recursive=True)]
    for one in found:
        with suppress(psutil.NoSuchProcess):
            one.suspend()
    return found


def killed(processes: list[psutil.Process]) -> None:
    for one in processes:
        with suppress(psutil.NoSuchProcess):
            one.kill()
