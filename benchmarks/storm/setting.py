"""The servers of a storm: mongod or three of them, perhaps S3 or a small disk, and gunicorn."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests
from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from tests.portal import REPOSITORY
from tests.ports import free_port
from tests.s3 import S3, running_s3
from udata_mediadb.demo.mongod import find_mongod

WORKERS = 2
DISK_BYTES = 192 << 20
START_S = 120.0


@dataclass
class Member:
    """A mongod that may be killed and started again."""

    folder: Path
    port: int
    replica_set: str | None
    process: subprocess.Popen[bytes]

    @classmethod
    def started(cls, folder: Path, replica_set: str | None) -> "Member":
        folder.mkdir(parents=True)
        member = cls(folder, free_port(), replica_set, None)  # type: ignore[arg-type]
        member.start()
        return member

    def start(self) -> None:
        named = ["--replSet", self.replica_set] if self.replica_set else []
        command = [
            *(str(find_mongod()), "--bind_ip", "127.0.0.1", "--port", str(self.port)),
            *("--dbpath", str(self.folder), "--nounixsocket", "--quiet"),
            *("--networkMessageCompressors", "disabled", "--wiredTigerCacheSizeGB", "0.25"),
            *("--setParameter", "diagnosticDataCollectionEnabled=false", *named),
        ]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"


@dataclass
class Setting:
    """All that runs. `disk`: where files and indexes lie."""

    members: list[Member]
    mongodb: str
    disk: Path
    s3: S3 | None
    portal: subprocess.Popen[bytes]
    url: str
    environment: dict[str, str]

    @property
    def api(self) -> str:
        return f"{self.url}/api/1/mediadb/"

    def flask(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "flask", "--app", "tests.portal", "mediadb", *arguments]
        return subprocess.run(
            command,
            env=self.environment,
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            check=False,
        )

    def wait_until_served(self) -> None:
        end = time.monotonic() + START_S
        answer: object = None
        while time.monotonic() < end:
            try:
                answer = requests.get(f"{self.api}media/", timeout=10)
                if answer.status_code == 200:
                    return
            except requests.RequestException as exc:
                answer = exc
            time.sleep(0.2)
        raise AssertionError(f"the portal does not answer any more: {answer}")


@contextmanager
def running(kind: str, folder: Path) -> Iterator[Setting]:
    """Everything that a kind of storm needs; ended afterwards by process id."""
    with ExitStack() as stack:
        count = 3 if kind == "member" else 1
        members = []
        for number in range(count):
            name = "storm" if count > 1 else None
            members.append(Member.started(folder / f"mongod{number}", name))
            stack.callback(members[-1].kill)
        mongodb = initiated(members)
        s3 = stack.enter_context(running_s3(folder / "s3")) if kind == "s3" else None
        disk = folder / "disk"
        disk.mkdir()
        if kind == "disk":
            stack.callback(_mounted(disk))
        environment = {
            **os.environ,
            "TEST_MONGODB": mongodb,
            "TEST_FS_ROOT": str(disk / "files"),
            "TEST_SETTINGS": json.dumps(s3.settings if s3 else {}),
        }
        port = free_port()
        portal = new_gunicorn(port, environment)
        stack.callback(stopped, portal)
        setting = Setting(
            members, mongodb, disk, s3, portal, f"http://127.0.0.1:{port}", environment
        )
        setting.wait_until_served()
        yield setting


def initiated(members: list[Member]) -> str:
    """The address of the database; of a set once it has a primary."""
    if len(members) == 1:
        _until(f"mongodb://{members[0].address}/")
        return f"mongodb://{members[0].address}/storm"
    first, *_ = each = [f"mongodb://{one.address}/?directConnection=true" for one in members]
    for uri in each:
        _until(uri)
    hosts = [{"_id": n, "host": member.address} for n, member in enumerate(members)]
    timing = {"electionTimeoutMillis": 2000, "heartbeatIntervalMillis": 500}
    config = {"_id": "storm", "members": hosts, "settings": timing}
    with MongoClient(first) as client:
        client.admin.command("replSetInitiate", config)
    addresses = ",".join(member.address for member in members)
    uri = f"mongodb://{addresses}/storm?replicaSet=storm"
    _until(uri, primary=True)
    return uri


def _until(uri: str, *, primary: bool = False) -> None:
    end = time.monotonic() + START_S
    while time.monotonic() < end:
        try:
            with MongoClient(uri, serverSelectionTimeoutMS=1000) as client:
                client.admin.command("ping")
                if primary:
                    client.storm.probe.insert_one({})
                return
        except (PyMongoError, OperationFailure):
            time.sleep(0.2)
    raise AssertionError("mongod did not start")


def _mounted(disk: Path) -> Callable[[], object]:
    options = f"size={DISK_BYTES}"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(disk)], check=True)
    return lambda: subprocess.run(["umount", "-l", str(disk)], check=False)


def new_gunicorn(port: int, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    command = [
        *(sys.executable, "-m", "gunicorn", "tests.portal:create_app()", "--preload"),
        *("--bind", f"127.0.0.1:{port}", "--workers", str(WORKERS)),
        *("--worker-class", "gthread", "--threads", "4", "--log-level", "critical"),
        *("--timeout", str(int(START_S))),
    ]
    return subprocess.Popen(command, env=environment, cwd=REPOSITORY)


def stopped(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
