"""A portal whose two workers count together, and a reader of what it says of itself."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families as parsed
from pymongo import MongoClient

from ..fixtures import Tenant, new_tenant
from ..portal import Portal, running_portal
from ..portal_here import PortalHere, portal_here


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
