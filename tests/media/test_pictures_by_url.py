"""Pictures that are named by their address."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from ..fixtures import Tenant
from ..images import jpeg
from .stored_nothing import assert_nothing_stored


class ImageServer:
    """A real HTTP server on loopback; counts its requests."""

    def __init__(self) -> None:
        self.requests = 0
        self.routes: dict[str, tuple[int, dict[str, str], bytes]] = {}
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.requests += 1
                status, headers, body = outer.routes[self.path]
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server.server_port}{path}"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def images() -> Iterator[ImageServer]:
    server = ImageServer()
    yield server
    server.close()


def test_a_picture_can_be_named_by_url(tenant: Tenant, images: ImageServer) -> None:
    images.routes["/a.jpg"] = (200, {"Content-Type": "image/jpeg"}, jpeg(5))

    answer = tenant.client.post("media/", json={"url": images.url("/a.jpg"), "keywords": ["k"]})
    hits = tenant.client.post("search/", json={"url": images.url("/a.jpg")}).json()["data"]

    assert answer.status_code == 201
    assert answer.json()["keywords"] == ["k"]
    assert [hit["media"]["id"] for hit in hits] == [answer.json()["id"]]


@pytest.mark.parametrize(
    "target",
    [
        "http://[::1]/a.jpg",
        "http://169.254.169.254/latest/meta-data/",
        "http://0.0.0.0/",
        "http://10.0.0.1/",
        "http://[::ffff:10.0.0.1]/",
        "http://user:pass@example.org/",
        "file:///etc/passwd",
    ],
)
def test_private_urls_are_refused(tenant: Tenant, images: ImageServer, target: str) -> None:
    images.routes["/redirect"] = (302, {"Location": target}, b"")
    for url in (target, images.url("/redirect")):
        answer = tenant.client.post("media/", json={"url": url})
        assert answer.status_code == 400, answer.text
    assert_nothing_stored(tenant)


@pytest.mark.parametrize("answer", [(404, {}, b""), (200, {}, b"text"), (500, {}, b"")])
def test_urls_without_an_image(
    tenant: Tenant, images: ImageServer, answer: tuple[int, dict[str, str], bytes]
) -> None:
    images.routes["/x"] = answer

    got = tenant.client.post("media/", json={"url": images.url("/x")})

    assert got.status_code in (400, 415)
    assert_nothing_stored(tenant)
