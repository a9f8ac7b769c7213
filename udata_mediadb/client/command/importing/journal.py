"""What was imported already, in a file beside the source: a run that was killed goes on from it.

The first line names the journal; of it, the path and the bytes each upload's Idempotency-Key is
made. So what was sent by a run that was killed before it could write down the answer is answered
again, and not added twice. The portal remembers keys for a day: what the journal does not know
after that is asked for by its sha256.
"""

import errno
import hashlib
import json
import os
import threading
import time
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from .sources import Item

NAME = ".mediadb-import.jsonl"
REMEMBERED_S = 20 * 3600  # of the day that a portal remembers keys, with room for clocks


class Journal:
    """`done`: what became of each path, of all runs."""

    def __init__(self, path: Path, target: str, *, reading: bool = False) -> None:
        """`reading`: it is there, and nothing will be written."""
        self._path = path
        self._lock = threading.Lock()
        # Unbuffered: what a full disk did not take is not tried again behind the next line.
        self._file = path.open("rb" if reading else "ab", buffering=0)
        if not reading and _head(_lines(path)) is None:
            self._write({"journal": uuid.uuid4().hex, "target": target, "version": 1})
            os.fsync(self._file.fileno())
        lines = _lines(path)
        # of several runs that began at once, that of the first
        head = _head(lines) or {"target": target, "journal": ""}
        self.target, self.id = str(head["target"]), str(head["journal"])
        ended = [line for line in lines if line.get("state") == "done"]
        self.done: dict[str, Mapping[str, Any]] = {str(line["path"]): line for line in ended}
        self.sent_at = {str(one["path"]): float(one["at"]) for one in lines if "at" in one}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def has(self, item: Item) -> bool:
        """Whether it is done, and as it was then."""
        line = self.done.get(item.path)
        return line is not None and line.get("stamp") == item.stamp

    def done_with(self, path: str, sha256: str) -> str | None:
        """The id of the media that these bytes from there became, None where they are new."""
        line = self.done.get(path)
        return str(line["id"]) if line and sha256 and line["sha256"] == sha256 else None

    def key(self, path: str, sha256: str) -> str:
        """The Idempotency-Key for these bytes from there."""
        return hashlib.sha256(f"{self.id}\n{path}\n{sha256}".encode()).hexdigest()

    def is_forgotten(self, path: str) -> bool:
        """Whether it was sent before, so long ago that the portal may not know its key."""
        sent = self.sent_at.get(path)
        return sent is not None and not 0 <= time.time() - sent < REMEMBERED_S

    def sending(self, path: str, sha256: str) -> None:
        """It is about to be sent."""
        if path not in self.sent_at:
            self.sent_at[path] = time.time()
            self._write({"path": path, "sha256": sha256, "state": "sending", "at": time.time()})

    def ended(self, item: Item, sha256: str, media: str, outcome: str) -> None:
        """The portal has it."""
        line = {"path": item.path, "sha256": sha256, "state": "done", "id": media}
        self.done[item.path] = {**line, "outcome": outcome, "stamp": item.stamp}
        self._write(self.done[item.path])

    def _write(self, line: Mapping[str, Any]) -> None:
        """One line at once, with a line break before: a line that was cut off harms no other."""
        data = b"\n" + json.dumps(line, ensure_ascii=False).encode() + b"\n"
        with self._lock:
            written = self._file.write(data)
        if written != len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._path))


def _head(lines: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The line that names the journal."""
    return next((line for line in lines if "journal" in line), None)


def _lines(path: Path) -> list[dict[str, Any]]:
    """Those that are whole; the last one of a run that was killed may not be."""
    found = []
    text = path.read_bytes() if path.exists() else b""
    for line in text.split(b"\n"):
        try:
            told = json.loads(line)
        except ValueError:
            continue
        if isinstance(told, dict):
            found.append(told)
    return found
