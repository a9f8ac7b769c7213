"""Runs `mediadb` as a process of its own."""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from ..permissions import OBEDIENT

MEDIADB = [sys.executable, "-m", "udata_mediadb.client.command"]


@dataclass
class Shell:
    """Runs `mediadb` for a tenant; `obedient`: by the modes of files, whoever we are."""

    environment: Mapping[str, str]

    def __call__(
        self,
        *arguments: str,
        stdin: bytes | None = None,
        obedient: bool = False,
        **changes: str,
    ) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [*(OBEDIENT if obedient else ()), *MEDIADB, *arguments],
            env={**self.environment, **changes},
            input=stdin,
            capture_output=True,
            check=False,
            timeout=300,
        )
        out, err = done.stdout.decode(errors="replace"), done.stderr.decode()
        return subprocess.CompletedProcess(done.args, done.returncode, out, err)


def lines(done: subprocess.CompletedProcess[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in done.stdout.splitlines()]
