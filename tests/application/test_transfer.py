"""Giving an application to another owner or organisation."""

import secrets

import pytest

from udata_mediadb.application.models import Application

from ..fixtures import Tenant, new_tenant
from ..hosts import Account, current_host, plain_only
from ..images import jpeg
from ..portal import Portal


def organization(portal: Portal, admin: Account, **members: Account) -> str:
    with portal.app.app_context():
        made: str = current_host().create_organization(secrets.token_hex(6), admin)
        for role, user in members.items():
            current_host().set_member(made, user, role)
    return made


def test_an_owner_gives_it_to_their_organisation_and_back(portal: Portal, tenant: Tenant) -> None:
    colleague = new_tenant(portal)
    archive = organization(portal, tenant.user, editor=colleague.user)
    media = tenant.client.add(tenant.application, jpeg(1, 160, 120))["id"]
    path = f"applications/{tenant.application}/transfer/"

    given = tenant.client.post(path, json={"organization": archive})
    assert given.status_code == 200, given.text
    assert given.json()["organization"]["id"] == archive
    assert given.json()["owner"] is None
    assert colleague.client.put(f"media/{media}/", json={"name": "b"}).status_code == 200
    refused = colleague.client.post(path, json={"owner": colleague.user.id})
    assert refused.status_code == 403, "an editor gives nothing away"

    assert tenant.client.post(path, json={"owner": tenant.user.id}).status_code == 200
    assert colleague.client.get(f"media/{media}/").status_code in (403, 404)
    assert tenant.client.get(f"media/{media}/").status_code == 200


@pytest.mark.parametrize("body", [{}, {"owner": "a", "organization": "b"}, {"owner": 1}])
def test_it_names_one_new_owner(tenant: Tenant, body: dict[str, object]) -> None:
    answer = tenant.client.post(f"applications/{tenant.application}/transfer/", json=body)

    assert answer.status_code == 400
    assert "owner" in answer.json()["errors"]


def test_it_goes_to_nobody_who_is_unknown_or_has_not_agreed(
    portal: Portal, tenant: Tenant, stranger: Tenant
) -> None:
    theirs = organization(portal, stranger.user)
    path = f"applications/{tenant.application}/transfer/"

    for body in (
        {"owner": secrets.token_hex(12)},
        {"owner": stranger.user.id},
        {"organization": secrets.token_hex(12)},
        {"organization": theirs},
    ):
        answer = tenant.client.post(path, json=body)
        assert answer.status_code == 400, body
        assert set(answer.json()["errors"]) == set(body)
    assert stranger.client.post(path, json={"owner": stranger.user.id}).status_code in (403, 404)
    assert tenant.client.get(f"applications/{tenant.application}/").status_code == 200


def test_the_portals_administrator_gives_it_to_anybody(portal: Portal, tenant: Tenant) -> None:
    boss = portal.client(portal.user(f"{secrets.token_hex(6)}@example.org", admin=True))
    heir = new_tenant(portal)
    path = f"applications/{tenant.application}/"

    assert boss.post(f"{path}transfer/", json={"owner": heir.user.id}).status_code == 200

    assert heir.client.get(path).status_code == 200
    assert tenant.client.get(path).status_code in (403, 404)


def test_an_owner_in_a_put_is_not_ignored(tenant: Tenant, stranger: Tenant) -> None:
    path = f"applications/{tenant.application}/"
    for body in ({"owner": stranger.user.id}, {"organization": "a"}):
        answer = tenant.client.put(path, json=body)
        assert answer.status_code == 400, answer.text
        assert set(body) & set(answer.json()["errors"])


@plain_only
def test_a_command_gives_it_to_a_user_or_an_organisation(portal: Portal, tenant: Tenant) -> None:
    heir = new_tenant(portal)
    archive = organization(portal, heir.user)
    transfer = ("application", "transfer", tenant.application)

    assert portal.flask(*transfer, "--owner", heir.user.email).returncode == 0
    assert heir.client.get(f"applications/{tenant.application}/").status_code == 200
    assert portal.flask(*transfer, "--organization", archive).returncode == 0
    with portal.app.app_context():
        found = Application.objects.get(id=tenant.application)
        assert (found.owner, found.organization) == (None, archive)
    assert portal.flask(*transfer).returncode != 0
    assert portal.flask(*transfer, "--owner", "nobody@example.org").returncode != 0
