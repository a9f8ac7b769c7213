"""TLS to the vetted address, with the certificate of the name; servers that never finish.

Each slow server would go on for ever: that the test ends is the proof.
"""

import datetime
import socket
import ssl
import threading

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.fetch_answers import (
    CHUNKED,
    HEAD,
    IN_TIME,
    NAME,
    OK,
    SOON_S,
    answering,
    dripping,
    endless,
    get,
    redirect,
    resolving_to,
)
from tests.scripted_server import serve
from udata_mediadb.errors import FetchRefused

# Each of these servers would go on for ever: that the test ends is the proof.
LATE = {
    "silence": lambda exchange: exchange.wait(),
    "status line": dripping(b"HTTP/1.1 200 ", b"O"),
    "headers": dripping(HEAD, b"X-Header: yes\r\n"),
    "one header": dripping(HEAD + b"X: ", b"y"),
    "continues": dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "fast continues": endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 50),
    "body": dripping(HEAD + b"\r\n", b"x"),
    "body with length": dripping(HEAD + b"Content-Length: 90000\r\n\r\n", b"x"),
    "chunks": dripping(CHUNKED, b"1\r\nx\r\n"),
    "chunk length": dripping(CHUNKED, b"0"),
    "chunk extension": dripping(CHUNKED + b"1;", b"x"),
    "trailers": dripping(CHUNKED + b"0\r\n", b"X: y\r\n"),
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
        dripping(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc", b"\x00"),
    ],
)
def test_a_handshake_that_drips_ends_at_the_deadline(answer):
    with serve(answer, before_tls=True) as server, pytest.raises(FetchRefused, match=IN_TIME):
        get(f"https://127.0.0.1:{server.port}/", deadline_s=SOON_S)
