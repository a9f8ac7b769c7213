"""What a running demo gives: one demo for all of these."""

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator

import pytest
import requests

from tests.demo.processes import command_of, descendants
from tests.demo.running import KEYS, Demo, demo
from tests.waiting import eventually
from udata_mediadb.demo.pictures import samples

pytestmark = [pytest.mark.server, pytest.mark.slow]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    root = tmp_path_factory.mktemp("demo") / "mes donn\u00e9es; d'ici"
    with demo(root) as started:
        yield started.wait_for("mediadb reindex\n")


def test_announces_exactly_the_keys_of_demo_json(running: Demo) -> None:
    assert tuple(running.facts) == KEYS


def test_root_and_all_in_it_are_for_the_owner_only(running: Demo) -> None:
    for path in (running.root, *running.root.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
    assert stat.S_IMODE((running.root / "demo.json").stat().st_mode) == 0o600


def test_holds_each_sample_with_its_name_keywords_and_metadata(running: Demo) -> None:
    stored = {(m["name"], *m["keywords"]): m["metadata"] for m in running.media()}
    assert {(s.name, *s.keywords): s.metadata for s in samples()}.items() <= stored.items()


def test_start_page_answers_and_paths_are_those_of_every_portal(running: Demo) -> None:
    facts = running.facts
    assert "media library" in requests.get(facts["base_url"], timeout=300).text
    found = {
        path: requests.get(
            f"{facts['api_url']}{path}",
            headers={"X-API-KEY": facts["x_api_key"]},
            allow_redirects=False,
            timeout=300,
        ).status_code
        for path in ("mediadb/applications/", "applications/", "mediadb/mediadb/applications/")
    }
    assert list(found.values()) == [200, 404, 404]


def test_every_printed_command_works_as_printed(running: Demo) -> None:
    outputs = running.outputs()
    assert len(outputs) == 14
    for searched in outputs[2:4]:
        assert '"Old books on a painted table"' in searched
    assert outputs[8] == outputs[9]
    assert '"hex"' in outputs[10]
    assert "0 problems" in outputs[12]


def test_second_demo_on_one_root_is_refused_and_the_first_goes_on(running: Demo) -> None:
    command = [sys.executable, "-m", "udata_mediadb.demo.cli", "demo", "--port", "0"]
    second = subprocess.run(
        [*command, "--root", str(running.root)], capture_output=True, text=True, check=False
    )
    assert second.returncode == 1
    assert f"another demo runs on {running.root} (process {running.process.pid})" in second.stderr
    assert running.media()


def test_killed_worker_is_replaced(running: Demo) -> None:
    workers = _workers(running)
    os.kill(workers[0], signal.SIGKILL)
    eventually(lambda: len(now := _workers(running)) == len(workers) and workers[0] not in now)
    assert running.media()


def _workers(running: Demo) -> list[int]:
    """The two processes below gunicorn's own: those whose parents also run gunicorn."""
    servers = [
        pid
        for pid in descendants(running.process.pid)
        if "gunicorn" in command_of(pid) and "leash.py" not in command_of(pid)
    ]
    return servers[1:]
