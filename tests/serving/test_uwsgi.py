"""The portal in uWSGI: which forks without Python's hooks, and may run no threads."""

import json
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
import requests
from flask import Flask
from pymongo import MongoClient

from udata_mediadb.jobs.models import DONE, Job
from udata_mediadb.jobs.queue import enqueue
from udata_mediadb.media.renaming import NAME

from ..connections import disconnect
from ..hosts import current_host
from ..images import jpeg
from ..portal import REPOSITORY, Client, create_app, end, wait_for
from ..portal_here import new_application
from ..ports import free_port
from ..waiting import eventually

UWSGI = shutil.which("uwsgi", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
pytestmark = [
    pytest.mark.server,
    pytest.mark.slow,
    pytest.mark.xdist_group("kills"),
    pytest.mark.skipif(UWSGI is None, reason="pyuwsgi is not installed"),
]
APP = "from tests.portal import create_app\napp = create_app()\n"
# what each worker is asked for is not said: enough for both to have answered some
OFTEN = 20


@dataclass
class Served:
    client: Client
    app: Flask
    application: str
    master: psutil.Process


@contextmanager
def served(mongodb_uri: str, folder: Path, options: Sequence[str]) -> Iterator[Served]:
    """A portal in uWSGI, and somebody with an application there."""
    name, port = f"mediadb_test_{secrets.token_hex(6)}", free_port()
    (folder / "portal_in_uwsgi.py").write_text(APP)
    environment = {
        **os.environ,
        "PYTHONPATH": f"{REPOSITORY}{os.pathsep}{folder}",
        "PROMETHEUS_MULTIPROC_DIR": str(folder / "counts"),
        "TEST_MONGODB": f"{mongodb_uri.rstrip('/')}/{name}",
        "TEST_FS_ROOT": str(folder / "files"),
        "TEST_SETTINGS": json.dumps({"MEDIADB_JOBS_LOOK_EVERY_S": 1}),
    }
    command = [
        *(str(UWSGI), "--http-socket", f"127.0.0.1:{port}", "--master", "--need-app"),
        *("--enable-threads", "--die-on-term", "--disable-logging"),
        *("--home", sys.prefix, "--module", "portal_in_uwsgi:app", *options),
    ]
    process = subprocess.Popen(command, env=environment, cwd=REPOSITORY)
    try:
        url = f"http://127.0.0.1:{port}"
        wait_for(url, process)
        disconnect()
        with (app := create_app(environment)).app_context():
            user = current_host().create_user("Ada", "ada@example.org")
            client = Client(f"{url}/api/1/mediadb/", current_host().create_key(user))
            application = new_application(app, user)
            yield Served(client, app, application, psutil.Process(process.pid))
    finally:
        _end(process)
        disconnect()
        with MongoClient(mongodb_uri) as mongodb:
            mongodb.drop_database(name)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """With its workers, which outlive a master that is killed."""
    children = psutil.Process(process.pid).children() if process.poll() is None else []
    end(process)
    for one in psutil.wait_procs(children, timeout=10)[1]:
        one.kill()


@pytest.mark.parametrize(
    "options",
    [
        ("--processes", "1"),
        ("--processes", "2", "--threads", "2"),
        ("--processes=1", "--lazy-apps"),
    ],
)
def test_what_killed_workers_left_is_done_before_anybody_asks(
    mongodb_uri: str, tmp_path: Path, options: tuple[str, ...]
) -> None:
    with served(mongodb_uri, tmp_path, options) as portal:
        workers = portal.master.children()
        for one in workers:
            one.suspend()
        arguments = {"keywords": ["a"], "to": "b"}
        job = enqueue(NAME, application=portal.application, arguments=arguments)
        for one in workers:
            one.kill()
        eventually(lambda: Job.objects.get(id=job.id).state == DONE)


def test_its_workers_find_what_each_other_stored_and_count_together(
    mongodb_uri: str, tmp_path: Path
) -> None:
    with served(mongodb_uri, tmp_path, ("--processes", "2", "--threads", "2")) as portal:
        media = portal.client.add(portal.application, jpeg(1))["id"]
        for _ in range(OFTEN):
            hits = portal.client.post("search/", files={"image": jpeg(1)}).json()["data"]
            assert [hit["media"]["id"] for hit in hits] == [media]

        told = requests.get(f"{portal.client.api}metrics/", timeout=300).text

    assert "mediadb_metrics_shared 1.0" in told
    labels = 'code="200",method="POST",route="/api/1/mediadb/search/"'
    assert f"mediadb_requests_total{{{labels}}} {OFTEN}.0" in told


# of a uWSGI such as 2.0.21 without its option; newer ones always have them
WITHOUT_THREADS = """
import sys, types
sys.modules["uwsgi"] = uwsgi = types.ModuleType("uwsgi")
uwsgi.has_threads, uwsgi.worker_id = 0, lambda: 0
from tests.portal import create_app
create_app()
"""


def test_without_threads_it_is_refused(mongodb_uri: str, tmp_path: Path) -> None:
    environment = {**os.environ, "TEST_MONGODB": mongodb_uri, "TEST_FS_ROOT": str(tmp_path)}

    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_THREADS],
        env=environment,
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )

    # udata goes on without a plugin that does not start
    assert "Misconfigured: This uWSGI runs no threads" in done.stderr
    assert "--enable-threads" in done.stderr
