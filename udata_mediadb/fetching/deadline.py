"""One point in time that a whole fetch must meet, and sockets that keep to it.

A socket's own timeout starts anew with every byte: a server that sends one byte a second keeps a
reader for ever, most of all in the headers, which the library reads in a single call. These sockets
set their timeout to what is left before each read and write.
"""

import socket
import ssl
import time
from typing import Any


class Deadline:
    """So many seconds from now on, by the monotonic clock."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    def remaining_s(self) -> float:
        """More than 0; raises TimeoutError when nothing is left."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError("deadline")
        return left


class DeadlineSocket(socket.socket):
    """Plain TCP; `deadline` is to be set before use."""

    deadline: Deadline

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        self.settimeout(self.deadline.remaining_s())
        return super().recv_into(*args, **kwargs)

    def sendall(self, *args: Any, **kwargs: Any) -> None:
        self.settimeout(self.deadline.remaining_s())
        super().sendall(*args, **kwargs)


class DeadlineSSLSocket(ssl.SSLSocket):
    """TLS; CPython counts a read's and the handshake's timeout over all its packets."""

    deadline: Deadline

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        self.settimeout(self.deadline.remaining_s())
        return super().recv_into(*args, **kwargs)

    def sendall(self, *args: Any, **kwargs: Any) -> None:
        self.settimeout(self.deadline.remaining_s())
        super().sendall(*args, **kwargs)
