"""Describing by signatures that came later is a job that machines share, and that people steer."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from udata_mediadb.indexing.models import LogEntry, StoredSignature
from udata_mediadb.jobs.models import Job
from udata_mediadb.jobs.running import Runner
from udata_mediadb.media import describer, stretches
from udata_mediadb.media.describing_job import DESCRIBING, HELP, HELPING
from udata_mediadb.media.models import Media

from ..images import jpeg
from ..leases import end_leases
from ..portal_here import PortalHere, new_application, portal_here
from ..waiting import eventually

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("kills")]
LATER = ["colors", "match"]
MANY = 130  # four stretches and a bit


@pytest.fixture
def uri(mongodb_uri: str, database_name: str) -> str:
    return f"{mongodb_uri.rstrip('/')}/{database_name}"


@pytest.fixture
def here(uri: str, tmp_path: Path) -> Iterator[PortalHere]:
    """An application with colors alone, in a portal whose requests do no jobs."""
    with portal_here(uri, tmp_path / "files", MEDIADB_JOBS_IN_WEB=False) as portal:
        portal.application = new_application(portal.app, portal.user, signatures=["colors"])
        yield portal


def fill(here: PortalHere, count: int) -> list[str]:
    return [here.add(jpeg(seed % 8), duplicates="allow")["id"] for seed in range(count)]


def ask_for_more(here: PortalHere) -> Job:
    path = f"applications/{here.application}/"
    assert here.put(path, json={"signatures": LATER}).status_code == 200
    with here.app.app_context():
        found: Job = Job.objects(kind=DESCRIBING.name).order_by("-created_at").first()
    return found


@contextmanager
def machines(uri: str, root: Path, count: int = 2) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Workers, each with indexes of its own."""
    running: list[subprocess.Popen[bytes]] = []
    try:
        for number in range(count):
            settings = {"MEDIADB_INDEX_ROOT": str(root / f"index-{number}")}
            environment = {**os.environ, "TEST_MONGODB": uri, "TEST_FS_ROOT": str(root / "files")}
            environment["TEST_SETTINGS"] = json.dumps(settings)
            command = [sys.executable, "-m", "flask", "--app", "tests.portal", "mediadb", "worker"]
            running.append(subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL))
        yield running
    finally:
        for process in running:
            process.kill()
            process.wait()


def is_up(process: "subprocess.Popen[bytes]") -> bool:
    """Whether it asks MongoDB for jobs."""
    return bool(psutil.Process(process.pid).net_connections())


def logged(application: str) -> Counter[str]:
    """How often each picture was added to the log, from which indexes learn of it."""
    entries = LogEntry.objects(id__startswith=application, op="add")
    return Counter(one for entry in entries for one in entry.media)


def require_all_described(here: PortalHere, media: list[str]) -> None:
    keys = StoredSignature.objects(application=here.application).scalar("media", "signature")
    names = Counter((one, key.partition("@")[0]) for one, key in keys)
    assert names == Counter((one, name) for one in media for name in LATER)


@pytest.mark.slow
def test_two_machines_share_one_backfill_and_none_is_described_twice(
    here: PortalHere, uri: str, tmp_path: Path
) -> None:
    media = fill(here, MANY)
    job = ask_for_more(here)
    before = logged(here.application)
    helped = set()

    def is_done() -> bool:
        helped.update(Job.objects(kind=HELPING, state="running").scalar("worker"))
        return bool(job.reload().state == "done")

    path = f"jobs/{job.id}/"
    assert here.request("PATCH", path, json={"action": "pause"}).json["state"] == "paused"
    with machines(uri, tmp_path) as processes:
        # one may be there long before the other, and would do it alone
        eventually(lambda: all(map(is_up, processes)))
        assert here.request("PATCH", path, json={"action": "resume"}).json["state"] == "queued"
        eventually(is_done)

    assert helped, "the second machine had nothing to do"
    assert (job.total, job.done) == (MANY, MANY)
    assert logged(here.application) - before == Counter(media), "each was described once"
    require_all_described(here, media)
    assert here.get("status/").json["applications"][0]["describing"] == {}
    assert stretches.Stretch.objects.count() == 0


@pytest.mark.slow
def test_machines_that_are_killed_leave_nothing_undone(
    here: PortalHere, uri: str, tmp_path: Path
) -> None:
    media = fill(here, MANY)
    job = ask_for_more(here)
    for _ in range(3):
        described = StoredSignature.objects(application=here.application).count()
        with machines(uri, tmp_path) as processes:
            eventually(
                lambda described=described: (
                    StoredSignature.objects(application=here.application).count() > described
                    or job.reload().state == "done"
                )
            )
            for process in processes:
                process.send_signal(signal.SIGKILL)
                process.wait()
        end_leases()
    with machines(uri, tmp_path):
        eventually(lambda: job.reload().state == "done")

    assert job.done == MANY
    require_all_described(here, media)
    assert here.command("check")[0] == 0


def run_here(here: PortalHere) -> None:
    with here.app.app_context():
        Runner({kind.name: kind for kind in (DESCRIBING, HELP)}).run_free()


def test_what_cannot_be_described_is_named_and_ends_nothing(here: PortalHere) -> None:
    lost, damaged, whole = fill(here, 3)
    folder = Path(here.app.config["FS_ROOT"])
    for path in folder.rglob(f"{lost}/original"):
        path.unlink()
    for path in folder.rglob(f"{damaged}/original"):
        path.write_bytes(b"no picture")
    job = ask_for_more(here)

    run_here(here)

    shown = here.get(f"jobs/{job.id}/").json
    assert (shown["state"], shown["done"], shown["failed"]) == ("done", 3, 2)
    reasons = {one["item"]: one["error"] for one in shown["failures"]}
    assert reasons[lost] == "original-missing"
    assert set(reasons) == {lost, damaged}
    names = StoredSignature.objects(media=whole).scalar("signature")
    assert {one.partition("@")[0] for one in names} == set(LATER)


def test_it_is_paused_goes_on_and_is_cancelled_for_good(
    here: PortalHere, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(describer, "LOOK_EVERY_S", 0.0)
    media = fill(here, 3)
    job = ask_for_more(here)
    path = f"jobs/{job.id}/"
    assert here.request("PATCH", path, json={"action": "pause"}).json["state"] == "paused"
    assert here.get("status/").status_code == 200  # what begins it wherever it is needed
    run_here(here)
    assert StoredSignature.objects(application=here.application).count() == 3

    assert here.request("PATCH", path, json={"action": "cancel"}).json["state"] == "cancelled"
    assert here.get("status/").status_code == 200
    run_here(here)
    assert Job.objects(kind=DESCRIBING.name).count() == 1
    assert StoredSignature.objects(application=here.application).count() == 3

    assert here.command("reindex")[0] == 0, "who says so begins it again"
    require_all_described(here, media)


def test_a_signature_that_was_taken_away_is_forgotten(here: PortalHere) -> None:
    media = fill(here, 2)
    ask_for_more(here)
    run_here(here)
    require_all_described(here, media)
    here.put(f"applications/{here.application}/", json={"signatures": ["match"]})
    run_here(here)
    keys = StoredSignature.objects(application=here.application).scalar("signature")
    assert {one.partition("@")[0] for one in keys} == {"match"}


def test_stretches_are_taken_once_and_taken_over_from_who_died(
    here: PortalHere, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [f"{number:02}" for number in range(5)]

    def cut(after: str) -> list[str]:
        return [one for one in ids if one > after][:2]

    with here.app.app_context():
        held = [stretches.take("sweep", cut) for _ in range(4)]
        assert [(one.after, one.last) for one in held if one] == [
            ("", "01"),
            ("01", "03"),
            ("03", "04"),
        ]
        assert held[3] is None
        for one in held[:2]:
            one.end()  # type: ignore[union-attr]
        assert (stretches.done_in("sweep"), stretches.are_open("sweep")) == (4, True)
        assert stretches.take("sweep", cut) is None, "somebody is at the last one"
        held[2].let_go()  # type: ignore[union-attr]
        monkeypatch.setattr(stretches, "_IN_A_WHILE", {"$subtract": ["$$NOW", 1]})
        assert stretches.take("sweep", cut) is not None
        time.sleep(0.01)
        again = stretches.take("sweep", cut)  # whose lease has ended
        assert again is not None
        again.end()
        assert (stretches.done_in("sweep"), stretches.are_open("sweep")) == (5, False)
        assert Media.objects.count() == 0
