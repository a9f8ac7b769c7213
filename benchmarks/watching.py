"""What counting, stages and ids add to a search, of its processor time.

    python -m benchmarks.watching [--searches N]

A portal in this process on a real MongoDB, its counts in files as those of several workers:
searches by image, and then requests that do nothing but what watching adds, the hooks around a
request and the stages of a search, less the same without the hooks.
"""

import argparse
import logging
import os
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path

from flask import Flask, Response

from tests.images import jpeg
from tests.portal_here import new_application, portal_here
from udata_mediadb.demo.mongod import EmbeddedMongod
from udata_mediadb.operations.watching.requests import watch_requests
from udata_mediadb.web.stages import stage

SIGNATURES = ["match", "similarity", "colors"]
STAGES = [
    "decode",
    "media",
    *(f"{kind}:{name}" for kind in ("describe", "shortlist", "verify") for name in SIGNATURES),
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--searches", type=int, default=40)
    options = parser.parse_args()
    logging.disable(logging.WARNING)  # slow searches
    with ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        mongod = stack.enter_context(EmbeddedMongod(work / "db"))
        uri = f"{mongod.uri.rstrip('/')}/watching"
        here = stack.enter_context(portal_here(uri, work / "files"))
        application = new_application(here.app, here.user, signatures=SIGNATURES)

        def send(path: str, seed: int) -> int:
            data = {"application": application, "image": (BytesIO(jpeg(seed)), "a.jpg")}
            return here.post(path, data=data).status_code

        for seed in range(20):
            assert send("media/", seed) == 201
        assert send("search/", 0) == 200
        searches = _mean_ms(options.searches, lambda n: send("search/", 100 + n))
    watched, bare = (_mean_ms(2000, _asks(with_hooks)) for with_hooks in (True, False))
    added = watched - bare
    print(f"a search: {searches:.1f} ms of processor time; watching adds {added:.3f} ms, ", end="")
    print(f"{100 * added / searches:.2f} %")


def _asks(with_hooks: bool) -> Callable[[int], object]:
    app = Flask("empty")
    app.config["MEDIADB_SLOW_SEARCH_S"] = 60.0
    if with_hooks:
        watch_requests(app, "/api", ())

    @app.get("/api/search/")
    def search() -> Response:
        for name in STAGES:
            with stage(name):
                pass
        return Response("")

    client = app.test_client()
    return lambda _: client.get("/api/search/")


def _mean_ms(times: int, call: Callable[[int], object]) -> float:
    call(0)
    start = time.thread_time()
    for n in range(times):
        call(n)
    return (time.thread_time() - start) / times * 1000


if __name__ == "__main__":
    assert os.environ.get("PROMETHEUS_MULTIPROC_DIR"), "set PROMETHEUS_MULTIPROC_DIR to a directory"
    main()
