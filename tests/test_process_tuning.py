"""Workers compute with few threads and keep their pages; no variable of the environment needed."""

import platform
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import requests

from udata_mediadb.recognition.process import cores

from .portal import running_portal
from .waiting import eventually

WAITS = ("OPENCV_THREAD_POOL_ACTIVE_WAIT_WORKER", "OPENCV_THREAD_POOL_ACTIVE_WAIT_MAIN")
APP = "tests.tuned_portal:create_app()"
on_glibc = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="mallopt is glibc's")
# gunicorn's options: each worker imports the app, or is forked when it is mounted already
SERVERS = ([], ["--preload"])


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MALLOC_TRIM_THRESHOLD_"):
        monkeypatch.delenv(name, raising=False)


def processes(mongodb: str, root: Path, options: Sequence[str], settings: str) -> dict[int, Any]:
    """What each of two workers says after its first request."""
    seen: dict[int, Any] = {}
    with running_portal(mongodb, root, app=APP, options=options, TEST_SETTINGS=settings) as portal:

        def both_answered() -> bool:
            said = requests.get(f"{portal.url}/process", timeout=300).json()
            seen[said["process"]] = said
            return len(seen) == 2

        eventually(both_answered)  # one may be there seconds before the other
    return seen


@pytest.mark.parametrize("options", SERVERS, ids=["forked first", "mounted first"])
@on_glibc
def test_every_worker_computes_with_few_threads_and_keeps_its_pages(
    mongodb_uri: str, database_name: str, tmp_path: Path, options: Sequence[str]
) -> None:
    uri = f"{mongodb_uri.rstrip('/')}/{database_name}"

    for said in processes(uri, tmp_path, options, "{}").values():
        of_opencv = said["threads"].pop("opencv")
        assert of_opencv == min(2, cores()), said
        assert set(said["threads"].values()) == {1}, said
        assert said["kept"] > 0.9, said


@on_glibc
def test_a_portal_that_switches_it_off_is_left_as_it_is(
    mongodb_uri: str, database_name: str, tmp_path: Path
) -> None:
    uri = f"{mongodb_uri.rstrip('/')}/{database_name}"

    for said in processes(uri, tmp_path, [], '{"MEDIADB_TUNE_PROCESS": false}').values():
        assert said["kept"] < 0.9, said


@pytest.mark.parametrize(("chosen", "used"), [(None, "0"), ("500", "500")])
def test_threads_of_opencv_sleep_while_they_wait_unless_somebody_chose_otherwise(
    monkeypatch: pytest.MonkeyPatch, chosen: str | None, used: str
) -> None:
    for name in WAITS:
        monkeypatch.delenv(name, raising=False)
        if chosen is not None:
            monkeypatch.setenv(name, chosen)
    # before OpenCV is loaded, which reads it but once
    code = (
        "import os, sys, udata_mediadb; assert 'cv2' not in sys.modules;"
        "print(*(os.environ[name] for name in sys.argv[1:]))"
    )
    said = subprocess.run([sys.executable, "-c", code, *WAITS], check=True, capture_output=True)
    assert said.stdout.split() == [used.encode()] * 2
