"""Jobs, done in this process: progress, failures, pause, resume, cancel, taking turns."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from udata_mediadb.errors import NotFound
from udata_mediadb.jobs import queue
from udata_mediadb.jobs.kinds import JobKind, Step, Task
from udata_mediadb.jobs.models import Job, JobFailure
from udata_mediadb.jobs.running import Runner
from udata_mediadb.mongo.documents import durable

from ..hosts import current_host
from ..portal_here import PortalHere, portal_here
from .counting import counting, unavailable


@dataclass
class World:
    here: PortalHere
    runner: Runner

    def enqueue(self, **arguments: Any) -> Job:
        given = {"last": 5, **arguments}
        return queue.enqueue("counting", application=self.here.application, arguments=given)

    def shown(self, job: Job) -> dict[str, Any]:
        answer = self.here.get(f"jobs/{job.id}/")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json
        return found

    def steer(self, job: Job, **properties: str) -> Any:
        return self.here.request("PATCH", f"jobs/{job.id}/", json=properties)


@pytest.fixture
def world(mongodb_uri: str, database_name: str, tmp_path: Path) -> Iterator[World]:
    uri = mongodb_uri.rstrip("/") + f"/{database_name}"
    with portal_here(uri, tmp_path) as here:
        kinds = [counting(), JobKind("unavailable", "Waiting", unavailable)]
        yield World(here, Runner({kind.name: kind for kind in kinds}))


def test_a_job_tells_how_far_it_came_and_what_failed(world: World) -> None:
    job = world.enqueue(failing=[2, 4])
    assert world.shown(job)["state"] == "queued"

    assert world.runner.run_free() == 1

    shown = world.shown(job)
    assert (shown["state"], shown["total"], shown["done"], shown["failed"]) == ("done", 5, 5, 2)
    assert (shown["progress"], shown["counts"]) == (1.0, {"counted": 5})
    assert (shown["result"], shown["application"]) == ({"last": 5}, world.here.application)
    assert [one["item"] for one in shown["failures"]] == ["2", "4"]
    assert shown["failures"][0]["reason"] == "it cannot be counted"
    pages = world.here.get(f"jobs/{job.id}/failures/?page_size=1").json
    assert (pages["total"], pages["data"][0]["item"]) == (2, "2")


def test_a_running_job_has_a_rate_and_an_end(world: World) -> None:
    seen = []

    def steps(task: Task) -> Iterator[Step]:
        for _ in range(3):
            time.sleep(0.05)
            yield Step(cursor=1, done=10, total=100)
            seen.append(world.shown(job))

    job = queue.enqueue("slow", application=world.here.application)
    Runner({"slow": JobKind("slow", "Slow", steps)}).run_one()

    assert [one["done"] for one in seen] == [10, 20, 30]
    assert 0 < seen[-1]["rate"] < 200
    assert seen[-1]["ends_at"] > seen[-1]["started_at"]
    assert seen[-1]["progress"] == 0.3


@pytest.mark.parametrize(
    ("pausing", "resuming"),
    [({"action": "pause"}, {"action": "resume"}), ({"state": "paused"}, {"state": "running"})],
)
def test_a_paused_job_goes_on_where_it_was(
    world: World, pausing: dict[str, str], resuming: dict[str, str]
) -> None:
    def steps(task: Task) -> Iterator[Step]:
        for number in range(task.cursor or 0, 4):
            if number == 2 and task.cursor is None:
                assert world.steer(job, **pausing).json["state"] == "paused"
            yield Step(cursor=number + 1, done=1)

    runner = Runner({"pausing": JobKind("pausing", "Pausing", steps)})
    job = queue.enqueue("pausing", application=world.here.application)

    runner.run_free()
    assert (world.shown(job)["state"], world.shown(job)["done"]) == ("paused", 3)
    assert not runner.run_one()

    assert world.steer(job, **resuming).json["state"] == "queued"
    runner.run_free()
    assert (world.shown(job)["state"], world.shown(job)["done"]) == ("done", 4)


def test_a_cancelled_job_ends_and_stays_ended(world: World) -> None:
    job = world.enqueue()

    assert world.steer(job, action="cancel").json["state"] == "cancelled"
    assert world.steer(job, action="cancel").status_code == 200
    assert not world.runner.run_one()

    assert world.shown(job)["done"] == 0
    assert world.steer(job, action="resume").status_code == 409
    assert world.steer(job, action="pause").status_code == 409
    assert world.steer(job, action="stop").status_code == 400
    assert world.steer(job).status_code == 400


def test_only_one_of_a_kind_is_unfinished(world: World) -> None:
    one = queue.enqueue("counting", arguments={"last": 1}, only_one="the same")
    assert queue.enqueue("counting", arguments={"last": 1}, only_one="the same").id == one.id

    world.runner.run_free()

    assert queue.enqueue("counting", arguments={"last": 1}, only_one="the same").id != one.id


def test_what_is_away_is_tried_again_later(world: World, tmp_path: Path) -> None:
    file = tmp_path / "there"
    job = queue.enqueue("unavailable", arguments={"file": str(file)})

    assert world.runner.run_one()
    job.reload()
    assert (job.state, job.message) == ("queued", "The file is not there yet.")
    assert not world.runner.run_one()  # not at once

    file.touch()
    durable(Job).update_one({"_id": job.id}, {"$unset": {"not_before": 1}})
    world.runner.run_free()
    assert job.reload().state == "done"


def test_a_job_that_kills_its_workers_fails_in_the_end(world: World) -> None:
    job = world.enqueue()
    for number in range(queue.ATTEMPTS):
        assert queue.claim(["counting"], f"worker {number}", lease_s=-1) is not None

    world.runner.run_free()

    assert world.shown(job)["state"] == "failed"
    assert "12 times" in world.shown(job)["message"]


@pytest.mark.parametrize("error", [NotFound("It is gone."), KeyError("a bug")])
def test_an_error_ends_the_job_and_not_the_worker(world: World, error: Exception) -> None:
    def steps(task: Task) -> Iterator[Step]:
        yield Step(cursor=1, done=1)
        raise error

    job = queue.enqueue("broken", application=world.here.application)
    Runner({"broken": JobKind("broken", "Broken", steps)}).run_free()

    shown = world.shown(job)
    assert (shown["state"], shown["done"]) == ("failed", 1)
    assert shown["message"] in ("It is gone.", "KeyError: it is in the log")


def test_who_lost_the_lease_changes_nothing(world: World) -> None:
    job = world.enqueue()
    assert queue.claim(["counting"], "first", lease_s=-1)
    assert queue.claim(["counting"], "second", lease_s=60)

    assert not queue.keep_step(job.id, "first", Step(cursor=3, done=3), None)
    queue.end(job.id, "first")

    job.reload()
    assert (job.state, job.worker, job.done) == ("running", "second", 0)
    assert queue.claim(["counting"], "third") is None


def test_jobs_take_turns(world: World) -> None:
    turns: list[str] = []

    def steps(task: Task) -> Iterator[Step]:
        for number in range(task.cursor or 0, 3):
            turns.append(task.arguments["name"])
            yield Step(cursor=number + 1, done=1)

    for name in "ab":
        queue.enqueue("turns", arguments={"name": name})
    Runner({"turns": JobKind("turns", "Turns", steps)}, slice_s=0).run_free()

    assert "".join(turns) == "ababab"


def test_jobs_of_others_are_neither_listed_nor_steered(world: World) -> None:
    job, portals = world.enqueue(), queue.enqueue("counting")
    with world.here.app.app_context():
        stranger = current_host().create_user("eve", "eve@example.org")
        headers = {"X-API-KEY": current_host().create_key(stranger)}

    assert world.here.get("jobs/").json["total"] == 1
    assert world.here.get(f"jobs/{portals.id}/").status_code == 404
    assert world.here.get("jobs/", headers=headers).json["total"] == 0
    for method in ("GET", "PATCH"):
        path, sent = f"jobs/{job.id}/", {"action": "cancel"} if method == "PATCH" else None
        answer = world.here.request(method, path, json=sent, headers=headers)
        assert answer.status_code == 404
    assert job.reload().state == "queued"


def test_a_list_is_narrowed_by_kind_and_state(world: World) -> None:
    world.enqueue()
    world.runner.run_free()
    world.enqueue()

    named = f"jobs/?application={world.here.application}"
    assert world.here.get(named).json["total"] == 2
    assert world.here.get(f"{named}&state=done").json["total"] == 1
    assert world.here.get(f"{named}&kind=other").json["total"] == 0
    assert world.here.get(f"{named}&state=asleep").status_code == 400


def test_the_jobs_of_an_application_go_with_it(world: World) -> None:
    job = world.enqueue(failing=[1])
    world.runner.run_free()

    assert world.here.delete(f"applications/{world.here.application}/").status_code == 204

    assert Job.objects(id=job.id).first() is None
    assert JobFailure.objects(job=job.id).count() == 0
