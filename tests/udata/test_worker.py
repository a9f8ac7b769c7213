"""Our jobs in a real Celery worker: what udata shows of them, and what a kill leaves."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from udata.tasks import celery

from udata_mediadb.application.actions import create_application
from udata_mediadb.application.models import Application
from udata_mediadb.authentication.keyring import current_keyring
from udata_mediadb.indexing.models import StoredSignature
from udata_mediadb.indexing.versions import versions_of
from udata_mediadb.media.describer import start_describing
from udata_mediadb.media.models import Media

from ..connections import disconnect
from ..hosts import Account
from ..hosts.udata import create_key, create_user, new_app
from ..images import jpeg
from ..leases import end_leases
from ..portal_here import new_application
from .objects import reuse
from .worker import (
    Worker,
    give_up_unacknowledged,
    has_redis,
    running_redis,
    until,
    write_settings,
)

pytestmark = pytest.mark.skipif(not has_redis, reason="redis-server is not installed")
PICTURES = 30  # so many that an import takes seconds


@dataclass
class World:
    """A udata with an administrator and an application, and a worker that is running."""

    app: Flask
    worker: Worker
    broker: str
    admin: Account
    headers: dict[str, str]
    application: str

    def send(self, name: str, **arguments: str) -> str:
        """As `udata job run --delay` and the scheduler do; the id of the task."""
        return str(celery.tasks[name].delay(**arguments).id)

    def shown(self, task: str) -> dict[str, Any]:
        """What an administrator sees of a task in udata."""
        client = self.app.test_client(use_cookies=False)
        shown: dict[str, Any] = client.get(
            f"/api/1/workers/tasks/{task}/", headers=self.headers
        ).json
        return shown

    def ended(self, task: str) -> dict[str, Any]:
        shown: dict[str, Any] = {}

        def has_ended() -> bool:
            shown.update(self.shown(task))
            return shown["status"] in ("SUCCESS", "FAILURE")

        until(has_ended)
        return shown


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One Redis for all: Celery keeps its connections for the life of this process."""
    with running_redis(tmp_path_factory.mktemp("redis")) as url:
        yield url
    celery.conf.task_always_eager = True


@pytest.fixture
def world(mongodb_uri: str, database_name: str, tmp_path: Path, broker: str) -> Iterator[World]:
    mongodb, root = f"{mongodb_uri.rstrip('/')}/{database_name}", tmp_path / "fs"
    settings = tmp_path / "settings.py"
    write_settings(settings, mongodb, str(root), broker)
    urls = {"CELERY_BROKER_URL": broker, "CELERY_RESULT_BACKEND": broker}
    app = new_app(mongodb, root, CELERY_TASK_ALWAYS_EAGER=False, **urls)
    _forget_backend()
    worker = Worker(settings, tmp_path / "worker.log")
    with app.app_context():
        admin = create_user("Root", "root@example.org", admin=True)
        mediadb = app.extensions["mediadb"]
        application = create_application(
            {"name": "Pictures"},
            mediadb.host.principal(admin.id),
            versions=versions_of(mediadb.catalogs.registry),
            keyring=current_keyring(),
        )
        try:
            worker.start()
            headers = {"X-API-KEY": create_key(admin)}
            yield World(app, worker, broker, admin, headers, application.id)
        finally:
            print(worker.said())  # shown where a test failed
            worker.stop()
    disconnect()


def _forget_backend() -> None:
    """What an earlier test of this process asked of a task is kept with its address."""
    celery._local.__dict__.pop("backend", None)
    celery._backend_cache = None


def test_a_job_says_in_udata_and_in_the_workers_log_what_it_did(world: World) -> None:
    purged = world.ended(world.send("mediadb-purge"))
    checked = world.ended(world.send("mediadb-check"))

    assert purged["status"] == "SUCCESS"
    assert purged["result"] == "0 media purged, deleted more than 30 days ago"
    assert checked["result"] == "0 media, 0 problems"
    assert checked["result"] in world.worker.said()


def test_a_job_that_fails_says_why(world: World) -> None:
    shown = world.ended(world.send("mediadb-import", application="nope"))

    assert shown["status"] == "FAILURE"
    assert "There is no application 'nope'" in shown["result"]


def test_an_import_shows_how_far_it_is_and_is_redone_when_its_process_dies(world: World) -> None:
    task = begin_import(world)
    until(lambda: world.shown(task)["status"] == "PROGRESS")
    world.worker.suspend_child()
    assert f"of {PICTURES} pictures" in world.shown(task)["result"]

    world.worker.kill_child()

    assert_imported(world, task)


def test_an_import_is_redone_by_another_worker_when_the_machine_dies(
    world: World, tmp_path: Path
) -> None:
    task = begin_import(world)
    world.worker.kill()
    other = Worker(world.worker.settings, tmp_path / "other.log")
    try:
        other.start()
        give_up_unacknowledged(world.broker)

        assert_imported(world, task)
    finally:
        print(other.said())
        other.stop()


def begin_import(world: World) -> str:
    """An import that has brought in a few of the pictures; the id of its task."""
    for seed in range(PICTURES):
        reuse(f"Map-{seed}", world.admin, jpeg(seed))
    task = world.send("mediadb-import", application=world.application)
    until(lambda: 3 < Media.objects(state="active").count() < PICTURES)
    return task


def assert_imported(world: World, task: str) -> None:
    assert Media.objects(state="active").count() < PICTURES, "it was not cut off"
    shown = world.ended(task)
    assert f"{PICTURES} pictures" in shown["result"], shown
    assert "unchanged" in shown["result"]
    assert Media.objects(state="active").count() == Media.objects.count() == PICTURES


def test_the_exam_is_sat_by_the_worker_and_tells_whether_the_search_drifts(world: World) -> None:
    fill(world, 2)
    first = world.ended(world.send("mediadb-exam", application=world.application, pictures="2"))
    again = world.ended(world.send("mediadb-exam", application="Pictures", pictures="2"))

    assert first["status"] == "SUCCESS", first
    assert first["result"].startswith("Pictures: ")
    assert "of 40 searches found" in first["result"]
    assert "found same, false hits same" in again["result"]
    lost = world.ended(world.send("mediadb-exam", application="nope"))
    assert "There is no application 'nope'" in lost["result"]


def test_what_stands_in_the_queue_is_done_by_the_worker_also_after_a_kill(world: World) -> None:
    world.app.config["MEDIADB_JOBS_IN_WEB"] = False
    world.application = new_application(world.app, world.admin, signatures=["colors"])
    media = fill(world, 2 * PICTURES)
    names = ["colors", "match"]
    Application.objects(id=world.application).update(signatures=names)
    job = start_describing(Application.objects.get(id=world.application))
    begun = "Task mediadb-work["
    until(lambda: begun in world.worker.said() and job.reload().done > 0)
    assert job.reload().state != "done", "it was not cut off"

    world.worker.kill_child()
    end_leases()

    until(lambda: job.reload().state == "done")
    keys = StoredSignature.objects(application=world.application).scalar("media", "signature")
    described = {(one, key.partition("@")[0]) for one, key in keys}
    assert described == {(one, name) for one in media for name in names}


def fill(world: World, count: int) -> list[str]:
    client = world.app.test_client(use_cookies=False)
    found = []
    for seed in range(count):
        sent = {"application": world.application, "image": (BytesIO(jpeg(seed % 8)), "a.jpg")}
        sent["duplicates"] = "allow"
        answer = client.post("/api/1/mediadb/media/", data=sent, headers=world.headers)
        assert answer.status_code == 201, answer.text
        found.append(answer.json["id"])
    return found
