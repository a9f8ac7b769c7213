"""A real HTTP server that answers in turn what a test wrote down."""

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Seen:
    """A request that came."""

    path: str
    key: str | None
    body: bytes


@contextmanager
def answering(statuses: Sequence[int | None], *bodies: Any) -> Iterator[tuple[str, list[Seen]]]:
    """Its address and what came. None closes the connection; of `bodies` the last one stays."""
    seen: list[Seen] = []

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            turn = len(seen)
            key = self.headers.get("Idempotency-Key")
            seen.append(Seen(self.path, key, self.rfile.read(length)))
            status = statuses[turn]
            if status is None:
                self.close_connection = True
                return
            data = json.dumps(bodies[min(turn, len(bodies) - 1)]).encode()
            self.send_response(status)
            if status in (429, 503):
                self.send_header("Retry-After", "0")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PATCH = answer

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", seen
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
