# Made by tools/make_sync_client.py from _async; change that.
"""The connection: httpx, what is tried again, and errors as exceptions."""

import time
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import httpx

from ..errors import MediaDBClientError, Unreachable, error_of
from ..requests import IDEMPOTENCY, WAIT_MAX_S, Call, content_of, wait_of
from ..whereabouts import here_by_process

_TRIES = 4
_FIRST_WAIT_S = 0.5
_BUSY = (429, 503)
_BEHIND_A_PROXY = (502, 503, 504)  # of who stands before a portal that is away
_CONFLICT = 409
_ELSEWHERE = 302  # a file, in the bucket of the portal
_ANSWERED_MAX_S = 90  # a portal gives up a request whose worker was killed after a minute
_PAGE_SIZE = 100  # the most that portals usually give


class Transport:
    """Sends calls below `url`. `headers`: with each of them."""

    def __init__(
        self,
        url: str,
        headers: Mapping[str, str],
        *,
        timeout: float,
        verify: Any,
        login: tuple[str, str] | None = None,
    ) -> None:
        self.url = url if url.endswith("/") else f"{url}/"
        self._own = tuple(headers)
        self._options = {"timeout": timeout, "verify": verify, "auth": login}
        self._headers = dict(headers)
        self._opened: httpx.Client | None = self._new()
        self._where: object = None  # of its first request

    def _new(self) -> httpx.Client:
        try:
            return httpx.Client(headers=self._headers, **self._options)
        except (ImportError, OSError, ValueError) as exc:  # of the environment: proxies, SSL_CERT_…
            why = "the proxy or certificates of the environment cannot be used"
            raise Unreachable(f"{why}: {exc}") from exc

    def _http(self) -> httpx.Client:
        """Connections of this very process and event loop; RuntimeError where they are closed."""
        if self._opened is None:
            raise RuntimeError("this client is closed")
        where = here_by_process()
        if self._where is not None and where != self._where:
            self._opened = self._new()  # those that there are belong to somebody else
        self._where = where
        return self._opened

    def __getstate__(self) -> Any:
        raise TypeError("a client is not copied or pickled: it has connections, and a key")

    def close(self) -> None:
        """Close the connections."""
        if self._opened is not None:
            self._http().close()
        self._opened = None

    def send(self, call: Call) -> httpx.Response:
        """The answer of success; MediaDBClientError for others.

        Sent again: what the portal put off (429, and 503 with Retry-After), and where no answer
        came, or a proxy's, what does nothing the second time.
        """
        content, headers = content_of(call)
        tries = waits = 0
        while True:
            tries += 1
            wait = _FIRST_WAIT_S * 2 ** (tries - 1)
            try:
                answer = self._once(call, content, headers)
            except httpx.TransportError as exc:
                if tries == _TRIES or not call.is_safe:
                    raise Unreachable(f"{self.url} gave no answer: {exc}") from exc
                time.sleep(wait)
                continue
            if answer.is_success:
                return answer
            asked = wait_of(answer.headers)
            may_wait = asked is not None and asked <= WAIT_MAX_S
            if answer.status_code in _BUSY and tries < _TRIES and may_wait:
                time.sleep(max(asked or 0.0, wait))
            elif answer.status_code in _BEHIND_A_PROXY and tries < _TRIES and call.is_safe:
                time.sleep(wait)
            elif _is_being_answered(call, answer) and waits < _ANSWERED_MAX_S:
                tries, waits = 0, waits + 1
                time.sleep(1)
            else:
                raise error_of(answer.status_code, self._told(answer), asked)

    def _once(
        self, call: Call, content: bytes | None, headers: Mapping[str, str]
    ) -> httpx.Response:
        try:
            answer = self._http().request(
                call.method,
                self.url + call.path,
                params=urlencode(call.query),
                content=content,
                headers={**call.headers, **headers},
            )
            if answer.status_code == _ELSEWHERE and call.method == "GET":
                return self._without_keys(answer.headers["Location"])
            return answer
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as exc:
            raise Unreachable(f"{self.url} is no address: {exc}") from exc

    def _without_keys(self, url: str) -> httpx.Response:
        """What a link elsewhere answers: files may be in a bucket, which needs to know no key."""
        http = self._http()
        request = http.build_request("GET", urljoin(self.url, url))
        for name in self._own:
            request.headers.pop(name, None)
        return http.send(request, auth=None)

    def ask(self, call: Call) -> Any:
        """The JSON of the answer, None for an empty one."""
        answer = self.send(call)
        if not answer.content:
            return None
        told = _json(answer)
        if told is None:
            raise MediaDBClientError(self._no_api(answer), status=answer.status_code)
        return told

    def _told(self, answer: httpx.Response) -> Any:
        """What the portal says of an error; of who is none, where to look."""
        told = _json(answer)
        return told if isinstance(told, Mapping) else {"message": self._no_api(answer)}

    def _no_api(self, answer: httpx.Response) -> str:
        status, place = answer.status_code, answer.headers.get("Location")
        if place is not None:
            return f"{self.url} answered {status}: it is at {urljoin(self.url, place)}"
        return f"{self.url} answered {status}, and not as the API of a media library does."

    def pages(self, call: Call) -> Iterator[Any]:
        """The entries of all pages, each page fetched when it is wanted.

        A link to a next page says where in the list it is, and not to whom a key may be sent.
        """
        names = {name for name, _ in call.query} | set(call.body or {})
        if "page_size" not in names:
            call = Call(
                call.method,
                call.path,
                [*call.query, ("page_size", str(_PAGE_SIZE))],
                call.body,
                call.pictures,
                call.headers,
            )
        while True:
            told = self.ask(call)
            for entry in told["data"]:
                yield entry
            link = told.get("next_page")
            if not link:
                return
            call = Call("GET", call.path, parse_qsl(urlsplit(link).query, keep_blank_values=True))


def _is_being_answered(call: Call, answer: httpx.Response) -> bool:
    """Whether the portal still works on the same request, whose answer was lost."""
    if answer.status_code != _CONFLICT or IDEMPOTENCY not in call.headers:
        return False
    told = _json(answer)
    return isinstance(told, Mapping) and IDEMPOTENCY in str(told.get("message"))


def _json(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return None
