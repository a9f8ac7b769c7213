"""A database for this process, and catalogs on a directory of their own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import mongoengine
import pytest

from udata_mediadb.indexing.catalog import Catalog
from udata_mediadb.indexing.segment_store import SegmentStore

from . import world
from .kinds import MATCH, Kind

NewCatalog = Callable[..., Catalog]


@pytest.fixture(autouse=True)
def database(mongodb_uri: str, database_name: str) -> Iterator[str]:
    uri = f"{mongodb_uri.rstrip('/')}/{database_name}"
    mongoengine.disconnect_all()
    mongoengine.connect(host=uri, uuidRepresentation="standard", tz_aware=True)
    yield uri
    mongoengine.disconnect_all()


@pytest.fixture
def application() -> str:
    return world.new_application()


@pytest.fixture
def kind() -> Kind:
    """Of the signature; tests may ask for others."""
    return MATCH


@pytest.fixture
def directory(tmp_path: Path, application: str, kind: Kind) -> Path:
    return kind.directory(tmp_path / application)


@pytest.fixture
def new_catalog(directory: Path, application: str, kind: Kind) -> NewCatalog:
    """A catalog as a worker has it that has just started."""

    def new(version: str = "test-1") -> Catalog:
        store = SegmentStore(directory, kind.segments(version))
        return Catalog(application, kind.method(version), store, world.LIMITS)

    return new
