"""Clients that hold connections: headers byte by byte, uploads that crawl, and nothing at all."""

import contextlib
import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

_PAUSE_S = 0.5  # between two bytes
_HEADER = "GET /api/1/mediadb/media/ HTTP/1.1\r\nHost: {host}\r\nX-Long: "
# with a key: without one the answer is 401, and nothing of the body is read
_UPLOAD = (
    "POST /api/1/mediadb/media/ HTTP/1.1\r\nHost: {host}\r\nContent-Type: image/jpeg\r\n"
    "X-API-KEY: {key}\r\nContent-Length: 1000000\r\n\r\n"
)


class SlowClients:
    """A context manager; within, a thread sends one byte to each twice a second."""

    def __init__(
        self,
        connect: Callable[[], socket.socket],
        host: str,
        key: str,
        *,
        dripping: int,
        crawling: int,
    ) -> None:
        self._connect = connect
        starts = [_HEADER] * dripping + [_UPLOAD] * crawling
        self._starts = [start.format(host=host, key=key).encode() for start in starts]
        self._open: list[socket.socket] = []
        self._stop = threading.Event()
        self._began = threading.Event()
        self._thread = threading.Thread(target=self._drip, daemon=True)

    def held(self) -> int:
        """How many are still connected."""
        return len(self._open)

    def stay_idle(self, number: int) -> None:
        """Connect as many more that send nothing."""
        self._idle = [self._connect() for _ in range(number)]

    def __enter__(self) -> Self:
        for start in self._starts:
            connection = self._connect()
            connection.sendall(start)
            self._open.append(connection)
        self._idle: list[socket.socket] = []
        self._thread.start()
        self._began.wait()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()
        for connection in (*self._open, *self._idle):
            with contextlib.suppress(OSError):
                connection.close()

    def _drip(self) -> None:
        while not self._stop.is_set():
            for connection in list(self._open):
                try:
                    connection.sendall(b"x")
                except OSError:  # the server has had enough of it
                    self._open.remove(connection)
                    connection.close()
            self._began.set()
            self._stop.wait(_PAUSE_S)
