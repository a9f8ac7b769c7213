"""What keys may be limited to: scopes, addresses, an end; named keys; `me/`; anonymous search."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
import requests

from udata_mediadb.application.models import Application
from udata_mediadb.hosts import plain_accounts
from udata_mediadb.hosts.plain_models import ApiKey
from udata_mediadb.mongo.clock import now

from ..fixtures import Tenant, new_tenant
from ..hosts import plain_only
from ..images import jpeg
from ..portal import Client, Portal
from .local import API, local_client, small_picture

TOMORROW = (now() + timedelta(days=1)).isoformat()
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
BODIES: Mapping[str, dict[str, Any]] = {
    "PATCH media/": {"json": {"query": {"keywords": ["x"]}, "add_keywords": ["a"]}},
    "POST collections/": {"json": {"name": "c"}},
    "PATCH applications/<application>/": {"json": {"name": "n"}},
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


# Networks that a key is for, an address that asks, and whether it may.
ADDRESSES = [
    ("192.0.2.7", "192.0.2.7", True),
    ("192.0.2.7", "192.0.2.8", False),
    ("192.0.2.0/24", "192.0.2.255", True),
    ("192.0.2.0/24", "192.0.3.0", False),
    ("192.0.2.0/24", "::ffff:192.0.2.9", True),
    ("2001:db8::/32", "2001:db8::1", True),
    ("2001:db8::/32", "2001:db9::1", False),
    ("2001:db8::/32", "192.0.2.1", False),
    ("198.51.100.1,192.0.2.0/24", "192.0.2.1", True),
    ("192.0.2.0/24", "unix:", False),
]


@pytest.mark.parametrize(("allow", "address", "is_allowed"), ADDRESSES)
def test_a_key_is_good_from_its_addresses_alone(
    portal: Portal, tenant: Tenant, allow: str, address: str, is_allowed: bool
) -> None:
    key = named(tenant, allow=allow)["key"]
    client = local_client(portal)
    headers = {"api-key": key}
    here = {"REMOTE_ADDR": address}
    answer = client.get(f"{API}media/", headers=headers, environ_base=here)
    assert answer.status_code == (200 if is_allowed else 403), answer.text


def test_a_header_of_the_client_changes_nothing_behind_a_proxy(
    portal: Portal, tenant: Tenant
) -> None:
    """The app trusts one proxy, which adds the address that it sees."""
    key = named(tenant, allow=["192.0.2.0/24"])["key"]
    client = local_client(portal)
    sent = {"X-Forwarded-For": "192.0.2.1, 203.0.113.5", "X-Real-IP": "192.0.2.1"}
    sent["Forwarded"] = "for=192.0.2.1"
    answer = client.get(f"{API}media/", headers={"api-key": key, **sent})
    assert answer.status_code == 403


@plain_only
def test_an_x_api_key_is_good_from_its_addresses_alone(portal: Portal, tenant: Tenant) -> None:
    options = ("--allow", "192.0.2.0/24", "--allow", "2001:db8::/32")
    made = portal.flask("key", "create", tenant.user.email, *options)
    headers = {"X-API-KEY": made.stdout.strip().splitlines()[-1]}
    client = local_client(portal)
    for address, status in (("192.0.2.1", 200), ("2001:db8::5", 200), ("127.0.0.1", 403)):
        here = {"REMOTE_ADDR": address}
        answer = client.get(f"{API}applications/", headers=headers, environ_base=here)
        assert answer.status_code == status


def test_a_key_ends(portal: Portal, tenant: Tenant) -> None:
    key = named(tenant, ends_at=TOMORROW)["key"]
    assert ask(Client(portal.api), "GET media/", tenant.application, key).status_code == 200
    with portal.app.app_context():
        past = {"$set": {"named_keys.0.limits.ends_at": now() - timedelta(seconds=1)}}
        Application.objects(id=tenant.application).update_one(__raw__=past)
    answer = ask(Client(portal.api), "GET media/", tenant.application, key)
    assert (answer.status_code, answer.json()["message"]) == (401, "This key has ended.")
    [told] = [one for one in keys(tenant, "get").json() if one["kind"] == "named"]
    assert told["ends_at"].startswith(str(now().year))


@plain_only
def test_an_x_api_key_ends_and_shows_its_last_use(portal: Portal, tenant: Tenant) -> None:
    made = portal.flask("key", "create", tenant.user.email, "--name", "n", "--ends-at", TOMORROW)
    client = Client(portal.api, made.stdout.strip().splitlines()[-1])
    assert client.get("applications/").status_code == 200
    listed = portal.flask("key", "list", tenant.user.email).stdout
    assert "until" in listed
    assert "used" in listed
    with portal.app.app_context():
        ApiKey.objects(limits__ends_at__ne=None).update(limits__ends_at=now())
    assert client.get("applications/").status_code == 401


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


def test_me_says_who_asks_and_what_they_may(portal: Portal, tenant: Tenant) -> None:
    assert Client(portal.api).get("me/").status_code == 401
    mine = tenant.client.get("me/").json()
    assert mine["user"]["id"] == tenant.user.id
    [own] = mine["applications"]
    assert (own["id"], own["rights"]) == (
        tenant.application,
        ["search", "read", "write", "admin"],
    )
    assert own["quota"]["media"] == {"limit": None, "used": None, "left": None}
    key = named(tenant, name="kiosk", scopes=["search"])
    told = Client(portal.api).get("me/", headers={"api-key": key["key"]}).json()
    assert told["user"] is None
    assert [one["rights"] for one in told["applications"]] == [["search"]]
    [sent] = told["keys"]
    assert (sent["kind"], sent["name"], sent["id"]) == ("named", "kiosk", key["id"])


def test_me_says_what_is_left_of_the_quota(portal: Portal, tenant: Tenant) -> None:
    tenant.client.add(tenant.application, jpeg(1, 160, 120))
    portal.flask("application", "quota", tenant.application, "--media", "5", "--bytes", "1000000")
    quota = tenant.client.get("me/").json()["applications"][0]["quota"]
    assert quota["media"] == {"limit": 5, "used": 1, "left": 4}
    assert quota["bytes"]["left"] == 1000000 - quota["bytes"]["used"] < 1000000


def test_anybody_searches_a_public_application_where_its_owner_allows_it(portal: Portal) -> None:
    tenant = new_tenant(portal, public=True)
    client = Client(portal.api)
    assert ask(client, "POST search/", tenant.application).status_code == 401
    path = f"applications/{tenant.application}/"
    assert tenant.client.patch(path, json={"anonymous_search": True}).json()["anonymous_search"]
    assert ask(client, "POST search/", tenant.application).status_code == 200
    assert ask(client, "POST media/", tenant.application).status_code == 401
    tenant.client.patch(path, json={"public": False})
    assert ask(client, "POST search/", tenant.application).status_code == 404


def test_searches_of_nobody_have_a_limit_of_their_own(portal: Portal) -> None:
    tenant = new_tenant(portal, public=True, anonymous_search=True)
    client = local_client(portal, MEDIADB_LIMIT_ANONYMOUS="2/hour")
    path = f"{API}search/?application={tenant.application}&keywords=a"
    answers = [client.get(path).status_code for _ in range(3)]
    assert answers == [200, 200, 429]
    known = client.get(path, headers={"api-key": keys(tenant, "get", "public").json()["key"]})
    assert known.status_code == 200


def test_a_key_of_an_earlier_version_may_what_it_did(portal: Portal, tenant: Tenant) -> None:
    """Its documents have none of the fields."""
    with portal.app.app_context():
        gone = dict.fromkeys(
            ("named_keys", "public_key_limits", "private_key_limits", "anonymous_search"), ""
        )
        Application._get_collection().update_one({"_id": tenant.application}, {"$unset": gone})
        plain_accounts.ApiKey._get_collection().update_many({}, {"$unset": {"limits": ""}})
    key = keys(tenant, "get", "private").json()["key"]
    answer = ask(tenant.client, "POST media/", tenant.application, key)
    assert answer.status_code == 201


def named(tenant: Tenant, **limits: Any) -> dict[str, Any]:
    answer = keys(tenant, "post", json={"kind": "named", **limits})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def keys(
    tenant: Tenant, method: str, key: str | None = None, **arguments: Any
) -> requests.Response:
    path = f"applications/{tenant.application}/keys/" + (f"{key}/" if key else "")
    return tenant.client.request(method.upper(), path, **arguments)


def ask(client: Client, line: str, application: str, key: str | None = None) -> requests.Response:
    method, path = line.replace("<application>", application).split()
    arguments = BODIES.get(line, {})
    if line in ("POST search/", "POST media/", "POST queries/"):
        arguments = {"files": {"image": jpeg(1, 160, 120)}, "data": {"application": application}}
    elif method == "GET" and "applications" not in path:
        arguments = {"params": {"application": application}}
    elif "json" in arguments and "applications" not in path:
        arguments = {"json": {**arguments["json"], "application": application}}
    headers = {"api-key": key} if key else {}
    return client.request(method, path, headers=headers, **arguments)
