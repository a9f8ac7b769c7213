"""Who may do what: keys and tokens, in each combination."""

from typing import Any

import pytest
import requests

from ..images import jpeg
from ..portal import Portal
from .conftest import LTUTenant, new_ltu_tenant

IMAGE = jpeg(8, 96, 64)
ADMINISTRATION = [
    ("GET", "/media"),
    ("DELETE", "/media/x"),
    ("GET", "/collection"),
    ("POST", "/collection"),
    ("GET", "/smart_collection"),
    ("POST", "/smart_collection"),
]


def headers(key: str | None = None, token: str | None = None) -> dict[str, str]:
    sent = {"api-key": key, "authorization": f"Bearer {token}" if token else None}
    return {name: value for name, value in sent.items() if value}


@pytest.mark.parametrize(("method", "path"), ADMINISTRATION)
def test_administration_takes_the_private_key_and_a_token(
    ltu_tenant: LTUTenant, other_tenant: LTUTenant, method: str, path: str
) -> None:
    ltu = ltu_tenant.ltu
    cases: list[tuple[dict[str, str], int]] = [
        ({}, 401),
        (headers(ltu.private_key), 401),
        (headers(ltu.public_key), 403),
        (headers(ltu.public_key, ltu.token), 403),
        (headers("0" * 32, ltu.token), 401),
        (headers(ltu.private_key, "a.b.c"), 401),
        (headers(ltu.private_key, other_tenant.ltu.token), 403),
    ]
    for sent, status in cases:
        answer = requests.request(method, ltu.base + path, headers=sent, timeout=300)
        assert answer.status_code == status, (sent, answer.text)
        assert answer.json()["detail"]


def test_without_a_key_the_only_application_of_the_user_is_meant(
    portal: Portal, ltu_tenant: LTUTenant
) -> None:
    ltu = ltu_tenant.ltu
    sent = headers(None, ltu.token)
    assert requests.get(f"{ltu.base}/smart_collection", headers=sent, timeout=300).json() == []
    assert requests.post(
        f"{ltu.base}/media", headers=sent, files={"media": IMAGE}, timeout=300
    ).json()["id"]

    portal.application(ltu_tenant.user, "Second")
    answer = requests.get(f"{ltu.base}/smart_collection", headers=sent, timeout=300)
    assert answer.status_code == 400
    assert "Second" in answer.json()["detail"]


def search(tenant: LTUTenant, sent: dict[str, str], path: str = "/search/media") -> Any:
    return requests.post(tenant.ltu.base + path, headers=sent, files={"media": IMAGE}, timeout=300)


@pytest.mark.parametrize("path", ["/search/media", "/services/search/media", "/media"])
def test_a_public_application_is_searched_with_its_public_key_alone(
    ltu_tenant: LTUTenant, path: str
) -> None:
    identifier = ltu_tenant.ltu.add_picture(IMAGE)

    answer = search(ltu_tenant, headers(ltu_tenant.ltu.public_key), path)

    assert answer.status_code == 200, answer.text
    assert isinstance(answer.json(), list)
    assert ltu_tenant.ltu.request("GET", "/media").json()["count"] == 1
    assert identifier


def test_an_application_that_is_not_public_wants_a_token_for_a_search(
    portal: Portal, other_tenant: LTUTenant
) -> None:
    tenant = new_ltu_tenant(portal, public=False)
    ltu = tenant.ltu

    assert search(tenant, headers(ltu.public_key)).status_code == 401
    assert search(tenant, headers(ltu.public_key, ltu.token)).status_code == 200
    assert search(tenant, headers(ltu.private_key, ltu.token)).status_code == 200
    assert search(tenant, headers(None, ltu.token)).status_code == 200
    assert search(tenant, headers(ltu.public_key, other_tenant.ltu.token)).status_code == 403
    assert search(tenant, {}).status_code == 401


def test_an_inactive_application_answers_nothing(portal: Portal) -> None:
    tenant = new_ltu_tenant(portal)
    tenant.udata.put(f"applications/{tenant.application}/", json={"status": "Inactive"})

    assert search(tenant, headers(tenant.ltu.public_key)).status_code == 403
    assert tenant.ltu.request("GET", "/media").status_code == 403
    assert tenant.ltu.get_applications()[0]["status"] == "Inactive"


def test_keys_are_shown_to_those_who_may_administer(ltu_tenant: LTUTenant) -> None:
    ltu = ltu_tenant.ltu

    assert requests.get(f"{ltu.base}/apikey", timeout=300).status_code == 401
    (mine,) = ltu.get_applications()
    assert mine["private_key"] == ltu.private_key
