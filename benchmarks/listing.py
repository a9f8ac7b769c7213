"""Lists, counts and searches by keyword in a large portal, as server time.

    python -m benchmarks.listing [--media N] [--collections N] [--repeat N] [--mongodb URI]

Documents of media, without files and signatures, go straight into a real MongoDB; the requests go
through the whole application in this process (Flask's test client), so what is measured is the
server's time without gunicorn and without the network. One collection holds half of all media, the
others share the rest unevenly; keywords and countries are unevenly frequent as well.
"""

import argparse
import contextlib
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import mongoengine
import numpy as np
from flask import Flask
from tqdm import tqdm

import udata_mediadb
from udata_mediadb.application.actions import create_application
from udata_mediadb.application.models import Application
from udata_mediadb.collection.actions import create_smart_collection
from udata_mediadb.collection.models import Collection, SmartCollection
from udata_mediadb.crypto.keyring import Keyring
from udata_mediadb.crypto.seals import unseal
from udata_mediadb.demo.mongod import EmbeddedMongod
from udata_mediadb.filters import terms
from udata_mediadb.filters.words import words_of
from udata_mediadb.hosts import plain_accounts
from udata_mediadb.hosts.plain import principal_of
from udata_mediadb.indexing.versions import versions_of
from udata_mediadb.media.models import ACTIVE, Media
from udata_mediadb.mongo.clock import now
from udata_mediadb.web.text import sort_key

from .report import table, write

SECRET = "benchmark"
KEYRING = Keyring(SECRET)
BATCH = 2_000
KEYWORDS, COUNTRIES = 1_000, 60
SMART = {
    "rare keyword": {"keywords": ["keyword 300"]},
    "frequent keyword": {"keywords": ["keyword 3"]},
    "keyword and country": {"keywords": ["keyword 3"], "metadata": {"country": "country 7"}},
    "two countries or a year": {
        "or": [
            {"metadata": {"country": ["country 40", "country 41"]}},
            {"range": {"year": {"gte": 1850, "lt": 1852}}},
        ]
    },
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--media", type=int, default=200_000)
    parser.add_argument("--collections", type=int, default=500)
    parser.add_argument("--repeat", type=int, default=15)
    parser.add_argument("--mongodb", help="a server that keeps what was stored the first time")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        uri = options.mongodb or stack.enter_context(EmbeddedMongod(Path(folder) / "db")).uri
        app = new_app(uri, folder)
        with app.app_context():
            application = Application.objects.first() or fill(
                app, options.media, options.collections
            )
            rows = [measured(app, options.repeat, *case) for case in cases(application)]
            stored, held = Media.objects.count(), Collection.objects.count()
        mongoengine.disconnect_all()
    head = ["request", "media in all", "first ms", "median ms", "p95 ms", "of it Python ms"]
    load = f"Load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores."
    text = f"{stored} media, {held} collections, pages of 100. {load}\n\n"
    write("listing", "Lists and searches by keyword", text + table(head, rows))


def new_app(uri: str, folder: str) -> Flask:
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=SECRET, MEDIADB_MONGODB_URI=f"{uri.rstrip('/')}/bench", FS_ROOT=folder
    )
    udata_mediadb.init_app(app)
    return app


def fill(app: Flask, count: int, collections: int) -> Application:
    owner = plain_accounts.create_user("bench", "bench@example.org")
    versions = versions_of(app.extensions["mediadb"].catalogs.registry)
    application = create_application(
        {"name": "Bench", "public": True}, principal_of(owner), versions=versions, keyring=KEYRING
    )
    application.private_key_alone = True
    application.save()
    held = [UUID(int=n).hex for n in range(collections)]
    for number, identifier in enumerate(held):
        Collection(id=identifier, application=application.id, name=f"c{number}").save()
    for name, query in SMART.items():
        create_smart_collection(application.id, {"name": name, "query": query})
    store(application.id, count, held)
    return application


def store(application: str, count: int, held: list[str]) -> None:
    """So many documents of media, in these collections."""
    documents = media_documents(application, count, held)
    batch: list[dict[str, Any]] = []
    for document in tqdm(documents, total=count, desc="Storing", unit="media", disable=None):
        batch.append(document)
        if len(batch) == BATCH:
            Media._get_collection().insert_many(batch, ordered=False)
            batch = []
    if batch:
        Media._get_collection().insert_many(batch)


def media_documents(application: str, count: int, held: list[str]) -> Iterator[dict[str, Any]]:
    random = np.random.default_rng(7)
    start = now() - timedelta(seconds=count)
    for number in range(count):
        words = {f"keyword {int(KEYWORDS * random.random() ** 3)}" for _ in range(4)}
        metadata = {
            "country": f"country {int(COUNTRIES * random.random() ** 2)}",
            "year": int(random.integers(1800, 2020)),
            "title": f"picture {number} of {number % 97}",
        }
        mine = {held[1 + int((len(held) - 1) * random.random() ** 2)]}
        mine |= {held[0]} if number % 2 else set()
        identifier = str(UUID(bytes=random.bytes(16), version=4))
        yield {
            "_id": identifier,
            "application": application,
            "state": ACTIVE,
            "name": f"picture {number % 5000}",
            "name_key": sort_key(f"picture {number % 5000}"),
            "keywords": sorted(words),
            "metadata": metadata,
            "terms": terms.terms_of(words, metadata),
            "words": words_of(f"picture {number}", words, metadata),
            "collections": sorted(mine),
            "placings": [f"{one}:{number:020d}" for one in sorted(mine)],
            "md5": "0" * 32,
            "sha256": f"{number:064d}",
            "size": 100_000,
            "width": 640,
            "height": 480,
            "format": "JPEG",
            "created_at": start + timedelta(seconds=number),
            "updated_at": start,
        }


def cases(application: Application) -> Iterator[tuple[str, Callable[[Any], Any]]]:
    """Name, and the request that a test client makes."""
    keys = {"api-key": unseal(application.private_key_sealed, KEYRING, application.id)}

    def get(path: str) -> Callable[[Any], Any]:
        return lambda client: client.get("/ltu" + path, headers=keys)

    def search(**criteria: Any) -> Callable[[Any], Any]:
        body = {**criteria, "envelope": "object"}
        return lambda client: client.post("/ltu/search/media", json=body, headers=keys)

    yield "all media, first page", get("/media")
    yield "all media, last page", get(f"/media?page={-(-Media.objects.count() // 100)}")
    for label, number in (("of usual size", 100), ("of half of all media", 0)):
        collection = UUID(int=number).hex
        pages = -(-Media.objects(collections=collection).count() // 100)
        path = f"/collection/{collection}/medias"
        yield f"collection {label}, first page", get(path)
        yield f"collection {label}, by name", get(f"{path}?order_by=name")
        yield f"collection {label}, by position", get(f"{path}?order_by=position")
        yield f"collection {label}, middle page", get(f"{path}?page={max(1, pages // 2)}")
        yield f"collection {label}, last page", get(f"{path}?page={pages}")
    for smart in SmartCollection.objects.order_by("created_at"):
        path = f"/smart_collection/{smart.id}/medias"
        yield f"smart collection, {smart.name}, first page", get(path)
    yield (
        "search, keyword and country",
        search(keywords=["keyword 30"], metadata={"country": "country 3"}),
    )
    yield (
        "search, keyword in a collection",
        search(keywords=["keyword 3"], collection=UUID(int=100).hex),
    )
    yield "list of all collections", get("/collection?full=true")
    yield from _of_udata(application, keys)


def _of_udata(
    application: Application, keys: dict[str, str]
) -> Iterator[tuple[str, Callable[[Any], Any]]]:
    """The same in the dialect of udata: deep pages by cursor, every order, facets."""
    base = f"/api/1/mediadb/media/?application={application.id}&page_size=100"

    def get(path: str) -> Callable[[Any], Any]:
        return lambda client: client.get(path, headers=keys)

    def behind(path: str) -> Callable[[Any], Any]:
        """The page behind the one of this path, by its cursor; looked up once."""
        found: list[str] = []

        def request(client: Any) -> Any:
            if not found:
                found.append(client.get(path, headers=keys).json["next_page"])
            return client.get(found[0], headers=keys)

        return request

    deep = Media.objects.count() // 100 // 3
    for sort in ("-created_at", "name", "-updated_at", "size"):
        yield f"udata's dialect, sort={sort}, first page", get(f"{base}&sort={sort}")
        path = f"{base}&sort={sort}&page={deep}"
        yield f"udata's dialect, sort={sort}, page {deep + 1} by cursor", behind(path)
    for facets in ("format,year,licence", "keywords", "metadata"):
        path = f"{base[:-3]}1&facets={facets}"
        yield f"udata's dialect, facets={facets}, told again", get(path)
    yield (
        "udata's dialect, keywords that begin so",
        get(f"/api/1/mediadb/keywords/?application={application.id}&q=keyword%203"),
    )


def measured(app: Flask, repeat: int, name: str, request: Callable[[Any], Any]) -> tuple[Any, ...]:
    client = app.test_client()
    times, processor = [], []
    for _ in range(repeat + 1):
        start, used = time.perf_counter(), time.process_time()
        answer = request(client)
        times.append((time.perf_counter() - start) * 1000)
        processor.append((time.process_time() - used) * 1000)
        assert answer.status_code == 200, (name, answer.json)
    body = answer.json
    total = body.get("count", body.get("total")) if isinstance(body, dict) else len(body)
    ordered = sorted(times[1:])
    p95 = ordered[int(len(ordered) * 0.95)]
    shown = (times[0], statistics.median(ordered), p95, statistics.median(processor[1:]))
    return name, total, *(f"{one:.1f}" for one in shown)


if __name__ == "__main__":
    main()
