"""A least rate for bodies, where the server reads them in the request's thread (gunicorn does).

A client that sends a byte a second would hold a thread for hours, and as many as there are threads
everybody's. While a block of the body is awaited it has a deadline; at that the connection is shut
for reading, so that the read ends, and the answer is 408. A proxy that takes in whole requests, or
a server that does (waitress), makes this needless. Headers are read before us: there only a proxy
helps.
"""

import socket
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, current_app, request

from ..errors import RequestTimeout

BLOCK_BYTES = 16 * 1024
_LOOK_EVERY_S = 0.25


def pace_bodies(app: Flask) -> None:
    """Watch the bodies of all requests of this app that our routes may read."""
    watch = _Watch()

    def pace() -> None:
        connection = request.environ.get("gunicorn.socket")
        least = current_app.config["MEDIADB_BODY_LEAST_BYTES_PER_S"]
        if connection is None or not least or request.content_length == 0:
            return
        stream = request.environ["wsgi.input"]
        request.environ["wsgi.input"] = _PacedInput(stream, connection, watch, BLOCK_BYTES / least)

    app.before_request(pace)


@dataclass
class _Wait:
    """A read that is to end in time; `is_over`: it was ended for it."""

    deadline_s: float
    connection: socket.socket
    is_over: bool = False


@dataclass
class _Watch:
    """Ends the reads whose time is over; one thread, while there are any."""

    _waits: dict[int, _Wait] = field(default_factory=dict)
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _thread: threading.Thread | None = None

    def begin(self, wait: _Wait) -> None:
        with self._changed:
            self._waits[id(wait)] = wait
            if self._thread is None or not self._thread.is_alive():  # a fork has none
                self._thread = threading.Thread(target=self._run, daemon=True, name="slow bodies")
                self._thread.start()
            self._changed.notify()

    def end(self, wait: _Wait) -> None:
        with self._changed:
            self._waits.pop(id(wait), None)

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: bool(self._waits))
                for wait in list(self._waits.values()):
                    if time.monotonic() > wait.deadline_s:
                        wait.is_over = True
                        del self._waits[id(wait)]
                        _shut(wait.connection)
            time.sleep(_LOOK_EVERY_S)


class _PacedInput:
    """A request's body, each block of it in time. As PEP 3333 asks of `wsgi.input`."""

    def __init__(
        self, stream: Any, connection: socket.socket, watch: _Watch, block_s: float
    ) -> None:
        self._stream, self._connection, self._watch = stream, connection, watch
        self._block_s = block_s

    def read(self, size: int | None = -1) -> bytes:
        """As a file; RequestTimeout where a block does not come in time."""
        blocks, left = [], size if size is not None and size >= 0 else None
        while left is None or left > 0:
            wanted = BLOCK_BYTES if left is None else min(left, BLOCK_BYTES)
            block = self._read_in_time(wanted)
            blocks.append(block)
            if len(block) < wanted:
                break
            left = left if left is None else left - len(block)
        return b"".join(blocks)

    def readline(self, size: int | None = -1) -> bytes:
        """As a file; read by nobody here."""
        line: bytes = self._stream.readline(*([] if size is None or size < 0 else [size]))
        return line

    def readlines(self, hint: int = -1) -> list[bytes]:
        """As a file; read by nobody here."""
        return list(self._stream.readlines(hint))

    def __iter__(self) -> Any:
        return iter(self._stream)

    def _read_in_time(self, size: int) -> bytes:
        wait = _Wait(time.monotonic() + self._block_s, self._connection)
        self._watch.begin(wait)
        try:
            block: bytes = self._stream.read(size)
        except OSError:
            if not wait.is_over:
                raise
        finally:
            self._watch.end(wait)
        if wait.is_over:
            raise RequestTimeout(
                f"The body comes too slowly: at least {BLOCK_BYTES} bytes in {self._block_s:.0f} s."
            )
        return block


def _shut(connection: socket.socket) -> None:
    """End reading only, also below TLS, whose own method would end the encryption of the answer."""
    try:
        socket.socket.shutdown(connection, socket.SHUT_RD)
    except OSError:
        return  # gone already
