"""Starting again, stopping, and failing: each with a demo of its own."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.demo.processes import command_of, descendants, wait_until_gone
from tests.demo.running import demo
from tests.waiting import PATIENCE_S

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("kills")]

SERVES = "mediadb reindex\n"
slow = pytest.mark.slow


def refused(*options: str) -> subprocess.CompletedProcess[str]:
    """A demo that must not start."""
    command = [sys.executable, "-m", "udata_mediadb.demo.cli", "demo", *options]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)


@slow
def test_second_start_serves_the_same_after_an_import_was_cut_off(tmp_path: Path) -> None:
    root = tmp_path / "demo"
    with demo(root) as first:
        first.wait_for(r"\| [1-9]\d*/30").stop()
        assert not (root / "demo.json").exists()
    with demo(root) as second:
        before = second.wait_for(SERVES).facts
        media = second.media()
        assert second.stop(signal.SIGINT, whole_group=True) == 0
    with demo(root) as third:
        after = third.wait_for(SERVES).facts
        again = third.media()
    assert len(media) == len({m["sha256"] for m in media}) == 30
    assert [m["id"] for m in again] == [m["id"] for m in media]
    for fact in ("x_api_key", "application", "username"):
        assert after[fact] == before[fact]


@slow
def test_stops_while_an_upload_hangs(tmp_path: Path) -> None:
    with demo(tmp_path / "demo", "--no-samples") as running:
        url = urlsplit(running.wait_for(SERVES).facts["base_url"])
        assert url.port
        with socket.create_connection((url.hostname, url.port)) as upload:
            upload.sendall(
                b"POST /api/1/mediadb/media/ HTTP/1.1\r\nHost: demo\r\nContent-Length: 99\r\n"
                b"X-API-KEY: " + running.facts["x_api_key"].encode() + b"\r\n"
                b"Content-Type: multipart/form-data; boundary=x\r\n\r\nnever more"
            )
            assert running.stop() == 0


@slow
def test_stops_while_mongod_starts(tmp_path: Path) -> None:
    with demo(tmp_path / "demo") as running:
        assert running.wait_for("Starting").stop(signal.SIGINT, whole_group=True) == 0


@slow
def test_kill_9_leaves_nothing_behind_and_the_root_usable(tmp_path: Path) -> None:
    root = tmp_path / "demo"
    with demo(root, "--no-samples") as killed:
        key = killed.wait_for(SERVES).facts["x_api_key"]
        started = descendants(killed.process.pid)
        killed.process.kill()
        killed.process.wait()
    # at once: the new one waits for the leashes of the old one
    with demo(root, "--no-samples") as next_one:
        assert next_one.wait_for(SERVES).facts["x_api_key"] == key
        wait_until_gone(started)


@slow
@pytest.mark.parametrize(
    ("part", "name"), [("bin/mongod", "MongoDB"), ("-m gunicorn", "the web server")]
)
def test_a_part_that_dies_ends_the_demo_with_its_name(tmp_path: Path, part: str, name: str) -> None:
    with demo(tmp_path / "demo", "--no-samples") as running:
        started = descendants(running.wait_for(SERVES).process.pid)
        leashed = [p for p in started if part in command_of(p) and "leash" not in command_of(p)]
        os.kill(leashed[0], signal.SIGKILL)
        assert running.process.wait(PATIENCE_S) == 1
        assert f"{name} ended by itself with code 137" in running.text()
        wait_until_gone(started)


@slow
def test_given_mongodb_is_used_and_no_mongod_is_started(tmp_path: Path, mongodb_uri: str) -> None:
    with demo(tmp_path / "demo", "--mongodb", mongodb_uri, "--no-samples") as running:
        below = descendants(running.wait_for(SERVES).process.pid)
        assert running.media() == []
        assert not any("mongod" in command_of(pid).split("--mongodb")[0] for pid in below)


def test_taken_port_is_said_before_anything_is_started(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        answer = refused("--port", port, "--root", str(tmp_path / "demo"))
    assert answer.returncode == 1
    assert answer.stderr.count("\n") == 1
    assert f"port {port} is already in use" in answer.stderr
    assert not (tmp_path / "demo").exists()


@pytest.mark.parametrize("options", [("--workers", "0"), ("--port", "65536"), ("--port", "x")])
def test_senseless_options_are_refused(options: tuple[str, str]) -> None:
    answer = refused(*options)
    assert answer.returncode == 2
    assert options[0] in answer.stderr


def test_root_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    answer = refused("--port", "0", "--root", str(tmp_path / "file" / "demo"))
    assert answer.returncode == 1
    assert answer.stderr.startswith(f"udata-mediadb demo: cannot write to {tmp_path}")


def test_mongodb_that_does_not_answer_is_said_without_its_password(tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # bound and not listening: nobody answers there
        uri = f"mongodb://me:secret-word@127.0.0.1:{closed.getsockname()[1]}"
        answer = refused("--port", "0", "--root", str(tmp_path / "demo"), "--mongodb", uri)
    assert answer.returncode == 1
    assert "no MongoDB answers at mongodb://127.0.0.1" in answer.stderr
    assert "secret-word" not in answer.stdout + answer.stderr
    assert "Traceback" not in answer.stderr


def test_mongodb_that_is_no_uri_is_said(tmp_path: Path) -> None:
    answer = refused("--port", "0", "--root", str(tmp_path / "demo"), "--mongodb", "localhost")
    assert answer.returncode == 1
    assert "--mongodb takes a URI such as mongodb://" in answer.stderr


def test_flask_commands_without_a_demo_say_so_in_one_line(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "flask", "--app", "udata_mediadb.demo.portal", "mediadb"]
    answer = subprocess.run(
        [*command, "check"],
        env={**os.environ, "MEDIADB_DEMO_ROOT": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 2
    assert f"no demo was ever started on {tmp_path}" in answer.stderr
    assert "Traceback" not in answer.stderr
