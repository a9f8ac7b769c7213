"""The API tutorial of a portal that runs udata, its lines run as they are written.

The tutorial is no part of this project. It is looked for at MEDIADB_TUTORIAL, else as
`shared/seeds/udata-api-tutorial.md` beside the checkout or above it. Where it says organisations,
our media are put, and its own portal, ids and key are those of a demo.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.demo.running import Demo, demo

NAME = Path("shared", "seeds", "udata-api-tutorial.md")
EXPORT = re.compile(r"^    \$ (export API=.*)$", re.MULTILINE)
ORGANIZATION = re.compile(r"organizations/(?:[0-9a-f]{24}|organization-uri-x)/")
KEY = "your.api.key.here"


@dataclass
class Step:
    """A line of the tutorial, and the codes that it shows for it, in their order."""

    line: str
    codes: list[int] = field(default_factory=list)


def tutorial() -> Path | None:
    if given := os.environ.get("MEDIADB_TUTORIAL"):
        return Path(given)
    above = (parent / NAME for parent in Path(__file__).resolve().parents)
    return next((path for path in above if path.is_file()), None)


def steps(text: str) -> list[Step]:
    """Every `http` line with the codes that follow it, up to the next one."""
    found: list[Step] = []
    for row in text.splitlines():
        if line := re.match(r"^ +\$ (http .*)$", row):
            found.append(Step(line[1]))
        elif (code := re.match(r"^ +HTTP/1\.\d (\d{3})", row)) and found:
            found[-1].codes.append(int(code[1]))
    return found


TUTORIAL = tutorial()
TEXT = TUTORIAL.read_text(encoding="utf-8") if TUTORIAL else ""
STEPS = steps(TEXT)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(TUTORIAL is None, reason="the tutorial is not beside the checkout"),
]


@dataclass
class Shell:
    """Runs the tutorial's lines against a demo."""

    running: Demo
    folder: Path
    media: str

    def run(self, step: Step, key: str = KEY) -> str:
        """What the line prints; without a pipe the head of the answer, too."""
        export = self._ours(EXPORT.findall(TEXT)[0])
        line = self._ours(step.line).replace(KEY, key)
        done = subprocess.run(
            ["bash", "-eu", "-o", "pipefail", "-c", f"{export}\n{line}"],
            env=self._environment("|" not in line),
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    def code(self, step: Step, key: str = KEY) -> int:
        head = re.match(r"HTTP/1\.\d (\d{3})", self.run(step, key))
        assert head is not None
        return int(head[1])

    def _ours(self, line: str) -> str:
        line = line.replace("https://data.public.lu/api/1/", self.running.facts["api_url"])
        # a slip of its translation: with the space httpie takes the path for a field to send
        line = line.replace("$API '", "$API'")
        line = ORGANIZATION.sub(f"mediadb/media/{self.media}/", line)
        return line.replace("organizations/", "mediadb/media/")

    def _environment(self, shows_head: bool) -> dict[str, str]:
        """On a terminal httpie shows the head, and waits for no input; here it has to be told."""
        options = ["--ignore-stdin", *(["--print=hb"] if shows_head else [])]
        folder = self.folder / f"httpie-{shows_head}"
        folder.mkdir(exist_ok=True)
        (folder / "config.json").write_text(json.dumps({"default_options": options}))
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        return {**os.environ, "PATH": path, "HTTPIE_CONFIG_DIR": str(folder)}


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    folder = tmp_path_factory.mktemp("tutorial")
    with demo(folder / "demo", "--udata") as running:
        running.wait_for("mediadb import --owner")
        yield Shell(running, folder, running.media()[0]["id"])


def named(*parts: str) -> list[Step]:
    found = [step for step in STEPS if all(part in step.line for part in parts)]
    assert found, parts
    return found


def values(text: str) -> list[Any]:
    """What jq prints: one value on each line."""
    return [json.loads(line) for line in text.splitlines()]


def accounts(shell: Shell) -> dict[str, Any]:
    text = (shell.running.root / "accounts.json").read_text()
    found: dict[str, Any] = json.loads(text)
    return found


def test_the_first_line_gives_a_page(shell: Shell) -> None:
    (step,) = [step for step in named("?page_size=1'") if "|" not in step.line]

    head, _, body = shell.run(step).partition("\n\n")

    assert " 200 " in head.splitlines()[0]
    page = json.loads(body)
    assert (len(page["data"]), page["page"], page["page_size"], page["total"]) == (1, 1, 1, 30)
    assert "?page_size=1&page=2" in page["next_page"]
    assert page["previous_page"] is None


def test_names_and_addresses_of_a_page(shell: Shell) -> None:
    for step in named(".data[].name"):
        found = values(shell.run(step))
        assert len(found) == (1 if "page_size=1" in step.line else 20)
        assert all(isinstance(name, str) for name in found)
    (step,) = named(".data[].uri")
    found = values(shell.run(step))
    assert len(found) == 5
    assert all(uri.startswith(shell.running.facts["api_url"]) for uri in found)


def test_one_object_and_parts_of_it(shell: Shell) -> None:
    (whole,) = named("| jq '.'")

    assert json.loads(shell.run(whole))["id"] == shell.media
    (metrics,) = named(".metrics")
    assert values(shell.run(metrics)) == [None]  # a media has none


def test_changing_needs_a_key_the_right_one_and_permission(shell: Shell) -> None:
    without, wrong = (step for step in named("http PUT") if "|" not in step.line)

    assert [shell.code(without)] == without.codes == [401]
    known = accounts(shell)
    keys = [KEY, known["stranger"]["x_api_key"], known["user"]["x_api_key"]]
    assert [shell.code(wrong, key) for key in keys] == wrong.codes == [401, 403, 200]


def test_bodies_of_refusals_have_the_message_of_the_tutorial(shell: Shell) -> None:
    _, wrong = (step for step in named("http PUT") if "|" not in step.line)

    refused = shell.run(wrong, accounts(shell)["stranger"]["x_api_key"])

    message = json.loads(refused.partition("\n\n")[2])["message"]
    assert f'"message": "{message}"' in TEXT


def test_changed_deleted_gone(shell: Shell) -> None:
    (change,) = named("http PUT", "name=")
    (delete,) = named("http DELETE")
    (gone,) = named("http GET")
    key = shell.running.facts["x_api_key"]

    changed = json.loads(shell.run(change, key))
    assert f'name="{changed["name"]}"' in change.line
    assert [shell.code(delete, key)] == delete.codes == [204]
    assert [shell.code(gone)] == gone.codes == [410]
    restored = requests.post(
        f"{shell.running.facts['api_url']}mediadb/media/{shell.media}/restore/",
        headers={"X-API-KEY": key},
        timeout=300,
    )
    assert restored.status_code == 200  # other tests look at it in their turn


def test_every_line_of_the_tutorial_is_run_by_a_test() -> None:
    parts = ("?page_size=1'", ".data[].name", ".data[].uri", "| jq '.'", ".metrics", "http PUT")
    left = [step.line for step in STEPS if not any(part in step.line for part in parts)]
    assert [line for line in left if "members" not in line] == [
        step.line for step in (*named("http DELETE"), *named("http GET"))
    ]
