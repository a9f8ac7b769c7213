"""`mediadb exam` and `mediadb jobs` as processes of their own, on a real portal."""

import signal
import subprocess
import sys
from pathlib import Path

import numpy as np

from ..fixtures import Tenant
from ..images import encoded, jpeg
from .shell import MEDIADB, Shell, lines

# What a shell starts in the background ignores interrupts, and so do its children.
HEARING = [
    *(sys.executable, "-c"),
    "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL);"
    "os.execv(sys.argv[1], sys.argv[1:])",
]
FEW = ("exam", "--pictures", "4", "--attacks", "crop_50,mirrored", "--seed", "3")


def fill(tenant: Tenant, seeds: tuple[int, ...] = (51, 52, 53)) -> None:
    for seed in seeds:
        tenant.client.add(tenant.application, jpeg(seed))
    smooth = np.full((300, 400, 3), (120, 80, 40), np.uint8)
    tenant.client.add(tenant.application, encoded(smooth, "PNG"))


def test_an_exam_tells_what_is_found_and_stops_a_pipeline(
    shell: Shell, tenant: Tenant, tmp_path: Path
) -> None:
    fill(tenant)
    page = tmp_path / "exam.html"
    done = shell(*FEW, "--least", "0.9", "--html", str(page))

    assert done.returncode == 3, done.stderr
    assert "0.8750 is less than 0.9" in done.stderr
    for word in ("4 of 4 pictures, 8 searches, seed 3", "found", "(7 of 8; 95 % between",
                 "crop", "turn", "false accepts", "a search takes", "lost at          1 texture",
                 "min_score="):  # fmt: skip
        assert word in done.stdout, word
    html = page.read_text(encoding="utf-8")
    assert html.startswith("<!doctype html>")
    assert "data:image/jpeg;base64," in html
    [last] = lines(shell("exam", "--last", "--least", "0.5", "--json"))
    assert last["result"]["recall"]["count"] == 7  # type: ignore[index]
    again = shell("exam", "--last")
    assert (again.returncode, again.stdout) == (0, done.stdout)


def test_who_stops_looking_stops_no_exam(shell: Shell, tenant: Tenant) -> None:
    fill(tenant)
    process = subprocess.Popen(
        [*HEARING, *MEDIADB, "exam"],  # all it can ask: longer than it takes to be looked at
        stderr=subprocess.PIPE, stdout=subprocess.PIPE, env=dict(shell.environment), text=True,
    )  # fmt: skip
    assert process.stderr is not None
    assert "to interrupt this does not end it" in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=300)
    [job] = lines(shell("jobs", "list", "--kind", "exam", "--json"))

    assert process.returncode == 130
    assert f"mediadb exam --job {job['id']}" in said
    done = shell("exam", "--job", str(job["id"]), "--json")
    assert done.returncode == 0, done.stderr
    assert lines(done)[0]["id"] == job["arguments"]["exam"]  # type: ignore[index]
    assert "done  4 of 4" in shell("jobs", "show", str(job["id"])).stdout


def test_a_job_is_paused_resumed_and_cancelled(shell: Shell, tenant: Tenant) -> None:
    fill(tenant, ())
    many = {"application": tenant.application, "pictures": 1}
    with_job = tenant.client.post("exams/", json=many).json()["id"]

    if shell("jobs", "pause", with_job).returncode == 0:  # on a quick machine it has ended
        assert shell("jobs", "resume", with_job).returncode == 0
        shell("jobs", "cancel", with_job)
    ended = lines(shell("jobs", "show", with_job, "--json"))[0]["state"]
    assert ended in ("done", "cancelled")
    assert shell("jobs", "pause", with_job).returncode == 1
    watched = shell("exam", "--job", with_job)
    assert watched.returncode == (0 if ended == "done" else 1), watched.stderr
    assert lines(shell("jobs", "show", with_job, "--failures", "--json")) == []


def test_wrong_use_begins_no_exam(shell: Shell, tenant: Tenant) -> None:
    for arguments in (("--last", "--seed", "3"), ("--pictures", "0"), ("--attacks", "sharks"),
                      ("--rate", "2"), ("--last", "--job", "x"), ("--least", "95")):  # fmt: skip
        assert shell("exam", *arguments).returncode == 2, arguments
    assert shell("exam", "--last").returncode == 1
    assert lines(shell("jobs", "list", "--json")) == []
