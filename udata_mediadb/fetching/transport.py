"""One request to one vetted address: connect, TLS, what is asked, headers."""

import socket
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPResponse

from .addresses import Address
from .deadline import Deadline, DeadlineSocket, DeadlineSSLSocket
from .urls import Target

# A name with more addresses than this is a large service of which the first few will answer.
MAX_ADDRESSES = 4


@contextmanager
def get(
    target: Target,
    addresses: Sequence[Address],
    *,
    deadline: Deadline,
    user_agent: str,
    ca_file: str | None,
) -> Iterator[HTTPResponse]:
    """The response with its headers read and its body not yet.

    Nothing is looked up again: the name serves for `Host`, for SNI and for the certificate only.
    Raises OSError (TimeoutError at the deadline, ssl.SSLError) or http.client.HTTPException.
    """
    headers = {
        "User-Agent": user_agent,
        "Accept": "image/*",
        "Accept-Encoding": "identity",
    }
    with requested(target, addresses, headers, deadline=deadline, ca_file=ca_file) as response:
        yield response


@contextmanager
def requested(
    target: Target,
    addresses: Sequence[Address],
    headers: Mapping[str, str],
    *,
    deadline: Deadline,
    ca_file: str | None,
    body: bytes | None = None,
) -> Iterator[HTTPResponse]:
    """As `get`, with headers of one's own; a POST where there is a body."""
    connected = _connect(addresses, target.port, deadline)
    if target.scheme == "https":
        connected = _secure(connected, target.host, deadline, ca_file)
    with closing(HTTPConnection(target.host, target.port)) as connection:
        connection.sock = connected
        every = {"Host": target.host_header, **headers, "Connection": "close"}
        method = "GET" if body is None else "POST"
        connection.request(method, target.path, body=body, headers=every)
        with closing(connection.getresponse()) as response:
            yield response


def _connect(addresses: Sequence[Address], port: int, deadline: Deadline) -> socket.socket:
    """The first that answers; a dead one leaves the others their share of the time."""
    tried = list(addresses)[:MAX_ADDRESSES]
    for index, address in enumerate(tried):
        family = socket.AF_INET if address.version == 4 else socket.AF_INET6
        connecting = DeadlineSocket(family, socket.SOCK_STREAM)
        connecting.deadline = deadline
        try:
            connecting.settimeout(deadline.remaining_s() / (len(tried) - index))
            connecting.connect((str(address), port))
        except OSError:
            connecting.close()
            if index == len(tried) - 1:
                raise
        else:
            return connecting
    raise OSError("no address")


def _secure(
    connected: socket.socket, host: str, deadline: Deadline, ca_file: str | None
) -> socket.socket:
    """TLS with the certificate and the name checked. Closes the socket if it cannot be had."""
    try:
        context = ssl.create_default_context()
        if ca_file is not None:
            context.load_verify_locations(ca_file)
        context.sslsocket_class = DeadlineSSLSocket
        connected.settimeout(deadline.remaining_s())
        secured = context.wrap_socket(connected, server_hostname=host)
    except BaseException:
        connected.close()
        raise
    assert isinstance(secured, DeadlineSSLSocket)
    secured.deadline = deadline
    return secured
