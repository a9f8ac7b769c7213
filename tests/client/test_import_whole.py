"""`mediadb import ZIP --whole`: sent in parts, unpacked by the portal, whatever is killed."""

import csv
import os
import random
import signal
import subprocess
import time
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from udata_mediadb.client import MediaDB

from ..fixtures import Tenant
from ..images import jpeg
from ..portal import Portal
from .shell import MEDIADB, Shell, lines


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Of some 12 MB: three parts. A picture, two in folders, and what pads it."""
    path = tmp_path / "archive.zip"
    with zipfile.ZipFile(path, "w") as opened:
        for name, seed in (("a.jpg", 1), ("rivers/b.jpg", 2), ("rivers/old/c.jpg", 3)):
            opened.writestr(name, jpeg(seed, 160, 120))
        opened.writestr("bad.jpg", b"no picture")
        opened.writestr("__MACOSX/pad", random.Random(1).randbytes(12 << 20))
    return path


def keywords(tenant: Tenant) -> list[list[str]]:
    found = tenant.client.get("media/", params={"application": tenant.application}).json()["data"]
    return sorted(one["keywords"] for one in found)


def test_an_archive_is_sent_in_parts_and_told_item_by_item(
    shell: Shell, tenant: Tenant, archive: Path, tmp_path: Path
) -> None:
    report = tmp_path / "report.csv"
    command = ("import", str(archive), "--whole", "--keywords-from-folders", "--collection", "All")
    dry = shell(*command, "--dry-run", "--json")
    assert dry.returncode == 1, dry.stderr
    assert Counter(str(one["outcome"]) for one in lines(dry)) == {"added": 3, "failed": 1}
    assert keywords(tenant) == []
    done = shell(*command, "--report", str(report))
    assert done.returncode == 1, done.stderr  # of the bad one
    assert "3 added, 1 failed" in done.stderr
    assert keywords(tenant) == [[], ["rivers"], ["rivers", "old"]]
    with report.open() as opened:
        fates = {row["item"]: row["outcome"] for row in csv.DictReader(opened)}
    assert fates["rivers/b.jpg"] == "added"
    assert fates["bad.jpg"] == "failed"
    [collection] = lines(shell("collections", "list", "--json"))
    assert len(lines(shell("collections", "show", str(collection["id"]), "--json"))) == 3
    again = shell(*command)
    assert "It was brought in before" in again.stderr
    assert "3 added, 1 failed" in again.stderr
    assert "1 failed, 3 skipped" in shell(*command, "--anew").stderr
    assert keywords(tenant) == [[], ["rivers"], ["rivers", "old"]]
    assert shell("import", str(tmp_path), "--whole").returncode == 2
    assert shell("import", str(archive), "--whole", "--set", "title=x").returncode == 2


def test_the_client_goes_on_where_an_upload_was_broken_off(
    portal: Portal, tenant: Tenant, archive: Path
) -> None:
    with MediaDB(portal.url, key=tenant.client.key, application=tenant.application) as db:
        upload = db.uploads.begin(archive.stat().st_size, "höhe.zip")
        first = next(iter(db.uploads.send(upload, archive)))
        assert 0 < first.offset < first.length
        *_, last = db.uploads.send(upload.id, archive)
        assert last.offset == last.length == archive.stat().st_size
        *_, job = db.jobs.follow(db.imports.start(upload=upload.id))
        assert (job.state, job.counts["added"]) == ("done", 3)
        outcomes = Counter(one["outcome"] for one in db.imports.items(job))
        assert outcomes["failed"] == 1


@pytest.mark.slow
def test_killed_at_any_moment_all_of_it_is_there_once(
    shell: Shell, tenant: Tenant, archive: Path
) -> None:
    """With `add`: nothing but the note and the key keep it from coming in twice."""
    command = [*MEDIADB, "import", str(archive), "--whole", "--on-duplicate", "add", "--quiet"]
    chance, kills = random.Random(5), 0
    while kills < 8:
        process = subprocess.Popen(command, env=dict(shell.environment))
        # sooner and later in turns: what ends by itself before it is killed proves nothing
        end = time.monotonic() + 0.2 + chance.random() * 0.3 * (kills + 1)
        while process.poll() is None and time.monotonic() < end:
            time.sleep(0.01)
        if process.poll() is not None:
            break
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        kills += 1
    else:
        subprocess.run(command, env=dict(shell.environment), check=False, timeout=300)
    assert kills > 0
    assert keywords(tenant) == [[], [], []]
