"""`flask mediadb migrate`: documents as the first version of this project wrote them."""

import base64
import hashlib
import hmac
import re
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from udata_mediadb.application.models import Application
from udata_mediadb.crypto.keyring import Keyring
from udata_mediadb.crypto.seals import unseal
from udata_mediadb.errors import Conflict
from udata_mediadb.indexing.models import LogEntry
from udata_mediadb.media.models import Media
from udata_mediadb.mongo.clock import now
from udata_mediadb.mongo.documents import durable
from udata_mediadb.mongo.lease import Lease
from udata_mediadb.operations.migrations.actions import migrate, states
from udata_mediadb.operations.migrations.models import Migration
from udata_mediadb.operations.migrations.steps import STEPS, Step
from udata_mediadb.operations.sealing import holds_former_seals

from ..fixtures import Tenant
from ..images import jpeg
from ..portal import SECRET, Portal


@pytest.fixture(autouse=True)
def _nothing_ran_yet(portal: Portal) -> None:
    with portal.app.app_context():
        Migration.objects.delete()
        Lease.objects(id="migrate").delete()


def test_numbers_of_an_earlier_media_are_found_afterwards(portal: Portal, tenant: Tenant) -> None:
    add = tenant.client.add
    media = add(tenant.application, jpeg(1, 96, 64), metadata='{"year": 1871}')["id"]
    with portal.app.app_context():
        earlier = {"terms": ["m:year=1871"], "words": []}
        durable(Media).update_one({"_id": media}, {"$set": earlier})
    query = {"query": {"range": {"year": {"gte": 1870, "lt": 1880}}}}
    assert tenant.client.post("search/", json=query).json()["total"] == 0

    done = portal.flask("migrate")

    assert done.returncode == 0, done.stderr
    changed = re.search(r"0002-facts: (\d+) changed", done.stdout)
    assert changed is not None
    assert int(changed[1]) >= 1, "other tests may have left some in the same database"
    assert tenant.client.post("search/", json=query).json()["total"] == 1


def test_a_log_of_the_first_form_takes_new_entries_afterwards(
    portal: Portal, tenant: Tenant
) -> None:
    """Its unique index was over fields that entries have no more."""
    with portal.app.app_context():
        log = durable(LogEntry)
        log.create_index([("application", 1), ("seq", 1)], unique=True, sparse=True)
        log.insert_one({"application": tenant.application, "seq": 1, "op": "add", "media": []})

        migrate(lambda step, changed: None)

        assert "application_1_seq_1" not in log.index_information()
        assert log.find_one({"seq": 1}) is None
    assert tenant.client.add(tenant.application, jpeg(1, 96, 64))["id"]


def test_a_second_run_finds_nothing_to_do(portal: Portal, tenant: Tenant) -> None:
    media = tenant.client.add(tenant.application, jpeg(1, 96, 64), metadata='{"year": 1}')["id"]
    with portal.app.app_context():
        durable(Media).update_one({"_id": media}, {"$set": {"terms": []}})
    assert "to be done" in portal.flask("migrate", "--list").stdout
    portal.flask("migrate")

    assert portal.flask("migrate").stdout == "nothing to migrate\n"
    assert "to be done" not in portal.flask("migrate", "--list").stdout


def test_what_this_version_stored_needs_no_step(portal: Portal, tenant: Tenant) -> None:
    tenant.client.add(tenant.application, jpeg(2, 96, 64), keywords="river", metadata='{"a": 1}')
    portal.flask("migrate")  # other tests here leave media of earlier versions
    with portal.app.app_context():
        Migration.objects.delete()

    listed = portal.flask("migrate", "--list").stdout.splitlines()

    assert len(listed) == len(STEPS)
    assert all("not needed" in line for line in listed), listed


def test_of_two_at_once_one_is_refused(portal: Portal) -> None:
    def another(advance: object) -> None:
        with pytest.raises(Conflict, match="Another migration"):
            migrate(lambda step, changed: None)

    with portal.app.app_context():
        ran = migrate(lambda step, changed: None, [Step("x", "", another)])
        assert ran == 1


def test_one_that_was_killed_does_not_lock_the_next_out_for_ever(portal: Portal) -> None:
    with portal.app.app_context():
        Lease(id="migrate", owner="killed", until=now() + timedelta(seconds=30)).save()
        with pytest.raises(Conflict):
            migrate(lambda step, changed: None)
        Lease.objects(id="migrate").update(until=now() - timedelta(seconds=1))

        migrate(lambda step, changed: None)

        assert all(state.ended_at for state in states())
        assert Lease.objects(id="migrate").count() == 0


def test_one_that_fails_is_not_noted_and_runs_again(portal: Portal) -> None:
    def fails(advance: object) -> None:
        raise RuntimeError("away")

    with portal.app.app_context():
        with pytest.raises(RuntimeError):
            migrate(lambda step, changed: None, [Step("x", "", fails)])
        assert Migration.objects.count() == 0
        assert Lease.objects(id="migrate").count() == 0


def test_a_key_that_the_first_version_sealed_is_sealed_anew(portal: Portal, tenant: Tenant) -> None:
    """As version 0.1 did: AES-256-GCM under HMAC-SHA256 of the secret, the id beside it."""
    with portal.app.app_context():
        application = Application.objects.get(id=tenant.application)
        key = unseal(application.private_key_sealed, Keyring(SECRET), application.id)
        assert key
        derived = hmac.new(SECRET.encode(), b"udata-mediadb key-seal", hashlib.sha256).digest()
        sealed = AESGCM(derived).encrypt(b"twelve bytes", key.encode(), application.id.encode())
        former = base64.urlsafe_b64encode(b"twelve bytes" + sealed).decode()
        application.update(private_key_sealed=former)
    path = f"applications/{application.id}/keys/private/"
    assert "0003-seals  to be done" in portal.flask("migrate", "--list").stdout

    assert "0003-seals: 1 changed" in portal.flask("migrate").stdout

    with portal.app.app_context():
        renewed = Application.objects.get(id=application.id).private_key_sealed
        assert renewed.startswith("gAAAA")  # a Fernet token
        assert not holds_former_seals()
    assert tenant.client.get(path).json()["key"] == key
