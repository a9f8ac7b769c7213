"""A database for this process, and catalogs on a directory of their own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import mongoengine
import pytest

from udata_mediadb.indexing.bucket import Bucket
from udata_mediadb.indexing.catalog import Catalog
from udata_mediadb.indexing.segment_store import SegmentStore

from ..connections import disconnect
from ..s3 import S3, running_s3
from . import world
from .kinds import MATCH, Kind
from .machines import Machines

NewCatalog = Callable[..., Catalog]


@pytest.fixture(autouse=True)
def database(mongodb_uri: str, database_name: str) -> Iterator[str]:
    uri = f"{mongodb_uri.rstrip('/')}/{database_name}"
    disconnect()
    mongoengine.connect(host=uri, uuidRepresentation="standard", tz_aware=True)
    yield uri
    disconnect()


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


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3]:
    with running_s3(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture
def bucket(s3: S3, application: str) -> Bucket:
    """Below a prefix of this test's own."""
    return Bucket.of(f"s3://pictures/segments/{application}", s3.settings)


@pytest.fixture
def machines(tmp_path: Path, application: str, bucket: Bucket) -> Machines:
    return Machines(tmp_path, application, bucket)
