"""An LTU user: logged in, with a public application."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

import pytest

from udata_mediadb.application.models import Application
from udata_mediadb.crypto.keyring import Keyring
from udata_mediadb.crypto.seals import unseal
from udata_mediadb.media.models import Media

from ..hosts import SECRET, Account, current_host
from ..portal import Client, Portal
from .client import LTUClient

COPY = "a copy without files"
PASSWORD = "correct horse battery"


@dataclass
class LTUTenant:
    """A user with an application, in both dialects."""

    user: Account
    ltu: LTUClient
    udata: Client
    application: str


def new_ltu_tenant(portal: Portal, *, public: bool = True, **properties: object) -> LTUTenant:
    user = portal.user(f"{secrets.token_hex(6)}@example.org")
    with portal.app.app_context():
        current_host().set_password(user, PASSWORD)
    identifier = portal.application(user, public=public, **properties)
    with portal.app.app_context():
        application = Application.objects.get(id=identifier)
        private_key = unseal(application.private_key_sealed, Keyring(SECRET), identifier)
    ltu = LTUClient(f"{portal.url}/ltu", None, private_key, application.public_key)
    ltu.login(user.email, PASSWORD)
    return LTUTenant(user, ltu, portal.client(user), identifier)


def add_copies(media: str, count: int) -> None:
    """Many media without many uploads: copies of a media's document, some of the same moment."""
    document = Media.objects.get(id=media).to_mongo().to_dict()
    document |= {"first": None, "duplicate_of": media}  # one of each application's bytes is first
    start = document["created_at"]
    Media._get_collection().insert_many(
        {
            **document,
            "_id": str(uuid4()),
            "filename": COPY,
            "created_at": start + timedelta(milliseconds=7 * (number // 3)),
        }
        for number in range(1, count + 1)
    )


@pytest.fixture(scope="module", autouse=True)
def _nothing_is_left_behind(portal: Portal) -> Iterator[None]:
    """The suite shares one portal."""
    yield
    with portal.app.app_context():
        Media.objects(filename=COPY).delete()  # they have no files, which `check` would tell


@pytest.fixture
def ltu_tenant(portal: Portal) -> LTUTenant:
    return new_ltu_tenant(portal)


@pytest.fixture
def other_tenant(portal: Portal) -> LTUTenant:
    return new_ltu_tenant(portal)
