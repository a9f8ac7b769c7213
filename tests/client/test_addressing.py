"""Where a client asks and as whom: nothing leads elsewhere, nothing is told that is secret."""

from base64 import b64encode
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from uuid import UUID

import pytest

from udata_mediadb.client import (
    BadRequest,
    MediaDB,
    MediaDBClientError,
    NotFound,
    TooManyRequests,
)
from udata_mediadb.client.addressing import api_of
from udata_mediadb.client.requests import Call, content_of, wait_of

from ..scripted_server import Exchange, serve
from .shell import Shell
from .turns import answering


@pytest.mark.parametrize(
    "url",
    [
        *("https://a.example", "https://a.example/", " https://a.example/api/1\n"),
        *("https://a.example/api/1/", "https://a.example/api/1/mediadb"),
    ],
)
def test_the_address_is_the_portals_or_that_of_its_api(url: str) -> None:
    assert api_of(url) == "https://a.example/api/1/mediadb/"


@pytest.mark.parametrize(
    "url",
    [
        *("", "a.example", "ftp://a.example", "https://", "http://[::1", "http://a.example:port"),
        *("https://a.example/?lang=de", "https://a.example/#media", "/api/1/mediadb/"),
    ],
)
def test_what_is_no_address_of_a_portal_is_refused(url: str) -> None:
    with pytest.raises(BadRequest, match="address of a portal"):
        MediaDB(url)


@pytest.mark.parametrize("url", ["http://[::1]:8000", "https://b.example/portal/api/2"])
def test_an_address_may_have_a_port_a_path_and_be_of_ipv6(url: str) -> None:
    assert api_of(url).startswith(url)


def test_a_password_in_the_address_is_sent_and_not_shown() -> None:
    """For who stands before a portal; errors and journals name the address."""
    with serve(wants_a_password) as server:
        address = f"//name:p%40ss@127.0.0.1:{server.port}"
        with MediaDB(f"http:{address}") as db:
            assert db.me() == {}
            assert "p%40ss" not in db.url
    with MediaDB(f"http:{address}") as db, pytest.raises(MediaDBClientError) as failed:
        db.media.edit("x", name="a")
    assert "p%40ss" not in str(failed.value)
    with pytest.raises(BadRequest, match="one of them"):
        MediaDB(f"http:{address}", token="t")


def wants_a_password(exchange: Exchange) -> None:
    is_right = b"Basic " + b64encode(b"name:p@ss") in exchange.request
    status = b"200 OK" if is_right else b"401 Unauthorized"
    exchange.send(b"HTTP/1.1 " + status + b"\r\nContent-Length: 2\r\n\r\n{}")


@pytest.mark.parametrize(
    ("name", "value"), [("ALL_PROXY", "socks5://127.0.0.1:9"), ("SSL_CERT_FILE", "/nowhere")]
)
def test_what_the_environment_makes_impossible_is_said(shell: Shell, name: str, value: str) -> None:
    done = shell("status", **{name: value, "NO_PROXY": ""})

    assert (done.returncode, "environment" in done.stderr) == (5, True), done.stderr
    assert "Traceback" not in done.stderr


def test_an_option_that_nobody_filled_in_is_no_other_key(shell: Shell) -> None:
    """--key "$KEY" without such a variable: else the noted key of somebody else were taken."""
    for name in ("url", "key", "application", "application-key"):
        done = shell("status", f"--{name}", "")
        assert (done.returncode, f"--{name} is empty" in done.stderr) == (2, True), done.stderr


@pytest.mark.parametrize("name", ["", ".", "..", "../applications/1", "a/b", "a\\b", "a\nb"])
def test_what_is_no_id_is_not_sent(name: str) -> None:
    with answering([200], {"id": "1"}) as (url, requests), MediaDB(url, key="k") as db:
        for ask in (db.media.get, db.media.delete, db.jobs.cancel, db.collections.get):
            with pytest.raises(BadRequest, match="is no id"):
                ask(name)

    assert requests == []


def test_an_id_stays_one_part_of_the_path() -> None:
    with answering([200], {"id": "1"}) as (url, requests), MediaDB(url) as db:
        db.media.get("a?b#c%2Fd é")

    assert requests[0].path.endswith("/media/a%3Fb%23c%252Fd%20%C3%A9/")


@pytest.mark.parametrize("key", ["a\r\nb: c", "clé", "", "  "])
def test_what_cannot_be_a_key_is_refused_and_not_told(key: str) -> None:
    with pytest.raises(BadRequest) as refused:
        MediaDB("http://a.example", key=key)

    assert not key.strip() or key not in str(refused.value)


def test_a_key_as_a_file_has_it_is_taken_without_its_line_end() -> None:
    with answering([200], {}) as (url, _), MediaDB(url, key="secret\n") as db:
        assert db.me() == {}


def elsewhere(exchange: Exchange) -> None:
    path = exchange.request.split()[1].decode()
    if "/moved/" in path:
        exchange.send(
            b"HTTP/1.1 301 Moved\r\nLocation: https://b.example/\r\nContent-Length: 0\r\n\r\n"
        )
    else:
        status = b"404 Not Found" if "/absent/" in path else b"200 OK"
        exchange.send(b"HTTP/1.1 " + status + b"\r\nContent-Length: 6\r\n\r\n<html>")


def test_who_is_no_media_library_is_told_as_such() -> None:
    with serve(elsewhere) as server:
        address = f"http://127.0.0.1:{server.port}"
        with MediaDB(f"{address}/some") as db, pytest.raises(MediaDBClientError, match="not as"):
            db.me()
        with MediaDB(f"{address}/absent") as db, pytest.raises(NotFound, match="not as the API"):
            db.me()
        moved = r"it is at https://b\.example/"
        with MediaDB(f"{address}/moved") as db, pytest.raises(MediaDBClientError, match=moved):
            db.me()


@pytest.mark.parametrize(
    ("said", "least", "most"),
    [
        ("3600", 3600, 3600),
        (format_datetime(datetime.now(UTC) + timedelta(days=3), usegmt=True), 86_400, 259_201),
    ],
    ids=["seconds", "date"],
)
def test_who_is_to_wait_for_long_is_told_for_how_long(said: str, least: int, most: int) -> None:
    def busy(exchange: Exchange) -> None:
        exchange.send(
            b"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 2\r\nConnection: close\r\n"
            + f"Retry-After: {said}\r\n\r\n{{}}".encode()
        )

    with serve(busy) as server:
        db = MediaDB(f"http://127.0.0.1:{server.port}")
        with db, pytest.raises(TooManyRequests) as refused:
            db.me()

    assert refused.value.retry_after is not None
    assert least <= refused.value.retry_after <= most


@pytest.mark.parametrize("said", ["", "soon", "-1", "1.5.1", "nan"])
def test_a_wait_that_says_nothing_is_none(said: str) -> None:
    assert wait_of({"Retry-After": said}) is None


def test_values_are_sent_as_what_they_are() -> None:
    said: dict[str, Any] = {
        "keywords": {"b", "a"},
        "taken_at": date(2024, 5, 1),
        "media": UUID("0" * 32),
    }
    content, _ = content_of(Call("POST", "x/", body=said))

    assert content == (
        b'{"keywords": ["a", "b"], "taken_at": "2024-05-01", '
        b'"media": "00000000-0000-0000-0000-000000000000"}'
    )
    with pytest.raises(TypeError, match="object cannot be sent"):
        content_of(Call("POST", "x/", body={"name": object()}))


def test_what_is_no_picture_is_said() -> None:
    with MediaDB("http://a.example") as db, pytest.raises(TypeError, match="is no picture"):
        db.compare(7)  # type: ignore[arg-type]


def test_an_option_is_taken_before_the_environment(shell: Shell) -> None:
    key = shell.environment["MEDIADB_KEY"]
    wrong = {"MEDIADB_KEY": "", "MEDIADB_APPLICATION_KEY": "wrong"}

    assert shell("status", **wrong).returncode != 0
    assert shell("status", "--key", key, **wrong).returncode == 0
    broken = shell("status", MEDIADB_KEY="clé")
    assert (broken.returncode, "is no key" in broken.stderr) == (2, True), broken.stderr
