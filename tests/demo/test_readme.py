"""The transcript of the README, run as it stands: real demo, bash, httpie, curl and jq."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.demo.running import REPOSITORY, demo

pytestmark = [pytest.mark.server, pytest.mark.slow]

NUMBER = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")
TOLERANCE = 0.02  # of distances and fractions, between processors


def transcript() -> list[tuple[str, str]]:
    """(command, output) of the README's console blocks."""
    text = (REPOSITORY / "README.md").read_text()
    blocks = re.findall(r"```console\n(.*?)```", text, re.DOTALL)
    steps: list[tuple[str, str]] = []
    for line in "".join(blocks).splitlines(keepends=True):
        if line.startswith("$ "):
            steps.append((line.removeprefix("$ "), ""))
        else:
            command, output = steps.pop()
            steps.append((command, output + line))
    return steps


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder in which a demo serves, as `make demo` leaves it."""
    here = tmp_path_factory.mktemp("checkout")
    (here / "udata_mediadb").symlink_to(REPOSITORY / "udata_mediadb")
    (here / "httpie").mkdir()
    (here / "httpie" / "config.json").write_text(json.dumps({"default_options": ["-I"]}))
    with demo(here / "demo-data") as started:
        started.wait_for("mediadb reindex\n")
        yield here


def test_the_transcript_is_what_happens(folder: Path) -> None:
    marker = "=== end of a command ==="
    script = "".join(f"{command}\necho '{marker}'\n" for command, _ in transcript())
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-eu", "-o", "pipefail", "-c", script],
        cwd=folder,
        env={**os.environ, "PATH": path, "HTTPIE_CONFIG_DIR": str(folder / "httpie")},
        capture_output=True,
        text=True,
        check=False,
    )

    outputs = done.stdout.split(f"{marker}\n")
    assert done.returncode == 0, done.stdout + done.stderr
    for (command, expected), actual in zip(transcript(), outputs, strict=False):
        assert NUMBER.sub("N", actual) == NUMBER.sub("N", expected), command
        numbers = [[float(n) for n in NUMBER.findall(text)] for text in (actual, expected)]
        assert numbers[0] == pytest.approx(numbers[1], abs=TOLERANCE), command
