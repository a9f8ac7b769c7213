"""How a portal reaches the doors of a cluster: another one beside the first that is silent."""

import json
import logging
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any
from urllib.parse import urlsplit

import urllib3
from urllib3.exceptions import HTTPError

from ...errors import Misconfigured, Unavailable
from . import wire
from .forms import DOOR_FORM, FORM_HEADER
from .known_layout import Known, KnownLayout

logger = logging.getLogger(__name__)

SECRET_HEADER = "X-Mediadb-Cluster"  # noqa: S105  its name
DEADLINE_S = 10.0  # of all tries together; gunicorn ends a request after 30
CONNECT_S = 0.3  # within a data centre it takes less than a millisecond
# A door answers in some 50 ms; another is asked beside it after this, or so many times the usual.
# With what `cluster.copies` waits it is the longest that a lost machine costs: decision 0024.
LEAST_PATIENCE_S, PATIENCE_TIMES, MOST_PATIENCE_S = 0.4, 5.0, 0.6
ROUNDS, PAUSE_S = 4, 0.05  # a search that a lost machine had in its hands is asked again
AWAY_S = 3.0  # a door that did not answer is asked last, and tried beside the searches so often
HEALTH = "/-/healthz"  # of Ray Serve; that there is an answer is enough
NO_DOOR = "There are no doors of this database's shards: start them with `mediadb-cluster start`."
THREADS = 64  # a silent door may hold some until the deadline; portals have 4 to 8 threads
_SMOOTHING = 0.1

Answered = tuple[int, bytes]


class NoDoor(Unavailable):
    """No door gave an answer. `why`: for who runs the portal; None where all were silent."""

    def __init__(self, why: str | None) -> None:
        super().__init__("The search is away for a moment. Try again.", what="cluster")
        self.why = why


class ClusterClient:
    """Asks one of several doors; safe for several threads, and for a fork before the first call."""

    def __init__(self, urls: Sequence[str]) -> None:
        self.urls = [url.rstrip("/") for url in urls]
        self._pool = urllib3.PoolManager(maxsize=16, retries=False)
        self._threads = ThreadPoolExecutor(THREADS, "door of the cluster")
        self._away: dict[str, float] = {}  # since when, or tried last
        self._usual_s = 0.0
        self._layout = KnownLayout()
        self._turn = 0
        self._lock = threading.Lock()

    def ask(self, path: str, body: bytes | None = None, deadline_s: float = DEADLINE_S) -> bytes:
        """What the first door that answers gives, to a POST where there is a body.

        NoDoor where none answers, or what they say does not help.
        """
        end = time.monotonic() + deadline_s
        waiting: dict[Future[Answered], str] = {}
        refused: dict[str, str] = {}
        why: str | None = None
        for patience, url in self._in_turn():
            left = end - time.monotonic()
            if left <= 0 or len(refused) == len(self.urls):
                break  # each of them would refuse it again
            known = self._layout.read()
            if known.why:
                raise _noted(known.why)
            call = self._threads.submit(self._asked, url, path, body, known, left)
            waiting[call] = url
            for status, content in self._ended(waiting, min(left, patience)):
                if status == 200:
                    return content
                why = _message(status, content)
                if status in (401, 403, 404):
                    self._layout.forget()
                if status < 500 and status not in (401, 403):
                    refused[url] = why
        while waiting and (left := end - time.monotonic()) > 0:
            for status, content in self._ended(waiting, left):
                if status == 200:
                    return content
        raise _noted(why)

    def _ended(self, waiting: dict[Future[Answered], str], wait_s: float) -> Iterator[Answered]:
        """What ended in that time, the first of them; those that are silent are away."""
        done, late = wait(waiting, wait_s, FIRST_COMPLETED)
        if not done:
            for one in late:
                self._note_away(waiting[one], "is silent")
        for one in done:
            url = waiting.pop(one)
            try:
                yield one.result()
            except HTTPError as exc:
                self._note_away(url, str(exc))
            else:
                self._away.pop(url, None)

    def _asked(
        self, url: str, path: str, body: bytes | None, known: Known, left: float
    ) -> Answered:
        started = time.monotonic()
        answer = self._pool.request(
            "GET" if body is None else "POST",
            url + known.path.rstrip("/") + path,
            body=body,
            headers={SECRET_HEADER: known.secret, FORM_HEADER: str(DOOR_FORM)},
            timeout=urllib3.Timeout(connect=CONNECT_S, read=left),
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
        """How long to wait for which door: another one first each time, those that are away at the
        end. Then all of them again, with twice the patience: a machine may be busy, too.
        """
        with self._lock:
            self._turn += 1
            first = self._turn % len(self.urls)
        turned = self.urls[first:] + self.urls[:first]
        patience = min(MOST_PATIENCE_S, max(LEAST_PATIENCE_S, PATIENCE_TIMES * self._usual_s))
        self._try_those_away()
        for number in range(ROUNDS):
            if number:
                time.sleep(PAUSE_S * 2**number)
            for url in sorted(turned, key=lambda one: one in self._away):
                yield patience * 2**number, url

    def _note_away(self, url: str, why: str) -> None:
        if url not in self._away:
            logger.warning("The cluster's door %s: %s", url, why)
        self._away[url] = time.monotonic()

    def _try_those_away(self) -> None:
        """Beside the searches, so that none waits for a door that is still away."""
        for url, at in list(self._away.items()):
            if time.monotonic() - at > AWAY_S:
                self._away[url] = time.monotonic()
                self._threads.submit(self._tried, url)

    def _tried(self, url: str) -> None:
        limits = urllib3.Timeout(connect=CONNECT_S, read=AWAY_S)
        try:
            self._pool.request("GET", url + HEALTH, timeout=limits, redirect=False)
        except HTTPError:
            return
        self._away.pop(url, None)


def _noted(why: str | None) -> NoDoor:
    logger.warning("The cluster did not answer: %s", why or "no door answers")
    return NoDoor(why)


def _message(status: int, content: bytes) -> str:
    """What a door says is wrong; where Ray Serve knows no such door, what to do."""
    text = content[:1000].decode("utf-8", "replace")
    try:
        told = json.loads(text)
    except ValueError:
        return NO_DOOR if status == 404 else text[:200] or f"a door answers {status}"
    return str(told.get("message", text)) if isinstance(told, dict) else text[:200]


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
