"""The whole journey of one fetch: hops, checks, the body under its cap."""

import http.client
import socket
import ssl
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPResponse
from urllib.parse import urljoin

from ..errors import FetchRefused, TooLarge
from .addresses import Resolve, addresses_of
from .deadline import Deadline
from .transport import get
from .urls import Target, parse_url

# Image hosts redirect once or twice (http to https, to a CDN).
MAX_REDIRECTS = 4
USER_AGENT = "udata-mediadb (image import)"
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PART_BYTES = 1 << 16


@dataclass(frozen=True)
class Fetched:
    """`url`: where the bytes came from in the end. `content_type`: as claimed, not checked."""

    data: bytes
    url: str
    content_type: str


def fetch(
    url: str,
    *,
    max_bytes: int,
    deadline_s: float,
    allow: Sequence[str] = (),
    user_agent: str = USER_AGENT,
    ca_file: str | None = None,
    resolve: Resolve = socket.getaddrinfo,
) -> Fetched:
    """The body of an http or https URL, whole.

    `deadline_s` covers everything: names, connections, TLS, redirects, headers and body. `allow`:
    host names, addresses and CIDR networks that may be fetched from although they are private.
    `ca_file`: a PEM file with certificate authorities to trust besides the system's. `resolve`:
    called like `socket.getaddrinfo`.

    Raises FetchRefused (400) for a URL or address that is not fetched, any answer but 200, a
    broken or late one; TooLarge (413) above `max_bytes`. Messages name no address.
    """
    deadline = Deadline(deadline_s)
    try:
        for _ in range(MAX_REDIRECTS + 1):
            target = parse_url(url)
            addresses = addresses_of(
                target.host, target.port, allow=allow, resolve=resolve, deadline=deadline
            )
            with get(
                target, addresses, deadline=deadline, user_agent=user_agent, ca_file=ca_file
            ) as response:
                if response.status not in _REDIRECTS:
                    return _read(response, target, max_bytes)
                url = _next_url(response, target)
    except TimeoutError as exc:
        raise FetchRefused(f"The URL did not answer in full within {deadline_s:g} s.") from exc
    except ssl.SSLError as exc:
        raise FetchRefused("The URL's host has no valid certificate or speaks no TLS.") from exc
    except (OSError, http.client.HTTPException, ValueError) as exc:
        raise FetchRefused("The URL's host could not be reached or broke off its answer.") from exc
    raise FetchRefused(f"The URL redirects more than {MAX_REDIRECTS} times.")


def _next_url(response: HTTPResponse, target: Target) -> str:
    location = response.headers.get("Location")
    if not location:
        raise FetchRefused(f"The URL's host answered {response.status} without a Location.")
    with suppress(UnicodeError):  # headers arrive as Latin-1, servers mean UTF-8
        location = location.encode("latin-1").decode()
    return urljoin(target.url, location)


def _read(response: HTTPResponse, target: Target, max_bytes: int) -> Fetched:
    """The body of a 200; Content-Length is believed where it says too much, never otherwise."""
    if response.status != http.client.OK:
        raise FetchRefused(f"The URL's host answered {response.status}, not 200.")
    if response.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
        raise FetchRefused(
            "The URL's host answered with a compressed body, which was not asked for."
        )
    too_large = TooLarge(f"The URL gives more than {max_bytes} bytes.")
    if response.length is not None and response.length > max_bytes:
        raise too_large
    body = bytearray()
    while part := response.read(min(_PART_BYTES, max_bytes + 1 - len(body))):
        body += part
        if len(body) > max_bytes:
            raise too_large
    if response.length:
        raise FetchRefused(f"The URL's host broke off {response.length} bytes before the end.")
    if not body:
        raise FetchRefused("The URL gives an empty body.")
    return Fetched(bytes(body), target.url, response.headers.get("Content-Type", ""))
