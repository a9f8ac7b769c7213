"""URLs are fetched from public addresses only, once, whole and in time.

Servers are real and on loopback, which `allow` permits. Where a resolver's answer has to be made
up, it is passed as the argument `resolve`.
"""

import datetime
import ipaddress
import socket
import ssl
import threading

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.scripted_server import serve
from udata_mediadb.errors import FetchRefused, TooLarge
from udata_mediadb.fetching import fetch
from udata_mediadb.fetching.addresses import is_public
from udata_mediadb.fetching.urls import parse_url

LOOPBACK = ("127.0.0.0/8",)
NAME = "pictures.example"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 7\r\n\r\npicture"
# Short, so that the suite is quick; long enough for a slow machine to get through the handshakes.
SOON_S = 0.5
IN_TIME = r"within 0\.5 s"


def get(url, **options):
    settings = {"max_bytes": 100_000, "deadline_s": 10, "allow": LOOPBACK, **options}
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


PRIVATE_LITERALS = [
    "127.0.0.1",
    "127.8.9.1",
    "127.0.0.1.",
    "0.0.0.0",
    "[::1]",
    "[::]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]",  # IPv4-mapped
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",  # IPv4-compatible, deprecated
    "[64:ff9b::7f00:1]",  # NAT64
    "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]",  # 6to4
    "[2001:0:7f00:1::]",  # Teredo
    "[fe80::1]",
    "[fe80::1%25lo]",
    "[fc00::1]",
    "[fd12:3456::1]",
    "[fec0::1]",
    "[ff02::1]",
    "[100::1]",
    "[2001:db8::1]",
    "[3fff::1]",
    "2130706433",  # decimal
    "0x7f000001",  # hexadecimal
    "0x7f.0.0.1",
    "017700000001",  # octal
    "0177.0.0.1",
    "127.1",  # short
    "127.0.1",
    "0",
    "127.0.0.1.nip.0x7f",
    "１２７.0.0.1",  # full-width digits
    "127。0。0。1",  # ideographic full stops
    "①②⑦.0.0.1",
    "169.254.169.254",  # cloud metadata
    "2852039166",
    "[fd00:ec2::254]",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "100.64.0.1",  # carrier-grade NAT
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.7",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "localhost",  # resolved for real
    "LOCALHOST",
    "localhost.",
]


@pytest.mark.parametrize("host", PRIVATE_LITERALS)
def test_a_private_address_is_refused_in_every_spelling_and_never_contacted(host):
    with serve(answering(OK)) as server, pytest.raises(FetchRefused) as refused:
        get(f"http://{host}:{server.port}/", allow=())
    assert server.connections == 0
    assert "127." not in refused.value.message


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_public_addresses_are_public(address):
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "answers",
    [
        ["127.0.0.1"],
        ["10.1.2.3"],
        ["::1"],
        ["::ffff:10.0.0.1"],
        ["fe80::1%eth0"],
        ["64:ff9b::a00:1"],
        ["2002:a00:1::"],
        ["8.8.8.8", "10.0.0.1"],  # one bad answer spoils all
        ["2606:4700::1111", "169.254.169.254"],
        [],
    ],
)
def test_a_name_with_any_private_answer_is_refused_without_naming_it(answers):
    resolve = resolving_to(*answers)
    with pytest.raises(FetchRefused) as refused:
        get(f"http://{NAME}/", allow=(), resolve=resolve)
    assert refused.value.message == "The URL's host has no public address."


def test_a_name_that_does_not_exist_is_refused_in_the_same_words():
    def resolve(*_):
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    with pytest.raises(FetchRefused, match="has no public address"):
        get(f"http://{NAME}/", resolve=resolve)


def test_a_name_is_looked_up_once_and_that_address_is_connected_to():
    resolve = resolving_to("127.0.0.1")
    with serve(answering(OK)) as server:
        assert get(f"http://{NAME}:{server.port}/", resolve=resolve).data == b"picture"
    assert resolve.calls == 1
    assert f"Host: {NAME}:{server.port}\r\n".encode() in server.requests[0]


@pytest.mark.parametrize("allow", [[NAME], [NAME.upper() + "."], ["127.0.0.1"], ["127.0.0.1/8"]])
def test_allow_takes_names_addresses_and_networks(allow):
    with serve(answering(OK)) as server:
        url = f"http://{NAME}.:{server.port}/"
        assert get(url, allow=allow, resolve=resolving_to("127.0.0.1")).data == b"picture"


def test_allow_for_one_name_is_not_for_another():
    with serve(answering(OK)) as server, pytest.raises(FetchRefused):
        url = f"http://not-{NAME}:{server.port}/"
        get(url, allow=[NAME], resolve=resolving_to("127.0.0.1"))
    assert server.connections == 0


def test_a_dead_address_leaves_time_for_the_next():
    resolve = resolving_to("127.0.0.2", "127.0.0.1")
    with serve(answering(OK)) as server:
        assert get(f"http://{NAME}:{server.port}/", resolve=resolve).data == b"picture"


def test_ipv6_is_fetched_where_allowed():
    try:
        server = serve(answering(OK), address="::1")
        with server as listening:
            assert get(f"http://[::1]:{listening.port}/", allow=["::1"]).data == b"picture"
    except OSError as exc:
        pytest.skip(f"no IPv6 loopback here: {exc}")
    assert f"Host: [::1]:{listening.port}".encode() in listening.requests[0]


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


HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"

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


def _endless(head, part):
    def answer(exchange):
        exchange.send(head)
        while True:
            exchange.send(part)

    return answer


@pytest.mark.parametrize(
    "answer",
    [
        answering(HEAD + b"Content-Length: 5001\r\n\r\n"),
        answering(HEAD + b"\r\n" + b"x" * 5001),
        _endless(HEAD + b"\r\n", b"x" * 4096),
        _endless(CHUNKED, b"1000\r\n" + b"x" * 4096 + b"\r\n"),
        _endless(HEAD + b"Content-Length: 999999999999\r\n\r\n", b"x" * 4096),
    ],
)
def test_a_body_above_the_limit_is_too_large(answer):
    with serve(answer) as server, pytest.raises(TooLarge, match="5000 bytes"):
        get(f"http://127.0.0.1:{server.port}/", max_bytes=5000)


def _dripping(head, data):
    def answer(exchange):
        exchange.send(head)
        exchange.drip(data)

    return answer


# Each of these servers would go on for ever: that the test ends is the proof.
LATE = {
    "silence": lambda exchange: exchange.wait(),
    "status line": _dripping(b"HTTP/1.1 200 ", b"O"),
    "headers": _dripping(HEAD, b"X-Header: yes\r\n"),
    "one header": _dripping(HEAD + b"X: ", b"y"),
    "continues": _dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "fast continues": _endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 50),
    "body": _dripping(HEAD + b"\r\n", b"x"),
    "body with length": _dripping(HEAD + b"Content-Length: 90000\r\n\r\n", b"x"),
    "chunks": _dripping(CHUNKED, b"1\r\nx\r\n"),
    "chunk length": _dripping(CHUNKED, b"0"),
    "chunk extension": _dripping(CHUNKED + b"1;", b"x"),
    "trailers": _dripping(CHUNKED + b"0\r\n", b"X: y\r\n"),
    "half a body, then silence": lambda exchange: (
        exchange.send(HEAD + b"Content-Length: 90\r\n\r\nhalf"),
        exchange.wait(),
    ),
    "redirects": lambda exchange: (
        exchange.drip(b"x")
        if exchange.request.startswith(b"GET /slow ")
        else exchange.send(redirect("/slow"))
    ),
}


@pytest.mark.parametrize("answer", LATE.values(), ids=LATE.keys())
def test_an_answer_that_drips_ends_at_the_deadline(answer):
    with serve(answer) as server, pytest.raises(FetchRefused, match=IN_TIME):
        get(f"http://127.0.0.1:{server.port}/", deadline_s=SOON_S)


def test_a_resolver_that_does_not_answer_ends_at_the_deadline():
    over = threading.Event()
    try:
        with pytest.raises(FetchRefused, match=IN_TIME):
            get(f"http://{NAME}/", deadline_s=SOON_S, resolve=lambda *_: over.wait() and [])
    finally:
        over.set()


def test_a_connection_that_is_never_taken_ends_at_the_deadline():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        try:
            for client in waiting:  # fill the queue of connections
                client.setblocking(False)
                client.connect_ex(("127.0.0.1", port))
            with pytest.raises(FetchRefused, match=IN_TIME):
                get(f"http://127.0.0.1:{port}/", deadline_s=SOON_S)
        finally:
            for client in waiting:
                client.close()


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


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """(CA file, server context): a throwaway CA and a certificate of its for NAME."""
    folder = tmp_path_factory.mktemp("tls")
    ca_key, ca = _certificate("Throwaway CA", None, None)
    key, certificate = _certificate(NAME, ca_key, ca)
    pem = serialization.Encoding.PEM
    (folder / "ca.pem").write_bytes(ca.public_bytes(pem))
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "server.pem").write_bytes(secret + certificate.public_bytes(pem))
    return folder / "ca.pem", folder / "server.pem"


def _server_tls(authority):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority[1])
    return context


def _certificate(name, issuer_key, issuer):
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    signer = issuer_key or key
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.BasicConstraints(issuer is None, None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), False
        )
    )
    if issuer is not None:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), False)
    return key, builder.sign(signer, hashes.SHA256())


def test_https_checks_the_certificate_of_the_name_at_the_vetted_address(authority):
    with serve(answering(OK), tls=_server_tls(authority)) as server:
        url = f"https://{NAME}:{server.port}/"
        fetched = get(url, resolve=resolving_to("127.0.0.1"), ca_file=str(authority[0]))
    assert fetched.data == b"picture"
    assert server.server_names == [NAME]
    assert f"Host: {NAME}:{server.port}\r\n".encode() in server.requests[0]


def test_https_with_another_name_is_refused(authority):
    tls = _server_tls(authority)
    with serve(answering(OK), tls=tls) as server, pytest.raises(FetchRefused, match="certificate"):
        url = f"https://other.example:{server.port}/"
        get(url, resolve=resolving_to("127.0.0.1"), ca_file=str(authority[0]))
    assert server.requests in ([], [b""])


def test_https_from_an_unknown_authority_is_refused(authority):
    tls = _server_tls(authority)
    with serve(answering(OK), tls=tls) as server, pytest.raises(FetchRefused, match="certificate"):
        get(f"https://{NAME}:{server.port}/", resolve=resolving_to("127.0.0.1"))


def test_https_to_a_server_that_speaks_no_tls_is_refused():
    with serve(answering(OK), before_tls=True) as server, pytest.raises(FetchRefused, match="TLS"):
        get(f"https://127.0.0.1:{server.port}/")


@pytest.mark.parametrize("name", ["headers", "body", "chunks", "silence"])
def test_an_answer_that_drips_over_tls_ends_at_the_deadline(name, authority):
    options = {"resolve": resolving_to("127.0.0.1"), "ca_file": str(authority[0])}
    tls = _server_tls(authority)
    with serve(LATE[name], tls=tls) as server, pytest.raises(FetchRefused, match=IN_TIME):
        get(f"https://{NAME}:{server.port}/", deadline_s=SOON_S, **options)


@pytest.mark.parametrize(
    "answer",
    [
        lambda exchange: exchange.wait(),
        # the head of a TLS record of 16,384 bytes, which then drip
        _dripping(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc", b"\x00"),
    ],
)
def test_a_handshake_that_drips_ends_at_the_deadline(answer):
    with serve(answer, before_tls=True) as server, pytest.raises(FetchRefused, match=IN_TIME):
        get(f"https://127.0.0.1:{server.port}/", deadline_s=SOON_S)
