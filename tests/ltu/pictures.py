"""A server on loopback that answers every path with the same photograph."""

from collections.abc import Iterator
from contextlib import contextmanager

from ..images import jpeg
from ..scripted_server import Exchange, serve

SEED = 5


@contextmanager
def serving_pictures() -> Iterator[str]:
    """The URL of a picture."""
    body = jpeg(SEED)
    head = "HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nConnection: close\r\n"

    def answer(exchange: Exchange) -> None:
        exchange.send(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)

    with serve(answer) as server:
        yield f"http://127.0.0.1:{server.port}/images/mona-lisa.jpg"
