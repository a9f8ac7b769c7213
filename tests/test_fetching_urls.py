"""A URL is clean http or https, or it is refused before anything is looked up."""

import pytest

from tests.fetch_answers import (
    get,
    resolving_to,
)
from udata_mediadb.errors import FetchRefused
from udata_mediadb.fetching.urls import parse_url

BAD_URLS = {
    "empty": "",
    "no scheme": "pictures.example/a.png",
    "scheme-relative": "//pictures.example/a.png",
    "file": "file:///etc/passwd",
    "ftp": "ftp://pictures.example/a.png",
    "gopher": "gopher://pictures.example/_x",
    "data": "data:image/png;base64,AAAA",
    "javascript": "javascript:alert(1)",
    "no host": "http:///a.png",
    "no slashes": "http:pictures.example",
    "user": "http://user@pictures.example/",
    "user and password": "http://user:secret@pictures.example/",
    "userinfo that looks like a host": "http://pictures.example@127.0.0.1/",
    "backslash": "http://pictures.example\\@127.0.0.1/",
    "space": "http://pictures.example/a b.png",
    "space in the host": "http://pictures .example/",
    "line feed": "http://pictures.example/\r\nX-Evil: 1",
    "tab": "http://pictures\t.example/",
    "NUL": "http://pictures.example/\x00",
    "delete": "http://pictures.example/\x7f",
    "non-breaking space": "http://pictures.example/\u00a0",
    "too long": "http://pictures.example/" + "a" * 2000,
    "port of mail": "http://pictures.example:25/",
    "port of ssh": "http://pictures.example:22/",
    "port of redis": "http://pictures.example:6379/",
    "port of MongoDB": "http://pictures.example:27017/",
    "port 0": "http://pictures.example:0/",
    "port too high": "http://pictures.example:70000/",
    "port in letters": "http://pictures.example:http/",
    "unclosed bracket": "http://[::1/",
    "bracketed name": "http://[pictures.example]/",
    "empty label": "http://pictures..example/",
    "long label": "http://" + "a" * 64 + ".example/",
    "percent in the host": "http://pictures%2eexample/",
    "only dots": "http://./",
    "odd letters": "http://pictures<>.example/",
}


@pytest.mark.parametrize("url", BAD_URLS.values(), ids=BAD_URLS.keys())
def test_a_url_that_is_not_clean_http_is_refused_before_any_look_up(url):
    resolve = resolving_to("127.0.0.1")
    with pytest.raises(FetchRefused) as refused:
        get(url, resolve=resolve)
    assert refused.value.status == 400
    assert "secret" not in refused.value.message
    assert resolve.calls == 0


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("HTTP://Pictures.EXAMPLE./A", "http://pictures.example/A"),
        ("  http://pictures.example  ", "http://pictures.example/"),
        ("http://pictures.example:80/#top", "http://pictures.example/"),
        ("https://pictures.example:443?q=1", "https://pictures.example/?q=1"),
        ("https://pictures.example:8443/", "https://pictures.example:8443/"),
        ("http://bücher.example/é?ü=ß", "http://xn--bcher-kva.example/%C3%A9?%C3%BC=%C3%9F"),
        ("http://pictures.example/a%2Fb%zz", "http://pictures.example/a%2Fb%zz"),
        ("http://8.8.8.8/", "http://8.8.8.8/"),
        ("http://[2606:4700:0:0::1111]/", "http://[2606:4700::1111]/"),
    ],
)
def test_a_url_is_brought_into_one_form(url, expected):
    assert parse_url(url).url == expected
