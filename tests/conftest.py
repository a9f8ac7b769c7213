"""What every test may ask for."""

import os
import secrets
from collections.abc import Iterator

import pytest
from pymongo import MongoClient

from udata_mediadb.demo.mongod import EmbeddedMongod

pytest_plugins = ["tests.fixtures"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark `server` on what asks for a database, so that `-m "not server"` runs anywhere."""
    for item in items:
        if "mongodb_uri" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.server)


@pytest.fixture(scope="session")
def mongodb_uri(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One real MongoDB for the whole suite: MEDIADB_TEST_MONGODB_URI, or the embedded one."""
    if given := os.environ.get("MEDIADB_TEST_MONGODB_URI"):
        yield given
        return
    with EmbeddedMongod(tmp_path_factory.mktemp("mongod")) as mongod:
        yield mongod.uri


@pytest.fixture
def database_name(mongodb_uri: str) -> Iterator[str]:
    """The name of an empty database, dropped afterwards."""
    name = f"mediadb_test_{secrets.token_hex(6)}"
    yield name
    with MongoClient(mongodb_uri) as client:
        client.drop_database(name)
