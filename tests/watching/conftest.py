"""A portal whose two workers count together, and a reader of what it says of itself."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families as parsed
from pymongo import MongoClient

from udata_mediadb.indexing.shards import remote
from udata_mediadb.operations.watching import state

from ..fixtures import Tenant, new_tenant
from ..portal import Portal, running_portal
from ..portal_here import PortalHere, portal_here
from ..waiting import PATIENCE_S


@pytest.fixture(scope="session", autouse=True)
def _patience_with_the_database() -> Iterator[None]:
    """A busy machine may take more than the seconds after which a database or a door is away."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(state, "DATABASE_S", PATIENCE_S)
        patch.setattr(remote, "STATUS_S", PATIENCE_S)
        yield


@dataclass
class Metrics:
    """What `metrics/` said."""

    families: dict[str, Metric]

    def value(self, sample: str, **labels: str) -> float:
        """The sum of the samples with these labels, among others."""
        return sum(
            one.value
            for family in self.families.values()
            for one in family.samples
            if one.name == sample and labels.items() <= one.labels.items()
        )


def read(text: str) -> Metrics:
    return Metrics({family.name: family for family in parsed(text)})


@pytest.fixture(scope="module")
def watched(mongodb_uri: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    name = f"mediadb_test_{secrets.token_hex(6)}"
    counts = tmp_path_factory.mktemp("counts")
    with running_portal(
        f"{mongodb_uri.rstrip('/')}/{name}",
        tmp_path_factory.mktemp("files"),
        PROMETHEUS_MULTIPROC_DIR=str(counts),
        TEST_SETTINGS='{"MEDIADB_METRICS_TOKEN": "letmesee"}',
    ) as portal:
        yield portal
    with MongoClient(mongodb_uri) as client:
        client.drop_database(name)


@pytest.fixture(scope="module")
def tenant(watched: Portal) -> Tenant:
    return new_tenant(watched, signatures=["match", "similarity", "colors"])


@pytest.fixture
def here(mongodb_uri: str, tmp_path: Path) -> Iterator[PortalHere]:
    name = f"mediadb_test_{secrets.token_hex(6)}"
    with portal_here(f"{mongodb_uri.rstrip('/')}/{name}", tmp_path / "files") as portal:
        yield portal
    with MongoClient(mongodb_uri) as client:
        client.drop_database(name)
