"""How to back up and restore: the steps of the page, while others upload."""

import hashlib
import re
import secrets
import shutil
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from ..images import jpeg
from ..portal import Client, Portal, running_portal
from .pages import blocks
from .terminal import Terminal

pytestmark = pytest.mark.slow
PAGE = "how-to/back-up-and-restore.md"
BEFORE = 6  # media that are acknowledged before the backup begins


@pytest.fixture
def database(mongodb_uri: str) -> Iterator[str]:
    name = f"mediadb_test_{secrets.token_hex(6)}"
    yield f"{mongodb_uri.rstrip('/')}/{name}"
    with MongoClient(mongodb_uri) as client:
        client.drop_database(name)


def steps(heading: str) -> list[tuple[str, str]]:
    """(language, text) of the blocks below this heading of the second level."""
    page = blocks(PAGE)
    text = {"Say": page[:1]}
    restore = next(n for n, block in enumerate(page) if 'rm -rf "$INDEX"' in block.text)
    text |= {"Back up": page[1:restore], "Restore": page[restore:]}
    return [(block.language, block.text) for block in text[heading]]


def do(terminal: Terminal, folder: Path, heading: str) -> str:
    """Save the programs and run the lines; what they print."""
    printed = ""
    for language, text in steps(heading):
        if language == "python":
            name = re.match(r"# (\S+)", text)
            assert name is not None
            (folder / name[1]).write_text(text)
        elif language == "sh":
            printed += "".join(terminal.run(line) for line in text.splitlines())
    return printed


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
        while not self._stop.is_set() and self._count < 500:
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


def test_what_was_acknowledged_before_the_backup_is_there_after_the_restore(
    database: str, tmp_path: Path
) -> None:
    root = tmp_path / "state" / "files"
    with running_portal(database, root) as portal:
        client, application, media = fill(portal)
        environment = {
            **portal.environment,
            "PATH": f"{Path(sys.executable).parent}:{portal.environment['PATH']}",
            "FLASK_APP": "tests.portal",
            "PYTHONPATH": str(Path(__file__).parents[2]),
        }
        with Terminal(tmp_path, environment) as terminal, Uploads(client, application) as uploads:
            locate(terminal, database, root, tmp_path / "backup")
            uploads.some.wait()
            said = do(terminal, tmp_path, "Back up")
    assert re.search(rf"mediadb_media: ([{BEFORE}-9]|\d\d+)", said), said
    lose(database, root)

    with Terminal(tmp_path, environment) as terminal:
        locate(terminal, database, root, tmp_path / "backup")
        said = do(terminal, tmp_path, "Restore")
    assert said.splitlines()[-1].endswith(", 0 problems"), said

    with running_portal(database, root) as portal:
        again = Client(portal.api, client.key)
        for one in media:
            shown = again.get(f"media/{one['id']}/").json()
            original = again.get(f"media/{one['id']}/files/original/").content
            assert (shown["name"], shown["sha256"]) == (one["name"], one["sha256"])
            assert hashlib.sha256(original).hexdigest() == one["sha256"]
        number = 2
        hits = again.post("search/", files={"image": jpeg(number, 320, 240)}).json()["data"]
        assert media[number]["id"] in [hit["media"]["id"] for hit in hits]
        assert again.get("media/").json()["total"] == len(list(root.rglob("original")))
        assert add(again, application, 99)["id"]


def locate(terminal: Terminal, database: str, root: Path, backup: Path) -> None:
    """The first block of the page, with our places."""
    ours = {"MONGODB": database, "FILES": root, "INDEX": f"{root}-index", "BACKUP": backup}
    for line in steps("Say")[0][1].splitlines():
        name = re.match(r"export (\w+)=", line)
        assert name is not None
        terminal.run(f"export {name[1]}='{ours.pop(name[1])}'")
    assert not ours


def lose(database: str, root: Path) -> None:
    with MongoClient(database) as client:
        client.drop_database(client.get_default_database().name)
    shutil.rmtree(root)


def test_a_database_with_something_in_it_is_left_alone(database: str, tmp_path: Path) -> None:
    with running_portal(database, tmp_path / "files") as portal:
        fill(portal)
        environment = {
            **portal.environment,
            "PATH": f"{Path(sys.executable).parent}:{portal.environment['PATH']}",
        }
        with Terminal(tmp_path, environment) as terminal:
            locate(terminal, database, tmp_path / "files", tmp_path / "backup")
            do(terminal, tmp_path, "Back up")
            restore = next(t for _, t in steps("Restore") if "# restore.py" in t)
            (tmp_path / "restore.py").write_text(restore)
            said = terminal.run('python restore.py "$MONGODB" "$BACKUP/documents" 2>&1 || true')
    assert "is not empty: nothing was restored" in said
