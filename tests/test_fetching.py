"""Answers are read whole and within the limits; redirects are checked at every hop."""

import socket

import pytest

from tests.fetch_answers import (
    CHUNKED,
    HEAD,
    NAME,
    OK,
    answering,
    endless,
    get,
    redirect,
    resolving_to,
)
from tests.scripted_server import serve
from udata_mediadb.errors import FetchRefused, TooLarge


def test_a_picture_is_fetched_with_its_type_and_place():
    with serve(answering(OK)) as server:
        fetched = get(f"http://127.0.0.1:{server.port}/a%20b?c=d#fragment")
    assert fetched.data == b"picture"
    assert fetched.content_type == "image/png"
    assert fetched.url == f"http://127.0.0.1:{server.port}/a%20b?c=d"
    head = server.requests[0].split(b"\r\n")
    assert head[0] == b"GET /a%20b?c=d HTTP/1.1"
    assert f"Host: 127.0.0.1:{server.port}".encode() in head
    assert b"Accept-Encoding: identity" in head


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed(status):
    def answer(exchange):
        first = exchange.request.startswith(b"GET /first ")
        exchange.send(redirect("second?x=ä", status) if first else OK)

    with serve(answer) as server:
        fetched = get(f"http://127.0.0.1:{server.port}/first")
    assert fetched.data == b"picture"
    assert fetched.url.endswith("/second?x=%C3%A4")


@pytest.mark.parametrize(("hops", "fetched"), [(4, True), (5, False), (10**6, False)])
def test_four_redirects_are_followed_and_a_fifth_is_not(hops, fetched):
    def answer(exchange):
        hop = int(exchange.request.split()[1][1:])
        exchange.send(redirect(f"/{hop + 1}") if hop < hops else OK)

    with serve(answer) as server:
        if fetched:
            assert get(f"http://127.0.0.1:{server.port}/0").data == b"picture"
        else:
            with pytest.raises(FetchRefused, match="redirects more than 4"):
                get(f"http://127.0.0.1:{server.port}/0")
    assert server.connections <= 5


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:{port}/",
        "//127.0.0.1:{port}/",
        "http://localhost:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/",
        "http://2130706433:{port}/",
        "http://user@pictures.example:{port}/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:{port}/",
        "http://169.254.169.254/latest/meta-data/",
        "http://pictures.example:{port}/a b",
    ],
)
def test_a_redirect_to_a_private_place_is_refused_and_never_contacted(target):
    with serve(answering(OK)) as private:
        location = target.format(port=private.port)
        with serve(answering(redirect(location))) as public, pytest.raises(FetchRefused):
            url = f"http://{NAME}:{public.port}/"
            get(url, allow=[NAME], resolve=_real_except_for_our_name)
    assert public.connections == 1
    assert private.connections == 0


def _real_except_for_our_name(host, port, *rest):
    return resolving_to("127.0.0.1")(host, port) if host == NAME else socket.getaddrinfo(host, port)


def test_a_redirect_without_a_location_is_refused():
    found = answering(b"HTTP/1.1 302 Found\r\n\r\n")
    with serve(found) as server, pytest.raises(FetchRefused, match="302 without a Location"):
        get(f"http://127.0.0.1:{server.port}/")


@pytest.mark.parametrize(
    "status", [201, 204, 206, 300, 304, 400, 401, 403, 404, 410, 429, 500, 503]
)
def test_any_answer_but_200_is_refused_by_its_number(status):
    data = f"HTTP/1.1 {status} Word\r\nContent-Length: 0\r\n\r\n".encode()
    with serve(answering(data)) as server, pytest.raises(FetchRefused, match=f"{status}, not 200"):
        get(f"http://127.0.0.1:{server.port}/")


BROKEN = {
    "nothing": b"",
    "garbage": b"\x00\x01\x02" * 100,
    "half a status line": b"HTTP/1.1 2",
    "half a head": HEAD + b"Content-Le",
    "short body": HEAD + b"Content-Length: 100\r\n\r\nshort",
    "empty body": HEAD + b"Content-Length: 0\r\n\r\n",
    "half a chunk": CHUNKED + b"ff\r\nshort",
    "a chunk without a length": CHUNKED + b"zz\r\nshort",
    "no last chunk": CHUNKED + b"5\r\nshort\r\n",
    "compressed": HEAD + b"Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nshort",
    "too many headers": HEAD + b"X: y\r\n" * 200 + b"\r\nbody",
    "an endless header": HEAD + b"X: " + b"y" * 100_000 + b"\r\n\r\nbody",
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_answer_is_refused(data):
    with serve(answering(data)) as server, pytest.raises(FetchRefused):
        get(f"http://127.0.0.1:{server.port}/")


@pytest.mark.parametrize(
    "data",
    [
        HEAD + b"\r\npicture",
        HEAD + b"Content-Encoding: identity\r\n\r\npicture",
        HEAD + b"Content-Length: 7\r\n\r\npicture and more than was promised",
        CHUNKED + b"3\r\npic\r\n4;extension=1\r\nture\r\n0\r\nTrailer: x\r\n\r\n",
        b"HTTP/1.0 200 OK\r\n\r\npicture",
        b"HTTP/1.1 100 Continue\r\n\r\n" + OK,
    ],
)
def test_every_way_of_framing_a_body_is_read(data):
    with serve(answering(data)) as server:
        assert get(f"http://127.0.0.1:{server.port}/").data == b"picture"


def test_a_body_of_exactly_the_limit_is_fetched():
    with serve(answering(HEAD + b"\r\n" + b"x" * 5000)) as server:
        assert len(get(f"http://127.0.0.1:{server.port}/", max_bytes=5000).data) == 5000


@pytest.mark.parametrize(
    "answer",
    [
        answering(HEAD + b"Content-Length: 5001\r\n\r\n"),
        answering(HEAD + b"\r\n" + b"x" * 5001),
        endless(HEAD + b"\r\n", b"x" * 4096),
        endless(CHUNKED, b"1000\r\n" + b"x" * 4096 + b"\r\n"),
        endless(HEAD + b"Content-Length: 999999999999\r\n\r\n", b"x" * 4096),
    ],
)
def test_a_body_above_the_limit_is_too_large(answer):
    with serve(answer) as server, pytest.raises(TooLarge, match="5000 bytes"):
        get(f"http://127.0.0.1:{server.port}/", max_bytes=5000)


def test_a_port_where_nobody_listens_is_refused():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        with pytest.raises(FetchRefused, match="could not be reached") as refused:
            get(f"http://127.0.0.1:{unused.getsockname()[1]}/")
    assert "127.0.0.1" not in refused.value.message


@pytest.mark.parametrize("variable", ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"])
def test_proxies_of_the_environment_are_ignored(variable, monkeypatch):
    with serve(answering(OK)) as proxy, serve(answering(OK)) as server:
        monkeypatch.setenv(variable, f"http://127.0.0.1:{proxy.port}")
        get(f"http://127.0.0.1:{server.port}/")
    assert (proxy.connections, server.connections) == (0, 1)
