"""A portal process that is killed just before its nth write to MongoDB: `python -m` this.

`killed_at` asks for one request in such a process, and says whether it was answered.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from pymongo import monitoring

from ..hosts import current_host
from ..portal_here import PortalHere

WRITES = ("insert", "update", "delete", "findAndModify")
KILLED = 99


class KillAt(monitoring.CommandListener):
    """Counts the writes once it is armed."""

    left = -1  # not armed

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if event.command_name not in WRITES or self.left < 0:
            return
        if self.left == 0:
            os._exit(KILLED)  # as by kill -9: nothing is tidied up
        self.left -= 1

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        pass

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        pass


def killed_at(writes: int, here: PortalHere, method: str, path: str, **arguments: Any) -> bool:
    """Whether the process died before its write number `writes`, counted from 0."""
    config = here.app.config
    asked = {
        "mongodb": config["MEDIADB_MONGODB_URI"],
        "root": config["FS_ROOT"],
        "writes": writes,
        "method": method,
        "path": f"/api/1/mediadb/{path}",
        "headers": {"X-API-KEY": here.key},
        "arguments": arguments,
    }
    command = [sys.executable, "-m", "tests.faults.killed_at"]
    done = subprocess.run(
        command,
        input=json.dumps(asked),
        text=True,
        capture_output=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode in (0, KILLED), done.stderr
    return done.returncode == KILLED


def main() -> None:
    asked = json.load(sys.stdin)
    listener = KillAt()
    monitoring.register(listener)
    app = current_host().new_app(asked["mongodb"], Path(asked["root"]))
    client = app.test_client()
    headers = asked["headers"]
    client.get("/api/1/mediadb/media/", headers=headers)  # connects, makes the indexes
    listener.left = asked["writes"]
    answer = client.open(
        asked["path"], method=asked["method"], headers=headers, **asked["arguments"]
    )
    listener.left = -1
    assert answer.status_code < 400, answer.text


if __name__ == "__main__":
    main()
