"""`make udata-demo`: a real udata with the plugin, as a process of its own."""

import json
import signal
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.demo.processes import descendants, wait_until_gone
from tests.demo.running import KEYS, Demo, demo
from tests.waiting import eventually

pytestmark = pytest.mark.slow
SERVES = "mediadb import --owner .*\n"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    root = tmp_path_factory.mktemp("demo") / "mes donn\u00e9es; d'ici"
    with demo(root, "--udata") as started:
        yield started.wait_for(SERVES)


def test_announces_exactly_the_keys_of_demo_json(running: Demo) -> None:
    assert tuple(running.facts) == KEYS


def test_every_printed_command_works_as_printed(running: Demo) -> None:
    outputs = running.outputs()
    assert len(outputs) == 15
    for searched in outputs[2:4]:
        assert '"Old books on a painted table"' in searched
    assert "0 problems" in outputs[12]
    assert "6 pictures, 6 added" in outputs[14]


def test_it_is_udata_with_reuses_that_show_pictures(running: Demo) -> None:
    api = running.facts["api_url"]
    reuses = requests.get(f"{api}reuses/", timeout=300).json()
    assert reuses["total"] == 6
    assert all(one["image"] for one in reuses["data"])
    assert requests.get(f"{api}organizations/", timeout=300).json()["total"] == 1


def test_accounts_of_every_role_are_noted_for_the_owner_only(running: Demo) -> None:
    path = running.root / "accounts.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(running.root.stat().st_mode) == 0o700
    roles = json.loads(path.read_text())
    api = f"{running.facts['api_url']}me/"
    for role in ("user", "admin", "editor", "stranger"):
        headers = {"X-API-KEY": roles[role]["x_api_key"]}
        me = requests.get(api, headers=headers, timeout=300).json()
        assert me["email"] == roles[role]["email"]


def test_ltu_clients_log_in_with_the_announced_password(running: Demo) -> None:
    facts = running.facts
    answer = requests.post(
        f"{facts['ltu_url']}/realms/Production/protocol/openid-connect/token",
        data={
            "grant_type": "password",
            **{name: facts[name] for name in ("username", "password", "client_id")},
        },
        timeout=300,
    )
    assert answer.status_code == 200, answer.text


def test_stops_starts_again_with_the_same_and_kill_9_leaves_nothing(tmp_path: Path) -> None:
    root = tmp_path / "demo"
    with demo(root, "--udata", "--no-samples") as first:
        before = first.wait_for(SERVES).facts
        assert first.stop(signal.SIGTERM) == 0
        assert not (root / "demo.json").exists()
    with demo(root, "--udata", "--no-samples") as second:
        after = second.wait_for(SERVES).facts
        started = descendants(second.process.pid)
        second.process.kill()
        second.process.wait()
        wait_until_gone(started)
    for fact in ("x_api_key", "application", "password"):
        assert after[fact] == before[fact]


def test_ctrl_c_while_udata_is_filled_leaves_nothing(tmp_path: Path) -> None:
    with demo(tmp_path / "demo", "--udata") as running:
        running.wait_for("Starting")
        settings = running.root / "udata.cfg"
        eventually(lambda: settings.exists() or running.process.poll() is not None)
        assert settings.exists(), running.text()
        assert running.stop(signal.SIGINT, whole_group=True) == 0
