"""What a limited key is good for: who asks and where, searches of nobody, keys of before."""

from datetime import timedelta

import pytest

from udata_mediadb.application.models import Application
from udata_mediadb.hosts import plain_accounts
from udata_mediadb.hosts.plain_models import ApiKey
from udata_mediadb.mongo.clock import now

from ..fixtures import Tenant, new_tenant
from ..hosts import plain_only
from ..images import jpeg
from ..portal import Client, Portal
from .limited_keys import TOMORROW, ask, keys, named
from .local import API, local_client

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
