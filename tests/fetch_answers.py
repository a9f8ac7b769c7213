"""What the tests of `fetching` share: scripted answers and made-up resolvers."""

import socket

from udata_mediadb.fetching import fetch

LOOPBACK = ("127.0.0.0/8",)
NAME = "pictures.example"
HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 7\r\n\r\npicture"
# Short, so that the suite is quick; long enough for a slow machine to get through the handshakes.
SOON_S = 0.5
IN_TIME = r"within 0\.5 s"


def get(url, **options):
    settings = {"max_bytes": 100_000, "deadline_s": 60, "allow": LOOPBACK, **options}
    return fetch(url, **settings)


def answering(data):
    return lambda exchange: exchange.send(data)


def resolving_to(*addresses):
    """A resolver with these answers for every name; `calls` counts."""

    def resolve(host, port, family=0, kind=0):
        resolve.calls += 1
        return [
            (socket.AF_INET6 if ":" in a else socket.AF_INET, kind, 6, "", (a, port))
            for a in addresses
        ]

    resolve.calls = 0
    return resolve


def redirect(location, status=302):
    return f"HTTP/1.1 {status} Moved\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()


def endless(head, part):
    def answer(exchange):
        exchange.send(head)
        while True:
            exchange.send(part)

    return answer


def dripping(head, data):
    def answer(exchange):
        exchange.send(head)
        exchange.drip(data)

    return answer
