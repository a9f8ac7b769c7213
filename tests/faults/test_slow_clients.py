"""Clients that send slowly do not keep others from an answer; no proxy is in front here."""

import contextlib
import json
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import requests

from ..fixtures import Tenant, new_tenant
from ..images import jpeg
from ..portal import Portal, running_portal

SLOW = 20
LEAST_BYTES_PER_S = 2048  # a block of 16 KiB has eight seconds
BLOCK = 16_384
BLOCK_S = 1.0  # nine of them: longer than one may take
ANSWER_S = 300.0  # a busy machine takes some; the slow ones would take an hour


@pytest.fixture(scope="module")
def portal(mongodb_uri: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """With as many threads as the demo."""
    settings = json.dumps({"MEDIADB_BODY_LEAST_BYTES_PER_S": LEAST_BYTES_PER_S})
    uri = f"{mongodb_uri.rstrip('/')}/mediadb_test_{secrets.token_hex(6)}"
    root = tmp_path_factory.mktemp("files")
    with running_portal(uri, root, threads=16, TEST_SETTINGS=settings) as running:
        yield running


@pytest.fixture(scope="module")
def tenant(portal: Portal) -> Tenant:
    return new_tenant(portal)


def head_of(tenant: Tenant, kind: str, length: int) -> bytes:
    lines = [
        "POST /api/1/mediadb/media/ HTTP/1.1",
        "Host: localhost",
        f"X-API-KEY: {tenant.client.key}",
        f"Content-Type: {kind}",
        f"Content-Length: {length}",
    ]
    return "\r\n".join([*lines, "", ""]).encode()


@contextlib.contextmanager
def crawling(portal: Portal, tenant: Tenant, kind: str, step: bytes) -> Iterator[socket.socket]:
    """A client that sends `step` twice a second, until its answer is there."""
    parts = urlsplit(portal.url)
    ended = threading.Event()
    with socket.create_connection((str(parts.hostname), parts.port or 80), 300) as connection:
        connection.sendall(head_of(tenant, kind, 5_000_000))

        def crawl() -> None:
            while not ended.wait(0.5):
                with contextlib.suppress(OSError):
                    connection.sendall(step)

        thread = threading.Thread(target=crawl)
        thread.start()
        try:
            yield connection
        finally:
            ended.set()
            thread.join()


def answer_to(connection: socket.socket) -> bytes:
    answer = b""
    while b"request-timeout" not in answer and (block := connection.recv(4096)):
        answer += block
    return answer


def test_a_body_that_crawls_is_ended(portal: Portal, tenant: Tenant) -> None:
    """Each kind of body at each pace, all at once."""
    with contextlib.ExitStack() as stack:
        crawlers = {
            (kind, len(step)): stack.enter_context(crawling(portal, tenant, kind, step))
            for kind in ("image/jpeg", "application/json", "multipart/form-data; boundary=x")
            for step in (b"-", b"-" * 512)
        }
        answers = {case: answer_to(connection) for case, connection in crawlers.items()}

    for (kind, step), answer in answers.items():
        # JSON is over the limit of bodies without a picture, known at once
        codes = (b"408", b"413") if kind == "application/json" else (b"408",)
        assert answer.startswith(tuple(b"HTTP/1.1 " + code for code in codes)), (kind, step, answer)


def test_others_are_answered_while_twenty_uploads_crawl(portal: Portal, tenant: Tenant) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(SLOW):
            stack.enter_context(crawling(portal, tenant, "image/jpeg", b"-"))
        time.sleep(1)
        for _ in range(4):
            answer = requests.get(f"{portal.api}media/", timeout=ANSWER_S)
            assert answer.status_code == 200


def test_a_large_upload_at_its_own_pace_is_stored(portal: Portal, tenant: Tenant) -> None:
    """In pieces, each in time, for longer than one piece may take."""
    image = jpeg(7, 640, 480)
    data = image[:-2] + b"\xff\xfe\xff\xff" + bytes(65_533) + image[-2:]
    assert len(data) / BLOCK * BLOCK_S > BLOCK / LEAST_BYTES_PER_S
    parts = urlsplit(portal.url)
    with socket.create_connection((str(parts.hostname), parts.port or 80), 300) as connection:
        path = f"/api/1/mediadb/media/?application={tenant.application}".encode()
        head = head_of(tenant, "image/jpeg", len(data))
        connection.sendall(head.replace(b"/api/1/mediadb/media/", path, 1))
        for start in range(0, len(data), BLOCK):
            connection.sendall(data[start : start + BLOCK])
            time.sleep(BLOCK_S)
        answer = connection.recv(4096)

    assert answer.startswith(b"HTTP/1.1 201"), answer
