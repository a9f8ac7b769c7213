"""Slowing down guesses, limits of requests, quotas, and https only."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from math import log2

import pytest
import requests
from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import VerifyMismatchError
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from udata_mediadb.hosts.plain_passwords import NOBODY, hash_password, verify_password

from ..fixtures import Tenant, new_tenant
from ..images import jpeg
from ..portal import Portal
from .local import (
    API,
    TOKEN,
    local_client,
    login_form,
    small_picture,
    some_address,
    tenant_with_password,
)

FREE_FAILURES = 5  # of one account from one address
WAITS = 7  # that double, from a second to a minute: more than a guess takes on any machine


@pytest.fixture
def owner(portal: Portal) -> Tenant:
    return tenant_with_password(portal)


def test_failures_slow_down_logins_across_all_workers(portal: Portal, owner: Tenant) -> None:
    address = some_address()
    *let_in, slowed = until_slowed(lambda: guess(portal, owner, address))
    assert len(let_in) >= FREE_FAILURES
    assert 1 <= int(slowed.headers["Retry-After"]) <= 60
    assert slowed.json()["error"] == "temporarily_unavailable"


def test_nobody_locks_the_owner_out(portal: Portal, owner: Tenant) -> None:
    for _ in range(40):  # from as many addresses: only the count of the account grows
        guess(portal, owner, some_address())
    at_once = login(portal, owner, some_address())
    assert at_once.status_code in (200, 429)
    if at_once.status_code == 429:
        wait = int(at_once.headers["Retry-After"])
        assert wait <= 5
        time.sleep(wait)
        assert login(portal, owner, some_address()).status_code == 200


def test_an_address_that_got_in_before_is_not_slowed_by_others(
    portal: Portal, owner: Tenant
) -> None:
    home = some_address()
    assert login(portal, owner, home).status_code == 200
    for _ in range(30):
        guess(portal, owner, some_address())
    assert login(portal, owner, home).status_code == 200


def test_a_right_password_clears_the_failures(portal: Portal, owner: Tenant) -> None:
    address = some_address()
    for _ in range(3):
        for _ in range(FREE_FAILURES - 1):
            assert guess(portal, owner, address).status_code == 401
        assert login(portal, owner, address).status_code == 200


def test_an_account_that_does_not_exist_is_slowed_alike(portal: Portal) -> None:
    address = some_address()
    form = {"username": "nobody@example.org", "password": "x" * 9}
    assert len(until_slowed(lambda: post_login(portal, form, address))) > FREE_FAILURES


def test_many_guesses_at_once_gain_nothing(portal: Portal, owner: Tenant) -> None:
    address = some_address()
    begun = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: guess(portal, owner, address), range(24)))
    waits_over = int(log2(time.monotonic() - begun + 1))  # after 1 s, after 2 s more, after 4 more
    assert [a.status_code for a in answers].count(401) <= FREE_FAILURES + waits_over


def test_an_unknown_user_costs_the_same_hash_as_a_known_one() -> None:
    known = extract_parameters(hash_password("correct horse battery"))
    assert extract_parameters(NOBODY) == known
    with pytest.raises(VerifyMismatchError):  # hashed and compared, not refused for its form
        PasswordHasher().verify(NOBODY, "x")
    assert not verify_password("x", None)


@pytest.mark.parametrize("storage", ["memory", "mongodb"])
def test_too_many_searches_are_told_when_to_come_again(portal: Portal, storage: str) -> None:
    tenant = new_tenant(portal)
    client = limited(portal, storage, MEDIADB_LIMIT_SEARCH="3/hour")
    answers = [search(client, tenant) for _ in range(4)]
    assert [a.status_code for a in answers] == [200, 200, 200, 429]
    assert answers[-1].json["error"] == "too-many-requests"
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 7200


def test_the_limit_of_one_caller_is_not_that_of_another(portal: Portal) -> None:
    client = limited(portal, "memory", MEDIADB_LIMIT_SEARCH="1/hour")
    for _ in range(2):
        assert search(client, new_tenant(portal)).status_code == 200


def test_one_user_from_many_addresses_is_one_caller(portal: Portal, tenant: Tenant) -> None:
    client = limited(portal, "memory", MEDIADB_LIMIT_SEARCH="2/hour")
    statuses = [search(client, tenant, some_address()).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]


def test_an_import_meets_no_limit(portal: Portal, tenant: Tenant) -> None:
    client = limited(portal, "memory", MEDIADB_LIMIT_SEARCH="1/hour", MEDIADB_LIMIT_LOGIN="1/hour")
    for number in range(8):
        answer = client.post(
            API + "media/", data={"image": (small_picture(number), "a.jpg")}, headers=key_of(tenant)
        )
        assert answer.status_code == 201


def test_limits_can_be_switched_off(portal: Portal, tenant: Tenant) -> None:
    client = limited(portal, "memory", MEDIADB_LIMIT_SEARCH=None)
    assert all(search(client, tenant).status_code == 200 for _ in range(3))


def test_too_many_token_requests_are_told_when_to_come_again(portal: Portal, owner: Tenant) -> None:
    client = limited(portal, "memory", MEDIADB_LIMIT_LOGIN="2/hour")
    address = some_address()
    answers = [
        client.post(TOKEN, data=login_form(owner), headers={"X-Forwarded-For": address})
        for _ in range(3)
    ]
    assert [a.status_code for a in answers] == [200, 200, 429]
    assert int(answers[-1].headers["Retry-After"]) >= 1


def test_a_quota_of_media_is_kept(portal: Portal, tenant: Tenant) -> None:
    done = portal.flask("application", "quota", tenant.application, "--media", "1")
    assert done.returncode == 0, done.stderr
    tenant.client.add(tenant.application, jpeg(1, 320, 240))
    answer = tenant.client.post("media/", files={"image": jpeg(2, 320, 240)})
    assert (answer.status_code, answer.json()["error"]) == (403, "quota-exceeded")


def test_a_quota_of_bytes_is_kept(portal: Portal, tenant: Tenant) -> None:
    picture = jpeg(1, 320, 240)
    client = local_client(portal, MEDIADB_QUOTA_BYTES=len(picture) + 10)
    send = lambda data: client.post(  # noqa: E731
        API + "media/", data=data, headers={**key_of(tenant), "Content-Type": "image/jpeg"}
    )
    assert send(picture).status_code == 201
    assert send(picture).status_code == 403


def test_plain_http_is_sent_to_https_or_refused(portal: Portal, owner: Tenant) -> None:
    client = local_client(portal, MEDIADB_REQUIRE_HTTPS=True)
    moved = client.get(API + "media/?page=1")
    assert moved.status_code == 301
    assert moved.headers["Location"] == "https://localhost/api/1/mediadb/media/?page=1"
    for path, data in ((API + "media/", {}), (TOKEN, login_form(owner))):
        refused = client.post(path, data=data)
        assert refused.status_code == 403
        assert "https" in refused.json["message"]


def test_https_behind_a_proxy_is_https(portal: Portal) -> None:
    client = local_client(portal, MEDIADB_REQUIRE_HTTPS=True)
    answer = client.get(API + "media/", headers={"X-Forwarded-Proto": "https"})
    assert answer.status_code == 200


def until_slowed(attempt: Callable[[], requests.Response]) -> list[requests.Response]:
    """The answers of 401 and the first of 429: a slow machine may outlast the first waits."""
    answers = [attempt()]
    while answers[-1].status_code == 401 and len(answers) < FREE_FAILURES + WAITS:
        answers.append(attempt())
    assert [one.status_code for one in answers] == [401] * (len(answers) - 1) + [429]
    return answers


def guess(portal: Portal, owner: Tenant, address: str) -> requests.Response:
    return post_login(portal, login_form(owner, password="wrong password"), address)


def login(portal: Portal, owner: Tenant, address: str) -> requests.Response:
    return post_login(portal, login_form(owner), address)


def post_login(portal: Portal, form: dict[str, str], address: str) -> requests.Response:
    data = {"grant_type": "password", "client_id": "ltu-api", **form}
    headers = {"X-Forwarded-For": address}
    return requests.post(portal.url + TOKEN, data=data, headers=headers, timeout=300)


def limited(portal: Portal, storage: str, **settings: str | None) -> FlaskClient:
    return local_client(portal, MEDIADB_LIMIT_STORAGE=storage, **settings)


def search(client: FlaskClient, tenant: Tenant, address: str | None = None) -> TestResponse:
    headers = {**key_of(tenant), "X-Forwarded-For": address or some_address()}
    return client.post(
        API + "search/", data={"image": (small_picture(1), "a.jpg")}, headers=headers
    )


def key_of(tenant: Tenant) -> dict[str, str]:
    return {"X-API-KEY": str(tenant.client.key)}
