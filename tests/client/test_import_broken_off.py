"""`mediadb import` whose portal goes away, refuses, or whose report cannot be written."""

import csv
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from udata_mediadb.client import MediaDBClientError, TooManyRequests, Unreachable
from udata_mediadb.client.command.importing import patience
from udata_mediadb.client.command.importing.patience import Patience, ends_all
from udata_mediadb.client.command.program import mediadb

from ..fixtures import Tenant
from ..images import jpeg
from .shell import MEDIADB, Shell
from .stored import media
from .turns import answering


def test_a_report_is_replaced_when_the_new_one_is_whole(
    shell: Shell, tenant: Tenant, folder: Path, tmp_path: Path
) -> None:
    report = tmp_path / "out" / "report.csv"
    report.parent.mkdir()
    report.write_text("of last week")
    line = ("import", str(folder), "--report", str(report))

    assert shell(*line, "--set", "licence=no-such-licence").returncode == 1
    assert report.read_text().startswith("item,outcome")
    report.write_text("of last week")
    assert shell(*line, MEDIADB_URL="http://127.0.0.1:9").returncode == 2, "another portal"
    assert shell(*line, "--anew", MEDIADB_URL="http://127.0.0.1:9").returncode == 5
    assert report.read_text() == "of last week"
    assert [one.name for one in report.parent.iterdir()] == ["report.csv"]
    assert shell(*line, "--anew").returncode == 0
    with report.open(newline="") as opened:
        assert len(list(csv.DictReader(opened))) == 6


def test_a_report_that_cannot_be_written_is_said_before_anything_is_sent(
    shell: Shell, tenant: Tenant, folder: Path, tmp_path: Path
) -> None:
    done = shell("import", str(folder), "--report", str(tmp_path / "nowhere" / "report.csv"))

    assert (done.returncode, "report.csv" in done.stderr) == (1, True), done.stderr
    assert media(tenant) == []


def test_a_report_goes_to_standard_output_by_itself(shell: Shell, folder: Path) -> None:
    done = shell("import", str(folder), "--report", "-")
    assert done.stdout.startswith("item,outcome,media,reason")
    assert shell("import", str(folder), "--report", "-", "--json").returncode == 2


def test_a_page_of_an_exam_that_cannot_be_written_is_said_before_it(
    shell: Shell, tenant: Tenant, tmp_path: Path
) -> None:
    done = shell("exam", "--html", str(tmp_path / "nowhere" / "exam.html"))

    assert (done.returncode, "exam.html" in done.stderr) == (1, True), done.stderr
    assert shell("exam", "--last").stderr.startswith("There is no exam")


def test_a_key_that_is_revoked_meanwhile_ends_it_and_says_how_far_it_came(
    tmp_path: Path,
) -> None:
    """Not one failure for each of the ten thousand that are left."""
    for number in range(20):
        (tmp_path / f"{number:02}.jpg").write_bytes(jpeg(number, 60, 40))
    statuses: list[int | None] = [201, 201, *[401] * 18]
    bodies = [{"id": "a"}, {"id": "b"}, {"message": "The key was revoked.", "status": 401}]
    with answering(statuses, *bodies) as (url, seen):
        line = ["import", str(tmp_path), "--workers", "1"]
        done = CliRunner().invoke(mediadb, line, env={"MEDIADB_URL": url, "MEDIADB_KEY": "k"})

    assert done.exit_code == 4
    assert len(seen) < 10
    assert "revoked" in done.stderr
    assert "Broken off after 2 of 20 pictures" in done.stderr


@pytest.mark.parametrize("status", [423, 507])
def test_a_portal_that_takes_nothing_ends_it(tmp_path: Path, status: int) -> None:
    for number in range(9):
        (tmp_path / f"{number}.jpg").write_bytes(jpeg(number, 60, 40))
    told = {"message": "Not now.", "error": "read-only" if status == 423 else "storage-full"}
    with answering([status] * 9, told) as (url, seen):
        line = ["import", str(tmp_path), "--workers", "1"]
        done = CliRunner().invoke(mediadb, line, env={"MEDIADB_URL": url, "MEDIADB_KEY": "k"})

    assert (done.exit_code, len(seen) < 9) == (5, True), done.stderr


def test_a_portal_that_is_started_again_behind_a_proxy_is_waited_for(tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"{number}.jpg").write_bytes(jpeg(number, 60, 40))
    answers: list[int | None] = [201, *[502] * 5, 201, 201]
    with answering(answers, {"id": "a"}) as (url, seen):
        line = ["import", str(tmp_path), "--workers", "1"]
        done = CliRunner().invoke(mediadb, line, env={"MEDIADB_URL": url, "MEDIADB_KEY": "k"})

    assert (done.exit_code, len(seen)) == (0, 8), done.stderr
    assert "It is waited for" in done.stderr
    assert "3 added" in done.stderr


def asked(*answers: MediaDBClientError | int) -> Callable[[], int]:
    turns = iter(answers)

    def ask() -> int:
        answer = next(turns)
        if isinstance(answer, int):
            return answer
        raise answer

    return ask


def test_who_never_answered_is_not_waited_for_and_nobody_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(patience, "_WAIT_S", 0.001)
    away = Unreachable("no answer")
    with pytest.raises(Unreachable):
        Patience(print)(asked(away, 1))
    patient = Patience(print)
    assert patient(asked(1)) == 1
    assert patient(asked(away, away, 2)) == 2
    with pytest.raises(TooManyRequests):
        patient(asked(TooManyRequests("wait", status=429, retry_after=3600), 3))
    patient.end()
    with pytest.raises(Unreachable):
        patient(asked(away, 4))


def test_what_one_picture_is_refused_for_ends_nothing_else() -> None:
    for status in (400, 404, 409, 413, 415, 422, 500):
        assert not ends_all(MediaDBClientError("x", status=status))


def test_a_reader_that_has_read_enough_is_no_error(shell: Shell, tenant: Tenant) -> None:
    for number in range(30):
        tenant.client.add(tenant.application, jpeg(number, 60, 40))
    for line in (["list", "--json"], ["list"], ["export", "--format", "csv"]):
        command = [*MEDIADB, *line]
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=dict(shell.environment)
        )
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        told = process.stderr.read()
        process.wait(timeout=300)
        process.stderr.close()
        assert b"Traceback" not in told, told


def test_the_journal_knows_what_came_before_the_end(tmp_path: Path) -> None:
    for number in range(4):
        (tmp_path / f"{number}.jpg").write_bytes(jpeg(number, 60, 40))
    line = ["import", str(tmp_path), "--workers", "1"]
    with answering([201, 201, *[401] * 9], {"id": "a"}, {"id": "b"}, {}) as (url, _):
        CliRunner().invoke(mediadb, line, env={"MEDIADB_URL": url, "MEDIADB_KEY": "k"})

    told = (tmp_path / ".mediadb-import.jsonl").read_text().splitlines()
    states = [json.loads(one).get("state") for one in told if one]
    assert states.count("done") == 2
