"""What keys may be limited to: scopes, addresses, an end; named keys; `me/`; anonymous search."""

from collections.abc import Mapping
from typing import Any

import pytest

from ..fixtures import Tenant, new_tenant
from ..hosts import plain_only
from ..portal import Client, Portal
from .limited_keys import TOMORROW, ask, keys, named
from .local import local_client, small_picture

CALLS: Mapping[str, tuple[str, str]] = {
    "list": ("read", "GET media/"),
    "one application": ("read", "GET applications/<application>/"),
    "keywords": ("read", "GET keywords/"),
    "collections": ("read", "GET collections/"),
    "search": ("search", "POST search/"),
    "keep a query": ("search", "POST queries/"),
    "add": ("write", "POST media/"),
    "bulk edit": ("write", "PATCH media/"),
    "make a collection": ("write", "POST collections/"),
    "rename the application": ("admin", "PATCH applications/<application>/"),
}

REFUSED = (401, 403)

OPENED = {
    "search": {"search"},
    "read": {"read"},
    "write": {"write", "read"},
    "admin": {"search", "read", "write", "admin"},
}


@pytest.mark.parametrize("public", [False, True], ids=["private", "public"])
@pytest.mark.parametrize("scope", OPENED)
def test_a_named_key_opens_by_itself_what_its_scopes_say(
    portal: Portal, scope: str, public: bool
) -> None:
    tenant = new_tenant(portal, public=public)
    key = named(tenant, scopes=[scope])["key"]
    wrong = {}
    for name, (needed, line) in CALLS.items():
        status = ask(Client(portal.api), line, tenant.application, key).status_code
        if (status not in REFUSED) != (needed in OPENED[scope]):
            wrong[name] = status
    assert not wrong


@pytest.mark.parametrize("scope", OPENED)
@plain_only  # udata's keys are udata's
def test_an_x_api_key_opens_what_its_scopes_say(portal: Portal, scope: str) -> None:
    tenant = new_tenant(portal, public=True)
    made = portal.flask("key", "create", tenant.user.email, "--scope", scope)
    client = Client(portal.api, made.stdout.strip().splitlines()[-1])
    wrong = {}
    for name, (needed, line) in CALLS.items():
        status = ask(client, line, tenant.application).status_code
        if (status not in REFUSED) != (needed in OPENED[scope]):
            wrong[name] = status
    assert not wrong
    may_make = client.post("applications/", json={"name": "More"}).status_code == 201
    assert may_make == (scope == "admin")
    assert (client.get("status/").status_code == 200) == ("read" in OPENED[scope])


@pytest.mark.parametrize("kind", ["private", "public"])
def test_a_key_of_the_pair_can_be_limited_and_opened_again(portal: Portal, kind: str) -> None:
    tenant = new_tenant(portal, public=True)
    tenant.client.patch(f"applications/{tenant.application}/", json={"private_key_alone": True})
    key = keys(tenant, "get", kind).json()["key"]
    client = Client(portal.api)
    assert keys(tenant, "patch", kind, json={"scopes": ["read"]}).json()["scopes"] == ["read"]
    refused = ask(client, "POST search/", tenant.application, key)
    assert refused.status_code == 403
    assert "search" in refused.json()["message"]
    assert ask(client, "GET media/", tenant.application, key).status_code == 200
    assert keys(tenant, "patch", kind, json={"scopes": None}).json()["scopes"] is None
    assert ask(client, "POST search/", tenant.application, key).status_code == 200


def test_scopes_give_a_public_key_no_more_than_it_may(portal: Portal) -> None:
    tenant = new_tenant(portal, public=True)
    keys(tenant, "patch", "public", json={"scopes": ["admin"]})
    key = keys(tenant, "get", "public").json()["key"]
    for line in ("POST media/", "PATCH applications/<application>/"):
        assert ask(tenant.client, line, tenant.application, key).status_code == 403


def test_a_replaced_key_keeps_its_limits_in_its_grace(portal: Portal, tenant: Tenant) -> None:
    tenant.client.patch(f"applications/{tenant.application}/", json={"private_key_alone": True})
    keys(tenant, "patch", "private", json={"scopes": ["read"], "name": "harvester"})
    old = keys(tenant, "get", "private").json()["key"]
    kept = keys(tenant, "post", json={"kind": "private"}).json()
    assert (kept["scopes"], kept["name"]) == (["read"], "harvester")
    wide = keys(tenant, "post", json={"kind": "private", "scopes": ["write"]}).json()
    for key, status in ((old, 403), (kept["key"], 403), (wide["key"], 201)):
        answer = ask(Client(portal.api), "POST media/", tenant.application, key)
        assert answer.status_code == status


def test_a_named_key_is_shown_once_and_can_be_revoked(portal: Portal, tenant: Tenant) -> None:
    made = named(tenant, name="website", scopes=["search"])
    assert made["name"] == "website"
    assert made["key"] not in keys(tenant, "get").text
    shown = keys(tenant, "get", made["id"]).json()
    assert (shown["key"], shown["scopes"], shown["used_at"]) == (None, ["search"], None)
    ask(Client(portal.api), "POST search/", tenant.application, made["key"])
    assert keys(tenant, "get", made["id"]).json()["used_at"]
    assert keys(tenant, "delete", made["id"]).status_code == 204
    answer = ask(Client(portal.api), "POST search/", tenant.application, made["key"])
    assert (answer.status_code, answer.json()["message"]) == (401, "This api-key has been revoked.")
    assert keys(tenant, "delete", made["id"]).status_code == 404


def test_a_named_key_opens_no_other_application_and_no_keys(portal: Portal, tenant: Tenant) -> None:
    other = portal.application(tenant.user, "Another one")
    key = named(tenant, scopes=["admin"])["key"]
    client = Client(portal.api)
    assert ask(client, "GET media/", other, key).status_code == 404
    for path in ("", "private/"):
        address = f"applications/{tenant.application}/keys/{path}"
        assert client.get(address, headers={"api-key": key}).status_code == 401
    # nor beside a key of somebody who has no part in it
    mine = new_tenant(portal)
    assert ask(mine.client, "GET media/", tenant.application, key).status_code == 403


@plain_only  # elsewhere the header is the portal's
def test_a_named_key_is_good_as_x_api_key(portal: Portal, tenant: Tenant) -> None:
    client = Client(portal.api, named(tenant, scopes=["read"])["key"])
    assert ask(client, "GET media/", tenant.application).status_code == 200
    assert ask(client, "POST media/", tenant.application).status_code == 403
    assert client.get("me/").json()["keys"][0]["kind"] == "named"
    unknown = Client(portal.api, "mdn_unknown")
    assert ask(unknown, "GET media/", tenant.application).status_code == 401


def test_scope_and_expires_at_are_understood(tenant: Tenant) -> None:
    sent = {"scope": "read", "expires_at": TOMORROW, "allow": ["127.0.0.1"]}
    made = keys(tenant, "post", json=sent)
    assert made.status_code == 201
    assert (made.json()["kind"], made.json()["scopes"]) == ("named", ["read"])
    assert made.json()["allow"] == ["127.0.0.1/32"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"scopes": []}, "scopes"),
        ({"scopes": ["everything"]}, "scopes"),
        ({"scopes": {"read": True}}, "scopes"),
        ({"allow": []}, "allow"),
        ({"allow": ["192.0.2.1/24"]}, "allow"),
        ({"allow": ["example.org"]}, "allow"),
        ({"allow": ["192.0.2.0/33"]}, "allow"),
        ({"allow": 7}, "allow"),
        ({"ends_at": "2020-01-01"}, "ends_at"),
        ({"ends_at": "tomorrow"}, "ends_at"),
        ({"ends_at": 17}, "ends_at"),
        ({"name": ""}, "name"),
        ({"kind": "named", "grace_s": 5}, "grace_s"),
        ({"scope": "read", "scopes": ["read"]}, "scope"),
        ({"alow": ["127.0.0.1"]}, "alow"),
    ],
)
def test_bad_limits_are_refused_and_make_no_key(
    tenant: Tenant, body: dict[str, Any], field: str
) -> None:
    answer = keys(tenant, "post", json=body)
    assert answer.status_code == 400
    named_field = "scopes" if field == "scope" else field
    assert {field, named_field} & set(answer.json()["errors"])
    assert len(keys(tenant, "get").json()) == 2


def test_the_ltu_dialect_takes_a_key_that_only_searches_for_a_search(
    portal: Portal, tenant: Tenant
) -> None:
    client = local_client(portal)
    body = {"data": {"media": (small_picture(1), "a.jpg")}}
    for scopes, status in ((["search"], 200), (["write"], 201), (["read"], 403)):
        headers = {"api-key": named(tenant, scopes=scopes)["key"]}
        body["data"]["media"] = (small_picture(1), "a.jpg")
        answer = client.post("/ltu/media", headers=headers, **body)
        assert answer.status_code == status, answer.text
