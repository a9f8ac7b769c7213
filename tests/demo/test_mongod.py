"""The embedded MongoDB: real processes."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from pymongo import MongoClient

from tests.demo.processes import descendants, is_alive, wait_until_gone
from tests.ports import free_port
from tests.waiting import PATIENCE_S
from udata_mediadb.demo.errors import MongodUnavailable
from udata_mediadb.demo.mongod import EmbeddedMongod

pytestmark = pytest.mark.server


def test_answers_keeps_its_data_private_and_is_gone_after_stop(tmp_path: Path) -> None:
    directory = tmp_path / "donn\u00e9es du portail"
    with EmbeddedMongod(directory) as mongod:
        pid = mongod.pid
        with MongoClient(mongod.uri) as client:
            client.demo.things.insert_one({"_id": 1})
    assert not is_alive(pid)
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    with EmbeddedMongod(directory) as mongod, MongoClient(mongod.uri) as client:
        assert client.demo.things.count_documents({}) == 1


def test_starts_again_after_kill_9(tmp_path: Path) -> None:
    with EmbeddedMongod(tmp_path) as mongod:
        with MongoClient(mongod.uri, journal=True) as client:
            client.demo.things.insert_one({"_id": 1})
        os.kill(mongod.pid, signal.SIGKILL)
        wait_until_gone([mongod.pid])
    with EmbeddedMongod(tmp_path) as mongod, MongoClient(mongod.uri) as client:
        assert client.demo.things.count_documents({}) == 1


def test_does_not_outlive_a_starter_that_is_killed(tmp_path: Path) -> None:
    script = (
        "import pathlib, sys, time\n"
        "from udata_mediadb.demo.mongod import EmbeddedMongod\n"
        "mongod = EmbeddedMongod(pathlib.Path(sys.argv[1])).start()\n"
        "print(mongod.pid, flush=True)\n"
        "time.sleep(3600)\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout is not None
        pid = int(starter.stdout.readline())
        assert is_alive(pid)
        starter.kill()
    wait_until_gone([pid])


def test_two_at_once_have_their_own_ports(tmp_path: Path) -> None:
    with EmbeddedMongod(tmp_path / "a") as one, EmbeddedMongod(tmp_path / "b") as two:
        assert one.uri != two.uri


def test_one_directory_serves_one_mongod_and_the_message_says_so(tmp_path: Path) -> None:
    with EmbeddedMongod(tmp_path), pytest.raises(MongodUnavailable, match="lock"):
        EmbeddedMongod(tmp_path).start()


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("echo boom; exit 3", "ended with code 3"),
        ("echo x: error while loading shared libraries: libcurl.so.4; exit 127", "libcurl4"),
    ],
)
def test_a_binary_that_cannot_run_is_explained(tmp_path: Path, script: str, expected: str) -> None:
    binary = tmp_path / "mongod"
    binary.write_text(f"#!/bin/sh\n{script}\n")
    binary.chmod(0o755)
    with pytest.raises(MongodUnavailable, match=expected):
        EmbeddedMongod(tmp_path / "data", binary).start()


def test_it_serves_alone_on_the_port_that_is_asked_for(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-m", "udata_mediadb.demo.cli", "mongod"]
    command += ["--port", str(port), "--root", str(tmp_path / "data")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as served:
        assert served.stdout is not None
        assert served.stdout.readline().startswith(f"MongoDB serves at mongodb://127.0.0.1:{port}/")
        with MongoClient(f"mongodb://127.0.0.1:{port}/") as client:
            client.portal.things.insert_one({"_id": 1})
        second = subprocess.run(
            [*command[:-1], str(tmp_path)], capture_output=True, text=True, check=False
        )
        assert (second.returncode, "already in use" in second.stderr) == (1, True)
        started = descendants(served.pid)
        served.terminate()
        assert served.wait(PATIENCE_S) == 0
    wait_until_gone(started)
