"""A portal for each process of the suite, and accounts of its own for each test."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pymongo import MongoClient

from udata_mediadb.application.models import Application

from .hosts import Account
from .portal import Client, Portal, running_portal


@dataclass
class Tenant:
    """A user with a key and an application."""

    user: Account
    client: Client
    application: str


@pytest.fixture(scope="session")
def shared_portal(mongodb_uri: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A portal with two workers; it may fetch from loopback."""
    name = f"mediadb_test_{secrets.token_hex(6)}"
    root = tmp_path_factory.mktemp("files")
    uri = mongodb_uri.rstrip("/") + f"/{name}"
    with running_portal(uri, root, TEST_FETCH_ALLOW="127.0.0.0/8") as running:
        yield running
    with MongoClient(mongodb_uri) as client:
        client.drop_database(name)


@pytest.fixture(scope="module")
def portal(shared_portal: Portal) -> Iterator[Portal]:
    """The shared portal, as if the modules before had not been."""
    yield shared_portal
    with shared_portal.app.app_context():
        Application.objects(public=True).update(public=False)


@pytest.fixture(autouse=True)
def _what_a_test_made_public_ends_with_it(request: pytest.FixtureRequest) -> Iterator[None]:
    """Everybody's lists show public applications, those of the next test, too."""
    if "shared_portal" not in request.fixturenames:
        yield
        return
    portal: Portal = request.getfixturevalue("shared_portal")
    with portal.app.app_context():
        before = list(Application.objects(public=True).scalar("id"))
    yield
    with portal.app.app_context():
        Application.objects(public=True, id__nin=before).update(public=False)


@pytest.fixture
def own_portal(mongodb_uri: str, database_name: str, tmp_path: Path) -> Iterator[Portal]:
    """A portal that a test may damage, or that it looks at as a whole."""
    uri = f"{mongodb_uri.rstrip('/')}/{database_name}"
    with running_portal(uri, tmp_path / "files") as running:
        yield running


@pytest.fixture
def own_tenant(own_portal: Portal) -> Tenant:
    return new_tenant(own_portal)


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
