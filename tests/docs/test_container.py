"""The Containerfile of the page on production, step by step without a container engine.

A venv stands for the image: the wheel is installed there alone, and what it needs is found in the
environment of the tests. The process is another user's, has no home, and can write to the folder of
its volume only.
"""

import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from pymongo import MongoClient

from ..images import jpeg
from ..ports import free_port
from .production import files_of_the_page
from .source import wheel_in
from .terminal import LeftRunning

pytestmark = pytest.mark.slow
NOBODY = 65534
# Read all, write nothing of others: pytest's own folders and the interpreter may be root's alone.
_READ_ALL = ("--inh-caps=-all,+dac_read_search", "--ambient-caps=-all,+dac_read_search")


@dataclass(frozen=True)
class Image:
    """What the steps have made."""

    work: Path
    volume: Path
    python: Path
    settings: dict[str, str]
    command: list[str]

    def environment(self, mongodb: str) -> dict[str, str]:
        """As `docker run -e` gives it: nothing of ours but where programs are."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": "/nonexistent",
            "TMPDIR": "/dev/shm",
            **self.settings,
            "FLASK_FS_ROOT": str(self.volume / "files"),
            "FLASK_SECRET_KEY": "a long random text",
            "FLASK_MEDIADB_MONGODB_URI": mongodb,
        }

    def as_its_user(self, *arguments: str) -> list[str]:
        python = [str(self.python), "-m", *arguments]
        if os.geteuid() != 0:
            return python
        user = (f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
        return ["setpriv", *user, *_READ_ALL, *python]


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    """The steps of the Containerfile that make files, done."""
    folder = tmp_path_factory.mktemp("image")
    text = files_of_the_page()["Containerfile"]
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
    python = folder / "venv" / "bin" / "python"
    wheel = wheel_in(folder)
    subprocess.run([python, "-m", "pip", "install", "-q", "--no-deps", wheel], check=True)
    beside = next((folder / "venv" / "lib").glob("python*/site-packages"))
    (beside / "beside.pth").write_text(sysconfig.get_path("purelib") + "\n")
    work, volume = folder / "work", folder / "volume"
    work.mkdir()
    volume.mkdir()
    if os.geteuid() == 0:
        os.chown(volume, NOBODY, NOBODY)
    else:
        subprocess.run(["chmod", "-R", "a-w", beside / "udata_mediadb", work], check=True)
    (work / "portal.py").write_text(files_of_the_page()["/srv/portal/portal.py"])
    settings = dict(
        setting.split("=", 1)
        for line in re.findall(r"^ENV (.*)$", text, re.MULTILINE)
        for setting in line.split()
    )
    command = re.search(r"^CMD (.*)$", text, re.MULTILINE)
    assert command is not None
    return Image(work, volume, python, settings, json.loads(command[1]))


@pytest.fixture
def mongodb(mongodb_uri: str) -> Iterator[str]:
    name = f"mediadb_test_{secrets.token_hex(6)}"
    yield f"{mongodb_uri.rstrip('/')}/{name}"
    with MongoClient(mongodb_uri) as client:
        client.drop_database(name)


@pytest.mark.skipif(shutil.which("setpriv") is None, reason="setpriv is not installed")
def test_it_serves_without_a_home_and_with_a_package_that_is_only_read(
    image: Image, mongodb: str
) -> None:
    environment, port = image.environment(mongodb), free_port()
    assert not (image.python.parent / "gunicorn").exists()  # it is found beside the wheel

    def flask(*arguments: str) -> str:
        return subprocess.run(
            image.as_its_user("flask", "mediadb", *arguments),
            cwd=image.work,
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()

    flask("user", "create", "Ada", "--email", "ada@example.org")
    flask("application", "create", "Photographs", "--owner", "ada@example.org")
    key = flask("key", "create", "ada@example.org")
    command = [one.replace("0.0.0.0:8000", f"127.0.0.1:{port}") for one in image.command]
    script = "exec " + " ".join(image.as_its_user(*command))
    with LeftRunning(image.work, environment, script, port):
        api, headers = f"http://127.0.0.1:{port}/api/1/mediadb/", {"X-API-KEY": key}
        added = requests.post(
            f"{api}media/", headers=headers, files={"image": jpeg(1)}, timeout=300
        )
        found = requests.post(
            f"{api}search/", headers=headers, files={"image": jpeg(1)}, timeout=300
        )

    assert added.status_code == 201, added.text
    assert [hit["media"]["id"] for hit in found.json()["data"]] == [added.json()["id"]]
    assert {path.name for path in image.volume.iterdir()} <= {"files", "files-index"}


@pytest.mark.slow
def test_the_compiled_scan_needs_no_place_for_its_cache(image: Image) -> None:
    """numba keeps what it compiled beside the source or in the home, and here is neither."""
    pytest.importorskip("numba")
    code = "from udata_mediadb.recognition.match.inverted import scan; print(scan.scan.__module__)"
    done = subprocess.run(
        [*image.as_its_user("this")[:-2], "-c", code],
        cwd=image.work,
        env=image.environment(""),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().endswith("scan_numba")
