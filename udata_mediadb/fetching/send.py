"""A message to the URL of a stranger: one POST to a vetted address, and no redirects."""

import http.client
import socket
import ssl
from collections.abc import Mapping, Sequence

from ..errors import FetchRefused
from .addresses import Resolve, addresses_of
from .deadline import Deadline
from .transport import requested
from .urls import parse_url

USER_AGENT = "udata-mediadb (webhook)"


class Undelivered(Exception):
    """It did not arrive. `status`: of the answer, None where there was none."""

    def __init__(self, reason: str, status: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


def require_sendable(url: str, *, deadline_s: float, allow: Sequence[str] = ()) -> None:
    """FetchRefused for a URL that nothing is ever sent to; names are looked up."""
    target = parse_url(url)
    try:
        addresses_of(
            target.host,
            target.port,
            allow=allow,
            resolve=socket.getaddrinfo,
            deadline=Deadline(deadline_s),
        )
    except TimeoutError as exc:
        raise FetchRefused("The URL's host name could not be looked up in time.") from exc


def send(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    deadline_s: float,
    allow: Sequence[str] = (),
    ca_file: str | None = None,
    resolve: Resolve = socket.getaddrinfo,
) -> int:
    """POST these bytes; the status of the answer, which is 2xx and not read any further.

    The name is looked up each time and the address vetted, whatever it was before. Redirects are
    not followed: they are Undelivered, as is any other answer, and none within `deadline_s`.
    """
    deadline = Deadline(deadline_s)
    try:
        target = parse_url(url)
        addresses = addresses_of(
            target.host, target.port, allow=allow, resolve=resolve, deadline=deadline
        )
        every = {"User-Agent": USER_AGENT, **headers}
        with requested(
            target, addresses, every, deadline=deadline, ca_file=ca_file, body=body
        ) as response:
            status = int(response.status)
    except FetchRefused as exc:
        raise Undelivered(exc.message) from exc
    except TimeoutError as exc:
        raise Undelivered(f"It did not answer within {deadline_s:g} s.") from exc
    except ssl.SSLError as exc:
        raise Undelivered("It has no valid certificate, or speaks no TLS.") from exc
    except (OSError, http.client.HTTPException, ValueError) as exc:
        raise Undelivered("It could not be reached, or broke off.") from exc
    if 300 <= status < 400:
        raise Undelivered(f"It answered {status}: redirects are not followed.", status)
    if not 200 <= status < 300:
        raise Undelivered(f"It answered {status}.", status)
    return status
