"""The page of all pictures of a large library, as server time.

    python -m benchmarks.pages [--media N] [--repeat N] [--mongodb URI]

Documents as for `benchmarks.listing`, straight in a real MongoDB; the requests go through the whole
application in this process. The first request of each counts what later ones are told again.
"""

import argparse
import contextlib
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mongoengine
from flask import Flask

from udata_mediadb.application.models import Application
from udata_mediadb.demo.mongod import EmbeddedMongod
from udata_mediadb.media.models import Media

from .listing import fill, new_app
from .report import table, write


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--media", type=int, default=100_000)
    parser.add_argument("--repeat", type=int, default=15)
    parser.add_argument("--mongodb", help="a server that keeps what was stored the first time")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        uri = options.mongodb or stack.enter_context(EmbeddedMongod(Path(folder) / "db")).uri
        app = new_app(uri, folder)
        with app.app_context():
            library = Application.objects.first() or fill(app, options.media, 50)
            own = f"/mediadb/{library.id}/"
            rows = [measured(app, options.repeat, *one) for one in cases(own, options.media)]
            stored = Media.objects.count()
        mongoengine.disconnect_all()
    head = ["page", "first ms", "median ms", "p95 ms", "of it Python ms"]
    load = f"Load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores."
    write("pages", "Pages of a large library", f"{stored} media. {load}\n\n{table(head, rows)}")


def cases(own: str, media: int) -> Iterator[tuple[str, str]]:
    """Name and address of each."""
    picture = Media.objects.order_by("-created_at").skip(1).only("id").first()
    yield "all pictures", own
    yield "the middle of them", f"{own}?page={media // 48}"
    yield "by name", f"{own}?sort=name"
    yield "with a frequent keyword", f"{own}?keyword=keyword+3"
    yield "with a rare keyword and a year", f"{own}?keyword=keyword+300&metadata.year.gte=1900"
    yield "with the ways to narrow", f"{own}?narrow=more"
    yield "one picture with its neighbours", f"{own}{picture.id}?at=2"
    yield "the tree of collections", f"{own}collections/"
    yield "search by image", "/mediadb/search"


def measured(app: Flask, repeat: int, name: str, path: str) -> tuple[Any, ...]:
    client = app.test_client()
    times, processor = [], []
    for _ in range(repeat + 1):
        start, used = time.perf_counter(), time.process_time()
        answer = client.get(path)
        times.append((time.perf_counter() - start) * 1000)
        processor.append((time.process_time() - used) * 1000)
        assert answer.status_code == 200, (name, answer.text)
    ordered = sorted(times[1:])
    p95 = ordered[int(len(ordered) * 0.95)]
    shown = (times[0], statistics.median(ordered), p95, statistics.median(processor[1:]))
    return name, *(f"{one:.1f}" for one in shown)


if __name__ == "__main__":
    main()
