"""What every test may ask for, and on which worker of pytest-xdist it runs."""

import os
import secrets
import threading
from collections.abc import Iterator

import pytest
from pymongo import MongoClient

from udata_mediadb.demo.mongod import EmbeddedMongod
from udata_mediadb.indexing.background import THREADS
from udata_mediadb.jobs.watching import THREAD as WATCH

from .waiting import PATIENCE_S

pytest_plugins = ["tests.fixtures"]
# Module-wide, but as cheap on two workers as on one.
CHEAP = {"portal", "_nothing_is_left_behind"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark `server` on what asks for a database, so that `-m "not server"` runs anywhere.

    What a module makes once for its tests is made on one worker only: they are a group.
    """
    for item in items:
        if "mongodb_uri" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.server)
        if not item.get_closest_marker("xdist_group") and _shares_with_its_module(item):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A group that pytest-xdist does not see is spread over its processes, and nothing says so."""
    is_kept = not getattr(item.config.option, "loadgroup", False) or (
        "@" in item.nodeid.rpartition("]")[2]
    )
    if item.get_closest_marker("xdist_group") and not is_kept:
        pytest.fail("This pytest tells pytest-xdist no groups: tox.ini has the right ones.")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Iterator[None]:
    """Work in the background ends before the connection that it uses.

    A thread that looks for jobs ends with its app: it would look in a later test's database, or
    make a client that nobody closes.
    """
    looking = set(_looking_for_jobs())
    try:
        return (yield)
    finally:
        for thread in threading.enumerate():
            if thread.name.startswith(THREADS):
                thread.join(PATIENCE_S)
        assert looking.issuperset(_looking_for_jobs()), "an app of this test lacks hosts.QUIET"


def _looking_for_jobs() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == WATCH]


def _shares_with_its_module(item: pytest.Item) -> bool:
    fixtures = getattr(item, "_fixtureinfo", None)
    return fixtures is not None and any(
        definitions[-1].scope == "module" and name not in CHEAP
        for name, definitions in fixtures.name2fixturedefs.items()
    )


@pytest.fixture(scope="session")
def mongodb_uri(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One real MongoDB for each process of the suite: MEDIADB_TEST_MONGODB_URI, or the embedded."""
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
