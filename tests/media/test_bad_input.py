"""What strangers send: a clear refusal, nothing stored."""

import json
import socket
import struct
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ..fixtures import Tenant
from ..images import encoded, jpeg, photo
from ..portal import Client
from .stored_nothing import assert_nothing_stored

Body = dict[str, Any]


def huge_png() -> bytes:
    """A PNG header that promises 900 megapixels, with a body that would decode to zeros."""
    header = struct.pack(">IIBBBBB", 30000, 30000, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes(30001) * 100)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in ((b"IHDR", header), (b"IDAT", rows), (b"IEND", b""))
    )


@pytest.mark.parametrize(
    ("image", "status"),
    [
        (b"", 400),
        (b"not an image", 415),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 415),
        (b"%PDF-1.7\n", 415),
        (jpeg(1)[:20], 415),
        (encoded(photo(1), "PNG")[:-200], 415),
        (huge_png(), 413),
    ],
)
@pytest.mark.parametrize("path", ["media/", "search/"])
def test_images_that_are_refused(tenant: Tenant, path: str, image: bytes, status: int) -> None:
    answer = tenant.client.post(path, files={"image": image})

    assert answer.status_code == status, answer.text
    assert answer.json()["status"] == status
    assert_nothing_stored(tenant)


def test_a_jpeg_that_was_cut_off_is_no_upload_but_a_query(tenant: Tenant) -> None:
    stored = tenant.client.post("media/", files={"image": jpeg(1)}).json()
    cut = jpeg(1)[: len(jpeg(1)) * 2 // 3]

    refused = tenant.client.post("media/", files={"image": cut})
    found = tenant.client.post("search/", files={"image": cut})

    assert refused.status_code == 415, refused.text
    assert found.status_code == 200, found.text
    assert [hit["media"]["id"] for hit in found.json()["data"]] == [stored["id"]]


@pytest.mark.parametrize("path", ["media/", "search/"])
@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"data": b""}, 400),
        ({"json": []}, 400),
        ({"json": "text"}, 400),
        ({"json": None, "data": b"null", "headers": {"Content-Type": "application/json"}}, 400),
        ({"data": b"{", "headers": {"Content-Type": "application/json"}}, 400),
        ({"data": b'{"url": NaN}', "headers": {"Content-Type": "application/json"}}, 400),
        ({"data": b"[" * 100_000, "headers": {"Content-Type": "application/json"}}, 400),
        ({"json": {}}, 400),
        ({"json": {"url": 7}}, 400),
        ({"json": {"url": "ftp://example.org/a.jpg"}}, 400),
        ({"data": {"name": "no file"}}, 400),
        ({"data": b"--x\r\n", "headers": {"Content-Type": "multipart/form-data"}}, 400),
    ],
)
def test_bodies_that_are_refused(tenant: Tenant, path: str, body: Body, status: int) -> None:
    answer = tenant.client.post(path, **body)

    assert answer.status_code == status, answer.text
    assert answer.json()["message"]
    assert_nothing_stored(tenant)


def test_a_search_takes_one_picture(tenant: Tenant) -> None:
    files = [("image", jpeg(1)), ("image", jpeg(2))]

    assert tenant.client.post("search/", files=files).status_code == 400


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("md5", "0" * 32),
        ("md5", "no md5"),
        ("keywords", "[1]"),
        ("keywords", '["a", null]'),
        ("keywords", "[broken"),
        ("keywords", json.dumps(["k" * 201])),
        ("keywords", json.dumps([str(n) for n in range(201)])),
        ("metadata", "[]"),
        ("metadata", "text"),
        ("metadata", '{"$where": 1}'),
        ("metadata", '{"a.b": 1}'),
        ("metadata", '{"a$b": 1}'),
        ("metadata", '{"a\\u0000b": 1}'),
        ("metadata", '{"": 1}'),
        ("metadata", '{"a": {"$gt": 1}}'),
        ("metadata", '{"a": [{"$gt": 1}]}'),
        ("metadata", '{"a": 18446744073709551616}'),
        ("metadata", '{"a": 1e999}'),
        ("metadata", '{"a": "\\ud800"}'),
        ("metadata", '{"a": "\\u0000"}'),
        ("metadata", '{"a": {"b": {"c": {"d": {"e": 1}}}}}'),
        ("metadata", json.dumps({"a": "x" * 70_000})),
        ("name", "n" * 1025),
        ("name", "a\0b"),
        ("name", "   "),
    ],
)
def test_properties_that_are_refused(tenant: Tenant, field: str, value: str) -> None:
    answer = tenant.client.post("media/", data={field: value}, files={"image": jpeg(1)})

    assert answer.status_code == 400, answer.text
    assert set(answer.json()["errors"]) == {field}
    assert_nothing_stored(tenant)


@pytest.mark.parametrize(
    "body",
    [
        {"keywords": [1]},
        {"keywords": {"a": 1}},
        {"metadata": {"$set": 1}},
        {"metadata": "text"},
        {"name": 7},
        {"name": ""},
    ],
)
def test_changes_that_are_refused(tenant: Tenant, body: Body) -> None:
    media = tenant.client.add(tenant.application, jpeg(1), name="Name", keywords="a")

    answer = tenant.client.put(f"media/{media['id']}/", json=body)

    assert answer.status_code == 400
    assert tenant.client.get(f"media/{media['id']}/").json()["updated_at"] == media["updated_at"]


@pytest.mark.parametrize("application", ["nope", "0" * 32, "../..", "{}"])
def test_an_unknown_application_is_not_found(tenant: Tenant, application: str) -> None:
    for path in ("media/", "search/"):
        answer = tenant.client.post(
            path, data={"application": application}, files={"image": jpeg(1)}
        )
        assert answer.status_code == 404


def test_a_declared_size_over_the_limit_is_refused_unread(tenant: Tenant) -> None:
    host, port = tenant.client.api.split("/")[2].split(":")
    with socket.create_connection((host, int(port)), timeout=300) as connection:
        connection.sendall(
            b"POST /api/1/mediadb/media/ HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000000\r\n"
            b"Content-Type: image/jpeg\r\n"
            b"X-API-KEY: " + str(tenant.client.key).encode() + b"\r\n\r\n"
        )
        answer = connection.recv(4096)

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"application/json" in answer


@pytest.mark.parametrize("size", [9 << 20, 40 << 20])
def test_a_body_over_the_limit_gets_its_answer(tenant: Tenant, size: int) -> None:
    answer = tenant.client.post("media/", files={"image": bytes(size)})

    assert answer.status_code == 413
    assert "limit" in answer.json()["message"]


def test_a_chunked_body_over_the_limit_is_refused(tenant: Tenant) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(160):
            yield bytes(1 << 16)

    answer = tenant.client.post("media/", data=chunks(), headers={"Content-Type": "image/jpeg"})

    assert answer.status_code == 413


@pytest.mark.parametrize("name", ["../../etc/passwd", "a\\..\\b.jpg", "x" * 5000, "\u202egpj.exe"])
def test_a_file_name_is_for_show_only(tenant: Tenant, name: str) -> None:
    answer = tenant.client.post("media/", files={"image": (name, jpeg(1))})

    assert answer.status_code == 201
    shown = answer.json()["filename"]
    assert "/" not in shown
    assert "\\" not in shown
    assert len(shown) <= 255


STORED_RIGHT: dict[str, Callable[[], bytes]] = {
    "PNG": lambda: encoded(photo(6), "PNG"),
    "GIF": lambda: encoded(photo(6), "GIF"),
    "WEBP": lambda: encoded(photo(6), "WEBP"),
    "BMP": lambda: encoded(photo(6), "BMP"),
    "TIFF": lambda: encoded(photo(6), "TIFF"),
}


@pytest.mark.parametrize("format", STORED_RIGHT)
def test_other_formats_are_stored_and_found(tenant: Tenant, format: str) -> None:
    media = tenant.client.add(tenant.application, STORED_RIGHT[format]())

    hits = tenant.client.post("search/", files={"image": jpeg(6)}).json()["data"]

    assert media["format"] == format
    assert [hit["media"]["id"] for hit in hits] == [media["id"]]


def test_a_large_body_without_a_key_gets_its_answer(tenant: Tenant) -> None:
    for _ in range(3):
        answer = Client(tenant.client.api).post("media/", files={"image": bytes(7 << 20)})
        assert answer.status_code == 401
