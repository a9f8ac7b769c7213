"""How a portal reaches the doors of a cluster: the next one where the first does not answer."""

import logging
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import urllib3
from pymongo.errors import PyMongoError
from urllib3.exceptions import HTTPError

from ...errors import Misconfigured, Unavailable
from ..models import CLUSTER, ClusterLayout
from . import wire

logger = logging.getLogger(__name__)

SECRET_HEADER = "X-Mediadb-Cluster"  # noqa: S105  its name
DEADLINE_S = 10.0  # of all tries together; gunicorn ends a request after 30
CONNECT_S = 0.5  # within a data centre it takes less than a millisecond
# A door answers in some 50 ms; another is asked after this, or after so many times the usual.
LEAST_PATIENCE_S, PATIENCE_TIMES, MOST_PATIENCE_S = 0.7, 5.0, 2.0
ROUNDS, PAUSE_S = 4, 0.1  # a search that a lost machine had in its hands is asked again
AWAY_S = 3.0  # a door that did not answer is asked last for so long
SECRET_S = 30.0  # how long the secret is remembered
_SMOOTHING = 0.1


class ClusterClient:
    """Asks one of several doors; safe for several threads, and for a fork before the first call."""

    def __init__(self, urls: Sequence[str]) -> None:
        self.urls = [url.rstrip("/") for url in urls]
        self._pool = urllib3.PoolManager(maxsize=16, retries=False)
        self._away: dict[str, float] = {}
        self._usual_s = 0.0
        self._secret: tuple[str, float] = ("", 0.0)
        self._turn = 0
        self._lock = threading.Lock()

    def ask(self, path: str, body: bytes | None = None, deadline_s: float = DEADLINE_S) -> bytes:
        """What the first door that answers gives, to a POST where there is a body.

        Unavailable where none answers, or what they say does not help.
        """
        end = time.monotonic() + deadline_s
        why = "no door answers"
        for patience, url in self._in_turn():
            left = end - time.monotonic()
            if left <= 0:
                break
            try:
                status, content = self._asked(url + path, body, min(left, patience))
            except HTTPError as exc:
                self._away[url] = time.monotonic()
                why = f"{url} does not answer"
                logger.warning("The cluster's door %s: %s", url, exc)
                continue
            if status == 200:
                return content
            why = content[:200].decode("utf-8", "replace") or f"{url} answers {status}"
            if status in (401, 403):
                self._secret = ("", 0.0)
            elif status < 500:
                break  # the others would say the same
        logger.warning("The cluster did not answer: %s", why)
        raise Unavailable("The search is away for a moment. Try again.", what="cluster")

    def _asked(self, url: str, body: bytes | None, patience: float) -> tuple[int, bytes]:
        started = time.monotonic()
        answer = self._pool.request(
            "GET" if body is None else "POST",
            url,
            body=body,
            headers={SECRET_HEADER: self._read_secret()},
            timeout=urllib3.Timeout(connect=CONNECT_S, read=patience),
            preload_content=False,
            redirect=False,
        )
        try:
            content = answer.read(wire.MOST_BYTES + 1)
        finally:
            answer.release_conn()
        if answer.status == 200:
            took = time.monotonic() - started
            self._usual_s += _SMOOTHING * (took - self._usual_s)
        return answer.status, content

    def _in_turn(self) -> Iterator[tuple[float, str]]:
        """How long to wait for which door: another one first each time, those that were away lately
        at the end. Then all of them again, with twice the patience: a machine may be busy, too.
        """
        with self._lock:
            self._turn += 1
            first = self._turn % len(self.urls)
        turned = self.urls[first:] + self.urls[:first]
        patience = min(MOST_PATIENCE_S, max(LEAST_PATIENCE_S, PATIENCE_TIMES * self._usual_s))
        for number in range(ROUNDS):
            if number:
                time.sleep(PAUSE_S * 2**number)
            before = time.monotonic() - AWAY_S
            for url in sorted(turned, key=lambda one: self._away.get(one, before) > before):
                yield patience * 2**number, url

    def _read_secret(self) -> str:
        secret, until = self._secret
        if time.monotonic() > until:
            try:
                layout = ClusterLayout.objects(id=CLUSTER).first()
            except PyMongoError:
                layout = None  # what was remembered may still do
            if layout is not None:
                secret = str(layout.secret)
                self._secret = (secret, time.monotonic() + SECRET_S)
        return secret


def cluster_client(config: Mapping[str, Any]) -> ClusterClient | None:
    """Of `MEDIADB_CLUSTER`; None: no cluster. Misconfigured where it is no list of URLs."""
    urls = config["MEDIADB_CLUSTER"]
    if urls is None:
        return None
    if isinstance(urls, str) or not urls or not all(map(_is_door, urls)):
        raise Misconfigured(
            "MEDIADB_CLUSTER is a list of the doors of a cluster, such as ['http://10.0.0.1:8000']."
        )
    return ClusterClient(list(urls))


def _is_door(url: object) -> bool:
    parts = urlsplit(url if isinstance(url, str) else "")
    return parts.scheme in ("http", "https") and bool(parts.hostname)
