"""gunicorn's worker for `--tls`, which answers plain http on the same port: 301 to https.

LTU's FAQ: "a 301 HTTP code if your request is not using HTTPS". By itself gunicorn closes such a
connection without a word.
"""

import contextlib
import json
import socket
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

from .mongod import HOST

_TLS_HANDSHAKE = b"\x16"  # the first byte of every TLS connection (RFC 8446, 5.1)
_HEAD_BYTES = 16 * 1024
_HEAD_S = 5.0
_NAMES = (HOST, "localhost")


class RedirectingWorker(ThreadWorker):
    """Looks at the first byte of a connection; what is not TLS gets one answer and is closed."""

    def handle(self, conn: Any) -> Any:
        """As gunicorn's, which afterwards finds the connection at its end."""
        if not conn.initialized:
            with contextlib.suppress(OSError):
                conn.sock.settimeout(_HEAD_S)
                if conn.sock.recv(1, socket.MSG_PEEK) not in (_TLS_HANDSHAKE, b""):
                    _answer(conn.sock, conn.server[1])
                    conn.sock.shutdown(socket.SHUT_RDWR)
        return super().handle(conn)


def _answer(connection: socket.socket, port: int) -> None:
    head = b""
    while b"\r\n\r\n" not in head and len(head) < _HEAD_BYTES:
        block = connection.recv(4096)
        if not block:
            return
        head += block
    connection.sendall(redirection(head, port))


def redirection(head: bytes, port: int) -> bytes:
    """301 to the same path over https for GET and HEAD, 403 for what a client would not repeat."""
    lines = head.decode("latin-1").split("\r\n")
    method, _, rest = lines[0].partition(" ")
    path = rest.partition(" ")[0]
    hosts = (line.partition(":")[2].strip() for line in lines if line.lower().startswith("host:"))
    name = next(hosts, HOST).rpartition(":")[0]
    target = f"https://{name if name in _NAMES else HOST}:{port}{path}"
    if method in ("GET", "HEAD") and path.startswith("/") and path.isprintable():
        return _response("301 Moved Permanently", f"Location: {target}\r\n", method, target)
    message = "This portal is served over https only. What was just sent could be read on the way."
    return _response("403 Forbidden", "", method, message)


def _response(status: str, header: str, method: str, message: str) -> bytes:
    body = json.dumps({"message": message, "status": int(status[:3])}).encode()
    head = (
        f"HTTP/1.1 {status}\r\n{header}Content-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode("latin-1") + (b"" if method == "HEAD" else body)
