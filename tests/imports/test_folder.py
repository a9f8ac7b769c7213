"""`flask mediadb import-folder`: a folder comes in once, however often it is killed."""

import csv
import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import psutil
import pytest

from udata_mediadb.media.models import ACTIVE, PENDING, Media
from udata_mediadb.mongo.clock import now

from ..fixtures import Tenant
from ..images import jpeg
from ..permissions import OBEDIENT
from ..portal import APP, REPOSITORY, Portal
from ..waiting import eventually

COUNT = 12


def started(portal: Portal, *arguments: str, before: Sequence[str] = ()) -> "subprocess.Popen[str]":
    """`flask mediadb …` in a process of its own."""
    command = [*before, sys.executable, "-m", "flask", "--app", APP, "mediadb", *arguments]
    return subprocess.Popen(
        command,
        env=portal.environment,
        cwd=REPOSITORY,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def flask(
    portal: Portal, *arguments: str, before: Sequence[str] = ()
) -> "subprocess.CompletedProcess[str]":
    process = started(portal, *arguments, before=before)
    out, err = process.communicate(timeout=300)
    return subprocess.CompletedProcess(arguments, process.returncode, out, err)


def folder_of(root: Path) -> Path:
    for n in range(COUNT):
        path = root / "photos" / f"year {1900 + n % 3}" / f"{n}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(jpeg(n, 320, 240))
    (root / "photos" / "readme.txt").write_text("no picture")
    (root / "photos" / "broken.jpg").write_bytes(b"broken")
    (root / "photos" / "link.jpg").symlink_to(root / "photos" / "broken.jpg")
    return root / "photos"


def test_a_folder_comes_in_with_its_folders_as_keywords(
    own_portal: Portal, own_tenant: Tenant, tmp_path: Path
) -> None:
    folder, report = folder_of(tmp_path), tmp_path / "report.csv"
    line = ("import-folder", str(folder), "--application", own_tenant.application)
    named = {"application": own_tenant.application, "name": "All"}
    collection = own_tenant.client.post("collections/", json=named).json()["id"]

    dry = flask(own_portal, *line, "--dry-run")
    nothing = own_tenant.client.get("media/").json()["total"]
    first = flask(
        own_portal,
        *line,
        "--keywords-from-folders",
        "--report",
        str(report),
        "--collection",
        collection,
    )
    again = flask(own_portal, *line, "--processes", "1")

    assert nothing == 0
    assert f"{COUNT} added, 1 failed, 2 ignored (dry run)" in dry.stdout, dry.stderr
    assert f"{COUNT} added, 1 failed, 2 ignored" in first.stdout, first.stderr
    assert "broken.jpg" in first.stderr
    assert first.returncode == 1
    assert f"1 failed, 2 ignored, {COUNT} skipped" in again.stdout, again.stderr
    assert len(report.read_text().splitlines()) == COUNT + 4
    assert 'link.jpg,ignored,,"a link, no file"' in report.read_text()
    listed = own_tenant.client.get("media/", params={"keyword": "year 1901"}).json()
    assert listed["total"] == COUNT / 3
    assert own_tenant.client.get(f"collections/{collection}/media/").json()["total"] == COUNT
    assert own_portal.flask("check").returncode == 0


def test_what_is_hidden_or_cannot_be_read_is_named_in_the_report(
    own_portal: Portal, own_tenant: Tenant, tmp_path: Path
) -> None:
    folder, report = tmp_path / "photos", tmp_path / "report.csv"
    for seed, name in enumerate(("a.jpg", ".b.jpg", ".old/c.jpg", "locked/d.jpg", "listed/e.jpg")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(jpeg(seed, 160, 120))
    (folder / "circle").symlink_to("circle")
    (folder / "up").symlink_to("..")
    os.mkfifo(folder / "pipe.png")
    line = ("import-folder", str(folder), "--application", own_tenant.application)
    line = (*line, "--processes", "1", "--report", str(report))
    modes = {"locked": 0o000, "listed": 0o600}
    try:
        for name, mode in modes.items():
            (folder / name).chmod(mode)
        first = flask(own_portal, *line, before=OBEDIENT)
    finally:
        for name in modes:
            (folder / name).chmod(0o700)

    assert first.returncode == 1, first.stderr
    denied, hidden = "cannot be read: permission denied", "hidden: its name, or that of a folder"
    said = {item: (outcome, reason) for item, outcome, reason in rows(report)}
    assert said.pop("a.jpg") == ("added", "")
    for name in ("locked", "listed/e.jpg"):
        assert said.pop(name) == ("failed", denied)
    for name in (".b.jpg", ".old"):
        assert said.pop(name) == ("ignored", f"{hidden}, begins with a dot")
    assert {outcome for outcome, _ in said.values()} == {"ignored"}
    assert set(said) == {"circle", "up", "pipe.png"}
    again = flask(own_portal, *line, "--hidden")
    assert again.returncode == 0, again.stderr
    added = sorted(item for item, outcome, _ in rows(report) if outcome == "added")
    assert added == [".b.jpg", ".old/c.jpg", "listed/e.jpg", "locked/d.jpg"]


def rows(report: Path) -> list[tuple[str, str, str]]:
    with report.open(newline="") as opened:
        return [(row["item"], row["outcome"], row["reason"]) for row in csv.DictReader(opened)]


def test_who_is_killed_and_runs_again_loses_nothing_and_stores_nothing_twice(
    own_portal: Portal, own_tenant: Tenant, tmp_path: Path
) -> None:
    folder = folder_of(tmp_path)
    line = ("import-folder", str(folder), "--application", own_tenant.application)
    kills = 0
    with own_portal.app.app_context():
        for is_time in (_describes, lambda _process: Media.objects.first() is not None):
            process = started(own_portal, *line, "--processes", "1")
            eventually(lambda: process.poll() is not None or is_time(process))  # noqa: B023
            kills += process.poll() is None
            process.kill()
            process.communicate()
        give_up_what_is_pending()

    flask(own_portal, *line)

    assert kills > 0
    listed = own_tenant.client.get("media/", params={"page_size": "100"}).json()
    assert listed["total"] == COUNT
    assert len({one["sha256"] for one in listed["data"]}) == COUNT


def _describes(process: "subprocess.Popen[str]") -> bool:
    """Whether the processes that describe are there."""
    return bool(psutil.Process(process.pid).children())


@pytest.mark.slow
@pytest.mark.xdist_group("kills")
def test_a_group_whose_writing_was_killed_comes_in_whole(
    own_portal: Portal, own_tenant: Tenant, tmp_path: Path
) -> None:
    folder, count, kills = tmp_path / "photos", 0, 0
    folder.mkdir()
    line = ("import-folder", str(folder), "--application", own_tenant.application)

    while kills < 2:
        for n in range(count, count + 150):
            (folder / f"{n}.jpg").write_bytes(jpeg(n, 64, 48))
        count += 150
        kills += killed_while_writing(own_portal, *line)
    said = flask(own_portal, *line)

    assert said.returncode == 0, said.stderr
    with own_portal.app.app_context():
        media = list(Media.objects(application=own_tenant.application))
    assert [one.state for one in media] == [ACTIVE] * count
    assert len({one.sha256 for one in media}) == count
    assert own_portal.flask("check", "--deep").returncode == 0


def killed_while_writing(portal: Portal, *line: str) -> bool:
    """Kill -9 where a group is pending; then let the time pass after which it is given up.

    Whether the kill came in time: what is pending is written in a moment.
    """
    begin, process = now(), started(portal, *line)
    with portal.app.app_context():
        young = Media.objects(state=PENDING, created_at__gt=begin)
        eventually(lambda: young.clone().only("id").first() or process.poll() is not None)
        children = psutil.Process(process.pid).children(recursive=True)
        process.kill()
        process.communicate()
        eventually(lambda: not any(one.is_running() for one in children))
        return give_up_what_is_pending() > 0


def give_up_what_is_pending() -> int:
    """As if the time were over that its writer has; how many they are."""
    given_up = Media.objects(state=PENDING).update(created_at=now() - timedelta(minutes=1))
    return int(given_up)
