"""A client and its connections: processes that fork, event loops that end, copies, proxies."""

import asyncio
import copy
import gc
import json
import multiprocessing
import os
import pickle
import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from udata_mediadb.client import AsyncMediaDB, MediaDB, NotFound, ServerError, Unreachable

from ..waiting import PATIENCE_S
from .turns import answering


class Echo(BaseHTTPRequestHandler):
    """Answers each request with its path and the port of who asks, on one connection."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        data = json.dumps({"id": self.path.split("/")[-2], "name": str(self.client_address[1])})
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data.encode())

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def echo() -> Any:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def _ask(db: MediaDB, name: str, told: Any) -> None:
    told.put((name, db.media.get(name).name))


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_forked_process_has_connections_of_its_own(echo: str) -> None:
    """The sockets of the parent are shared: answers would go to whoever reads first."""
    fork = multiprocessing.get_context("fork")
    with MediaDB(echo) as db:
        own = db.media.get("parent").name
        told = fork.Queue()
        child = fork.Process(target=_ask, args=(db, "child", told))
        child.start()
        name, port = told.get(timeout=PATIENCE_S)
        child.join()

        assert (name, child.exitcode) == ("child", 0)
        assert port != own
        assert db.media.get("parent").name == own, "that of the parent is open still"


@pytest.mark.filterwarnings("ignore:unclosed transport:ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_event_loop_that_ended_leaves_the_client_usable(echo: str) -> None:
    db = AsyncMediaDB(echo)

    async def ask(name: str) -> str:
        return (await db.media.get(name)).id

    assert [asyncio.run(ask(name)) for name in ("a", "b", "c")] == ["a", "b", "c"]
    asyncio.run(db.aclose())
    gc.collect()  # what the loops left open is said here, and to no other test


def test_threads_share_a_client(echo: str) -> None:
    names = [f"m{n}" for n in range(200)]
    with MediaDB(echo) as db, ThreadPoolExecutor(8) as pool:
        assert [one.id for one in pool.map(db.media.get, names)] == names


def test_a_client_is_not_copied_and_what_it_gives_is(echo: str) -> None:
    with MediaDB(echo, key="secret") as db:
        media = db.media.get("a")
        for take in (pickle.dumps, copy.deepcopy):
            with pytest.raises(TypeError, match="not copied or pickled"):
                take(db.media)
    assert pickle.loads(pickle.dumps(media)) == media
    refused = NotFound("gone", status=404, error="not-found", fields={"a": "b"}, retry_after=2)
    again = pickle.loads(pickle.dumps(refused))
    assert vars(again) == vars(refused)
    assert str(again) == "gone"


def test_a_client_that_is_closed_says_so(echo: str) -> None:
    with MediaDB(echo) as db:
        db.media.get("a")
    with pytest.raises(RuntimeError, match="closed"):
        db.media.get("a")
    db.close()


def test_a_proxys_word_that_the_portal_is_away_is_no_answer() -> None:
    """Behind a proxy a portal that is started again is a 502, and not a closed port."""
    with answering([502, 504, 503, 200], {"id": "1"}) as (url, seen), MediaDB(url) as db:
        assert db.media.get("1").id == "1"
    assert len(seen) == 4
    with answering([502, 201], {"id": "1"}) as (url, seen), MediaDB(url) as db:
        assert db.media.add(b"picture").id == "1"
    assert len({one.key for one in seen}) == 1
    with answering([502], {}) as (url, seen), MediaDB(url) as db, pytest.raises(ServerError):
        db.media.edit("1", name="a")
    assert len(seen) == 1


def test_no_proxy_is_asked_for_who_needs_none(echo: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with MediaDB(echo) as db:
        assert db.media.get("a").id == "a"
    monkeypatch.setenv("NO_PROXY", "")
    with MediaDB(echo) as db, pytest.raises(Unreachable):
        db.media.add(b"x")
    assert os.environ["HTTP_PROXY"]
