"""A process whose first use of the database falls into an outage of mongod."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from mongoengine.connection import get_db
from pymongo.errors import ServerSelectionTimeoutError

from udata_mediadb.collection.models import Collection
from udata_mediadb.demo.mongod import EmbeddedMongod, find_mongod
from udata_mediadb.media.models import Media
from udata_mediadb.mongo.connection import connect
from udata_mediadb.mongo.documents import _FIRST_USE

from ..connections import disconnect
from ..ports import free_port
from ..waiting import PATIENCE_S, eventually

pytestmark = pytest.mark.server


@pytest.fixture
def port() -> Iterator[int]:
    """Of a database that is away; MongoEngine is connected to it, and waits for it briefly."""
    free = free_port()
    app = Flask("portal")
    app.config["MEDIADB_MONGODB_URI"] = (
        f"mongodb://127.0.0.1:{free}/portal?serverSelectionTimeoutMS=200"
    )
    disconnect()
    connect(app)
    yield free
    disconnect()


def test_no_document_stays_without_its_indexes(port: int, tmp_path: Path) -> None:
    for document in (Media, Collection):
        with pytest.raises(ServerSelectionTimeoutError):
            document.objects.first()
    mongod = EmbeddedMongod(tmp_path / "mongod")
    mongod.directory.mkdir(mode=0o700)
    try:
        eventually(lambda: mongod._try_to_start(find_mongod(), port))
        eventually(is_there)
        for document in (Media, Collection):
            assert document.objects.first() is None
            assert len(document._get_collection().index_information()) > 1, document
    finally:
        disconnect()
        mongod.stop()


def is_there() -> bool:
    """Whether the client knows already that the database is back."""
    try:
        return bool(get_db().command("ping"))
    except ServerSelectionTimeoutError:
        return False


def test_nobody_waits_for_another_who_waits(port: int) -> None:
    ended = threading.Event()

    def first_use() -> None:
        with pytest.raises(ServerSelectionTimeoutError):
            Media.objects.first()
        ended.set()

    with _FIRST_USE:  # as another thread that makes indexes
        thread = threading.Thread(target=first_use)
        thread.start()
        was_answered = ended.wait(PATIENCE_S / 10)
    thread.join()

    assert was_answered
