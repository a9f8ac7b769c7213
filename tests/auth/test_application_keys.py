"""Key pairs of applications: what each opens, rotation, revocation, reveal."""

from datetime import timedelta
from typing import Any

import pytest
import requests

from udata_mediadb.application.models import Application
from udata_mediadb.authentication.audit import AuditEntry
from udata_mediadb.mongo.clock import now, utc

from ..fixtures import Tenant, new_tenant
from ..images import jpeg
from ..portal import Client, Portal
from .local import API, local_client


def test_the_public_key_searches_a_public_application(portal: Portal) -> None:
    tenant = new_tenant(portal, public=True)
    answer = search(portal, public_key(tenant))
    assert answer.status_code == 200


def test_the_public_key_alone_searches_no_private_application(
    portal: Portal, tenant: Tenant
) -> None:
    answer = search(portal, public_key(tenant))
    assert answer.status_code == 401
    assert "token" in answer.json()["message"]


def test_the_key_names_the_application(portal: Portal, tenant: Tenant) -> None:
    portal.application(tenant.user, "Another one")  # now the user alone would have to choose
    answer = add(portal, private_key(tenant), user=tenant.client)
    assert answer.status_code == 201
    assert answer.json()["application"] == tenant.application


def test_the_public_key_adds_nothing_even_beside_its_owner(portal: Portal, tenant: Tenant) -> None:
    answer = add(portal, public_key(tenant), user=tenant.client)
    assert answer.status_code == 403
    assert "private key" in answer.json()["message"]


def test_the_private_key_alone_adds_nothing(portal: Portal, tenant: Tenant) -> None:
    assert add(portal, private_key(tenant)).status_code == 401


def test_the_private_key_alone_adds_where_the_application_says_so(
    portal: Portal, tenant: Tenant
) -> None:
    tenant.client.put(f"applications/{tenant.application}/", json={"private_key_alone": True})
    answer = add(portal, private_key(tenant))
    assert answer.status_code == 201
    assert answer.json()["owner"]["id"] == tenant.user.id


def test_the_private_key_of_another_is_refused(
    portal: Portal, tenant: Tenant, stranger: Tenant
) -> None:
    assert add(portal, private_key(tenant), user=stranger.client).status_code == 403


def test_a_key_opens_no_other_application(portal: Portal, tenant: Tenant) -> None:
    other = portal.application(tenant.user, "Another one")
    answer = add(portal, private_key(tenant), user=tenant.client, application=other)
    assert answer.status_code == 404  # the key does not even see it


@pytest.mark.parametrize("kind", ["public", "private"])
def test_keys_of_an_inactive_application_are_refused(
    portal: Portal, tenant: Tenant, kind: str
) -> None:
    key = key_of(tenant, kind)
    tenant.client.put(f"applications/{tenant.application}/", json={"status": "Inactive"})
    answer = search(portal, key, user=tenant.client)
    assert answer.status_code == 403
    assert "inactive" in answer.json()["message"]


# An api-key header, and a word of the message.
BAD_KEYS = [
    ("x", "Unknown"),
    ("mdp_" + "x" * 43, "Unknown"),
    ("x" * 5000, "Unknown"),
    ("$API-KEY", "placeholder"),
    ("<YOUR KEY>", "placeholder"),
    ("${API_KEY}", "placeholder"),
    ("a, b", "one api-key"),
    ("é".encode().decode("latin-1"), "Unknown"),
]


@pytest.mark.parametrize("path", ["media/", "applications/", "status/"])
@pytest.mark.parametrize(("key", "word"), BAD_KEYS, ids=lambda value: value[:12])
def test_bad_keys_are_refused_on_every_route(
    portal: Portal, path: str, key: str, word: str
) -> None:
    answer = Client(portal.api).get(path, headers={"api-key": key})
    assert answer.status_code == 401
    assert word in answer.json()["message"]
    assert key not in answer.text or word == "placeholder"


@pytest.mark.parametrize("name", ["api-key", "api_key", "apikey", "X-API-KEY", "access_token"])
def test_a_key_in_the_url_is_refused(portal: Portal, tenant: Tenant, name: str) -> None:
    answer = tenant.client.get("media/", params={name: public_key(tenant)})
    assert answer.status_code == 400
    assert "header" in answer.json()["message"]
    assert public_key(tenant) not in answer.text


def test_a_rotated_key_stays_good_for_its_grace(portal: Portal, tenant: Tenant) -> None:
    old = private_key(tenant)
    rotated = keys(tenant, "post", json={"kind": "private", "grace_s": 600})
    assert rotated.status_code == 201
    assert rotated.headers["Cache-Control"] == "no-store"
    new = rotated.json()["key"]
    assert new != old
    assert private_key(tenant) == new
    for key in (old, new):
        assert add(portal, key, user=tenant.client).status_code == 201


@pytest.mark.parametrize("kind", ["public", "private"])
def test_without_grace_the_old_key_ends_at_once(portal: Portal, tenant: Tenant, kind: str) -> None:
    old = key_of(tenant, kind)
    assert keys(tenant, "post", json={"kind": kind, "grace_s": 0}).status_code == 201
    answer = search(portal, old, user=tenant.client)
    assert (answer.status_code, answer.json()["message"]) == (401, "This api-key has been revoked.")


def test_a_key_in_its_grace_can_be_revoked(portal: Portal, tenant: Tenant) -> None:
    old = private_key(tenant)
    keys(tenant, "post", json={"kind": "private", "grace_s": 600})
    [retired] = [key for key in keys(tenant, "get").json() if key["ends_at"]]
    assert keys(tenant, "delete", retired["id"]).status_code == 204
    assert search(portal, old, user=tenant.client).status_code == 401
    assert keys(tenant, "delete", retired["id"]).status_code == 404


def test_the_private_key_can_be_revoked_without_a_new_one(portal: Portal, tenant: Tenant) -> None:
    old = private_key(tenant)
    assert keys(tenant, "delete", "private").status_code == 204
    assert search(portal, old, user=tenant.client).status_code == 401
    assert keys(tenant, "get", "private").status_code == 404
    assert [key["id"] for key in keys(tenant, "get").json() if not key["ends_at"]] == ["public"]
    assert keys(tenant, "post", json={}).status_code == 201


def test_a_grace_ends(portal: Portal, tenant: Tenant) -> None:
    old = private_key(tenant)
    keys(tenant, "post", json={"grace_s": 600})
    with portal.app.app_context():
        past = {"$set": {"retired_keys.0.ends_at": now() - timedelta(seconds=1)}}
        Application.objects(id=tenant.application).update_one(__raw__=past)
    assert search(portal, old, user=tenant.client).status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "other"},
        {"kind": None},
        {"kind": ["private"]},
        {"grace_s": -1},
        {"grace_s": "x"},
        {"grace_s": True},
        {"grace_s": 10**12},
        {"grace_s": None},
    ],
)
def test_bad_rotations_are_refused(tenant: Tenant, body: dict[str, Any]) -> None:
    assert keys(tenant, "post", json=body).status_code == 400


def test_the_list_shows_no_private_key(tenant: Tenant) -> None:
    key = private_key(tenant)
    keys(tenant, "post", json={"kind": "private"})
    listed = keys(tenant, "get").text
    assert key not in listed
    assert private_key(tenant) not in listed


def test_every_reveal_and_change_is_in_the_audit_record(portal: Portal, tenant: Tenant) -> None:
    key = private_key(tenant)
    keys(tenant, "post", json={})
    keys(tenant, "delete", "private")
    with portal.app.app_context():
        entries = list(AuditEntry.objects(application=tenant.application).order_by("at"))
    actions = [entry.action for entry in entries]
    assert actions == ["reveal-private-key", "rotate-private-key", "revoke-key"]
    assert {entry.user for entry in entries} == {tenant.user.id}
    assert {entry.address for entry in entries} == {"127.0.0.1"}
    listed = portal.flask("application", "audit", tenant.application)
    assert "reveal-private-key" in listed.stdout
    assert key not in listed.stdout


def test_the_last_use_is_noted_without_a_write_for_every_request(portal: Portal) -> None:
    tenant = new_tenant(portal, public=True)
    assert keys(tenant, "get").json()[0]["used_at"] is None
    search(portal, public_key(tenant))
    with portal.app.app_context():
        first = Application.objects.get(id=tenant.application).public_key_used_at
        assert utc(first) <= now()
        search(portal, public_key(tenant))
        assert Application.objects.get(id=tenant.application).public_key_used_at == first


def test_where_keys_are_shown_once_only_a_rotation_shows_one(portal: Portal) -> None:
    tenant = new_tenant(portal)
    client = local_client(portal, MEDIADB_APIKEY_REVEAL="once")
    headers = {"X-API-KEY": tenant.client.key}
    path = f"{API}applications/{tenant.application}/keys/"
    assert client.get(path + "private/", headers=headers).status_code == 403
    key = client.post(path, json={}, headers=headers).json["key"]
    assert add(portal, key, user=tenant.client).status_code == 201
    with portal.app.app_context():
        assert Application.objects.get(id=tenant.application).private_key_sealed is None


def test_strangers_and_keys_by_themselves_see_no_keys(
    portal: Portal, tenant: Tenant, stranger: Tenant
) -> None:
    tenant.client.put(f"applications/{tenant.application}/", json={"private_key_alone": True})
    alone = {"api-key": private_key(tenant)}
    for path in ("", "private/", "public/"):
        address = f"applications/{tenant.application}/keys/{path}"
        assert stranger.client.get(address).status_code == 404
        assert Client(portal.api).get(address).status_code == 401
        assert Client(portal.api).get(address, headers=alone).status_code == 401


def keys(
    tenant: Tenant, method: str, key: str | None = None, **arguments: Any
) -> requests.Response:
    path = f"applications/{tenant.application}/keys/" + (f"{key}/" if key else "")
    return tenant.client.request(method.upper(), path, **arguments)


def key_of(tenant: Tenant, kind: str) -> str:
    answer = keys(tenant, "get", kind)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["key"])


def public_key(tenant: Tenant) -> str:
    return key_of(tenant, "public")


def private_key(tenant: Tenant) -> str:
    return key_of(tenant, "private")


def search(portal: Portal, key: str, *, user: Client | None = None) -> requests.Response:
    client = user or Client(portal.api)
    return client.post("search/", headers={"api-key": key}, files={"image": picture()})


def add(
    portal: Portal, key: str, *, user: Client | None = None, **properties: str
) -> requests.Response:
    client = user or Client(portal.api)
    return client.post(
        "media/", headers={"api-key": key}, files={"image": picture()}, data=properties
    )


def picture() -> bytes:
    return jpeg(1, 320, 240)
