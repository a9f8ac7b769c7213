"""The demo command as a process of its own."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from tests.demo.processes import descendants, wait_until_gone
from tests.waiting import PATIENCE_S, eventually

REPOSITORY = Path(__file__).parents[2]
KEYS = (  # of demo.json
    *("base_url", "api_url", "ltu_url", "x_api_key", "username", "password", "client_id"),
    *("application", "public_key", "private_key"),
)


@dataclass
class Demo:
    """A demo that was started, serving or not."""

    process: subprocess.Popen[bytes]
    root: Path
    output: Path

    @property
    def facts(self) -> dict[str, Any]:
        return json.loads((self.root / "demo.json").read_text())

    def text(self) -> str:
        return self.output.read_text(encoding="utf-8")

    def wait_for(self, pattern: str) -> "Demo":
        """Return when it has printed something like this."""

        def is_printed() -> bool:
            # whether it runs is asked first: it may print it, and end
            has_ended = self.process.poll() is not None
            found = re.search(pattern, self.text()) is not None
            assert found or not has_ended, self.text()
            return found

        eventually(is_printed)
        return self

    def get(self, path: str) -> dict[str, Any]:
        """The JSON below api_url."""
        facts = self.facts
        headers = {"X-API-KEY": facts["x_api_key"]}
        answer = requests.get(facts["api_url"] + path, headers=headers, timeout=300)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def outputs(self) -> list[str]:
        """Of every line that it printed to be pasted, run as it stands; each must succeed."""
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        return [
            subprocess.run(
                # pipefail: else only the exit code of jq would count
                ["bash", "-o", "pipefail", "-c", line],
                env={**os.environ, "PATH": path, "PYTHONPATH": str(REPOSITORY)},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=True,
            ).stdout
            for line in re.findall(r"^  (\S.*)$", self.text(), flags=re.MULTILINE)
        ]

    def media(self) -> list[dict[str, Any]]:
        return self.get(f"mediadb/media/?page_size=100&application={self.facts['application']}")[
            "data"
        ]

    def stop(self, number: int = signal.SIGTERM, *, whole_group: bool = False) -> int:
        """Send the signal; its exit code, once nothing that it started is left."""
        started = descendants(self.process.pid)
        (os.killpg if whole_group else os.kill)(self.process.pid, number)
        code = self.process.wait(PATIENCE_S)
        wait_until_gone(started)
        return code


@contextmanager
def demo(root: Path, *options: str) -> Iterator[Demo]:
    """`udata-mediadb demo` on this root and a free port, in a process group of its own."""
    output = root.parent / f"{root.name}-output.txt"
    command = [sys.executable, "-m", "udata_mediadb.demo.cli", "demo", "--port", "0"]
    with output.open("wb") as file:
        process = subprocess.Popen(
            [*command, "--root", str(root), *options],
            stdout=file,
            stderr=subprocess.STDOUT,
            cwd=REPOSITORY,
            process_group=0,
        )
    try:
        yield Demo(process, root, output)
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(PATIENCE_S)
