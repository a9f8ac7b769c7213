"""A portal for each folder of tests, and accounts of its own for each test."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from pymongo import MongoClient

from .hosts import Account
from .portal import Client, Portal, running_portal


@dataclass
class Tenant:
    """A user with a key and an application."""

    user: Account
    client: Client
    application: str


@pytest.fixture(scope="package")
def portal(mongodb_uri: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A portal with two workers; it may fetch from loopback."""
    name = f"mediadb_test_{secrets.token_hex(6)}"
    root = tmp_path_factory.mktemp("files")
    uri = mongodb_uri.rstrip("/") + f"/{name}"
    with running_portal(uri, root, TEST_FETCH_ALLOW="127.0.0.0/8") as running:
        yield running
    with MongoClient(mongodb_uri) as client:
        client.drop_database(name)


@pytest.fixture
def tenant(portal: Portal) -> Tenant:
    """A tenant that nothing is stored for yet."""
    return new_tenant(portal)


@pytest.fixture
def stranger(portal: Portal) -> Tenant:
    """Another tenant."""
    return new_tenant(portal)


@pytest.fixture
def anonymous(portal: Portal) -> Client:
    """A client without a key."""
    return Client(portal.api)


def new_tenant(portal: Portal, **properties: object) -> Tenant:
    user = portal.user(f"{secrets.token_hex(6)}@example.org")
    return Tenant(user, portal.client(user), portal.application(user, **properties))
