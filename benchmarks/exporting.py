"""An export of a large library: how long it takes, and how much memory the process takes for it.

    python -m benchmarks.exporting [--media N]

Documents of media, with all that can be said of a picture, go straight into a real MongoDB; the
requests go through the whole application in this process. The memory is what the process holds at
most while it writes, over what it held before: the test client gives chunks as a server would send
them.
"""

import argparse
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mongoengine
import psutil
from flask import Flask

from udata_mediadb.demo.mongod import EmbeddedMongod
from udata_mediadb.media.models import Media

from .listing import fill, new_app
from .report import table, write

SAID = {
    "title": {"en": "The old bridge", "de": "Die alte Brücke"},
    "description": {"x-default": "Seen from the river; the third arch is *new*.\n" * 5},
    "alt": {"x-default": "A stone bridge with three arches"},
    "creator": "Ada Example",
    "credit": "=City archive",
    "licence": "CC-BY-4.0",
    "place": {"name": "Arles", "latitude": 43.67, "longitude": 4.63},
    "taken_at": "1932-05",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--media", type=int, default=100_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, EmbeddedMongod(Path(folder) / "db") as mongod:
        app = new_app(mongod.uri, folder)
        with app.app_context():
            application = fill(app, options.media, 2)
            Media._get_collection().update_many({}, {"$set": {"about": SAID}})
            rows = [measured(app, path, application.id) for path in ("media.csv", "media.jsonl")]
        mongoengine.disconnect_all()
    head = ["export", "media", "seconds", "processor seconds", "MB written", "MB over rest"]
    load = f"Load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores."
    write("exporting", "Exports", f"{load}\n\n{table(head, rows)}")


def measured(app: Flask, path: str, application: str) -> tuple[str, int, str, str, str, str]:
    client = app.test_client()
    url = f"/api/1/mediadb/{path}?application={application}"
    next(iter(client.get(f"{url}&size=1", buffered=False).response), b"")  # imports, connections
    process, start, cpu = psutil.Process(), time.perf_counter(), time.process_time()
    with Peak(process) as peak:
        answer = client.get(url, buffered=False)
        written = lines = 0
        for chunk in _bytes(answer):
            written, lines = written + len(chunk), lines + chunk.count(application.encode())
    return (
        f"`{path}`",
        lines,
        f"{time.perf_counter() - start:.1f}",
        f"{time.process_time() - cpu:.1f}",
        f"{written / 1e6:.0f}",
        f"{peak.bytes / 1e6:.0f}",
    )


def _bytes(answer: Any) -> Iterator[bytes]:
    for chunk in answer.response:
        yield chunk.encode() if isinstance(chunk, str) else chunk


class Peak:
    """The most that a process holds meanwhile, over what it held at the start."""

    def __init__(self, process: psutil.Process) -> None:
        self._process, self._ended = process, threading.Event()
        self._rest, self.bytes = process.memory_info().rss, 0
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> "Peak":
        self._thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(0.02):
            self.bytes = max(self.bytes, self._process.memory_info().rss - self._rest)


if __name__ == "__main__":
    main()
