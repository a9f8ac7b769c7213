"""How to back up and restore: the steps of the page, while others upload."""

import hashlib
import re
import secrets
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from ..images import jpeg
from ..portal import Client, Portal, running_portal
from .pages import blocks
from .terminal import Terminal

pytestmark = pytest.mark.slow
PAGE, MOVE = "how-to/back-up-and-restore.md", "how-to/move-a-portal.md"
PAUSE_S = 0.2  # between uploads meanwhile: all that is stored is restored and compared
BEFORE = 6  # media that are acknowledged before the backup begins


@pytest.fixture
def database(mongodb_uri: str) -> Iterator[str]:
    with another(mongodb_uri) as uri:
        yield uri


@contextmanager
def another(mongodb_uri: str) -> Iterator[str]:
    """An empty database, dropped afterwards."""
    name = f"mediadb_test_{secrets.token_hex(6)}"
    yield f"{mongodb_uri.rstrip('/')}/{name}"
    with MongoClient(mongodb_uri) as client:
        client.drop_database(name)


def steps(page: str, which: int) -> list[str]:
    """The lines of one block of a page: 0 says where things are."""
    return blocks(page)[which].text.splitlines()


def do(terminal: Terminal, page: str, *which: int) -> str:
    """Run the lines of these blocks; what they print."""
    return "".join(terminal.run(line) for block in which for line in steps(page, block))


def add(client: Client, application: str, number: int) -> dict[str, Any]:
    return client.add(application, jpeg(number, 320, 240), name=f"picture {number}")


class Uploads:
    """Another client that uploads until it is stopped."""

    def __init__(self, client: Client, application: str) -> None:
        self._stop = threading.Event()
        self.some = threading.Event()
        self._count = 0
        self._thread = threading.Thread(target=self._run, args=(client, application))

    def _run(self, client: Client, application: str) -> None:
        while not self._stop.wait(PAUSE_S) and self._count < 500:
            add(client, application, 1000 + self._count)
            self._count += 1
            self.some.set()

    def __enter__(self) -> "Uploads":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()


def fill(portal: Portal) -> tuple[Client, str, list[dict[str, Any]]]:
    user = portal.user("ada@example.org")
    application = portal.application(user, signatures=["match", "colors"])
    client = portal.client(user)
    return client, application, [add(client, application, n) for n in range(BEFORE)]


def environment_of(portal: Portal) -> dict[str, str]:
    return {
        **portal.environment,
        "PATH": f"{Path(sys.executable).parent}:{portal.environment['PATH']}",
        "FLASK_APP": "tests.portal",
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }


def check_restored(portal: Portal, key: str | None, media: list[dict[str, Any]]) -> Client:
    """What was acknowledged is there, and found by its own picture."""
    again = Client(portal.api, key)
    for one in media:
        shown = again.get(f"media/{one['id']}/").json()
        original = again.get(f"media/{one['id']}/files/original/").content
        assert (shown["name"], shown["sha256"]) == (one["name"], one["sha256"])
        assert hashlib.sha256(original).hexdigest() == one["sha256"]
    number = 2
    hits = again.post("search/", files={"image": jpeg(number, 320, 240)}).json()["data"]
    assert media[number]["id"] in [hit["media"]["id"] for hit in hits]
    return again


def test_what_was_acknowledged_before_the_backup_is_there_after_the_restore(
    database: str, tmp_path: Path
) -> None:
    root = tmp_path / "state" / "files"
    with running_portal(database, root) as portal:
        client, application, media = fill(portal)
        environment = environment_of(portal)
        with Terminal(tmp_path, environment) as terminal, Uploads(client, application) as uploads:
            locate(terminal, PAGE, tmp_path / "backup")
            uploads.some.wait()
            said = do(terminal, PAGE, 1)
    assert re.search(rf": ([{BEFORE}-9]|\d\d+) media", said), said
    assert "is whole" in said
    lose(database, root)

    with Terminal(tmp_path, environment) as terminal:
        locate(terminal, PAGE, tmp_path / "backup")
        said = do(terminal, PAGE, 2)
    assert said.splitlines()[-1].endswith(", 0 problems"), said

    with running_portal(database, root) as portal:
        again = check_restored(portal, client.key, media)
        assert again.get("media/").json()["total"] == len(list(root.rglob("original")))
        assert add(again, application, 99)["id"]


def test_a_portal_moves_to_another_machine(database: str, mongodb_uri: str, tmp_path: Path) -> None:
    with running_portal(database, tmp_path / "old" / "files") as portal:
        client, application, media = fill(portal)
        environment = environment_of(portal)
        with Terminal(tmp_path, environment) as terminal:
            locate(terminal, MOVE, tmp_path / "disk")
            do(terminal, MOVE, 1)
        media.append(add(client, application, BEFORE))
    with Terminal(tmp_path, environment) as terminal:
        locate(terminal, MOVE, tmp_path / "disk")
        said = do(terminal, MOVE, 2)
    assert f"{BEFORE + 1} media" in said

    root = tmp_path / "new" / "files"
    with another(mongodb_uri) as other:
        there = {**environment, "TEST_MONGODB": other, "TEST_FS_ROOT": str(root)}
        with Terminal(tmp_path, there) as terminal:
            locate(terminal, MOVE, tmp_path / "disk")
            said = do(terminal, MOVE, 3)
        assert said.splitlines()[-1].endswith(", 0 problems"), said
        with running_portal(other, root) as portal:
            check_restored(portal, client.key, media)


def locate(terminal: Terminal, page: str, backup: Path) -> None:
    """The first block of the page, with our place."""
    assert re.match(r"export BACKUP=", steps(page, 0)[0])
    terminal.run(f"export BACKUP='{backup}'")


def lose(database: str, root: Path) -> None:
    with MongoClient(database) as client:
        client.drop_database(client.get_default_database().name)
    shutil.rmtree(root)
