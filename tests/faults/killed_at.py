"""A portal process that is killed just before its nth write to MongoDB.

`killed_at` asks for one request in such a process, and says whether it was answered. A server has
everything imported and forks one for each request.
"""

import multiprocessing
import os
from pathlib import Path
from threading import current_thread
from typing import Any

from pymongo import monitoring

from ..hosts import current_host
from ..portal_here import PortalHere

WRITES = ("insert", "update", "delete", "findAndModify")
KILLED = 99


class KillAt(monitoring.CommandListener):
    """Counts the writes once it is armed: those of the request, not of the portal's own threads."""

    left = -1  # not armed

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if event.command_name not in WRITES or self.left < 0 or current_thread().daemon:
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
    portal = (config["MEDIADB_MONGODB_URI"], config["FS_ROOT"])
    asked = {"method": method, "path": f"/api/1/mediadb/{path}", **arguments}
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__, "udata_mediadb.mounting.app"])
    process = context.Process(target=ask, args=(*portal, here.key, writes, asked))
    process.start()
    process.join()
    assert process.exitcode in (0, KILLED), "its traceback is above"
    return process.exitcode == KILLED


def ask(mongodb: str, root: str, key: str, writes: int, asked: dict[str, Any]) -> None:
    """In the process of its own."""
    listener = KillAt()
    monitoring.register(listener)
    app = current_host().new_app(mongodb, Path(root))
    client = app.test_client()
    headers = {"X-API-KEY": key}
    client.get("/api/1/mediadb/media/", headers=headers)  # connects, makes the indexes
    listener.left = writes
    answer = client.open(headers=headers, **asked)
    listener.left = -1
    assert answer.status_code < 400, answer.text
