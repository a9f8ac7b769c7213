"""What belongs to users and organisations of udata, and what is left when they are gone."""

import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from mongoengine.connection import get_connection
from pymongo.monitoring import CommandListener, CommandStartedEvent, register
from udata.core.organization.models import Organization

from udata_mediadb.application.models import Application

from ..hosts import Account
from ..hosts import udata as udata_host
from ..images import jpeg

API = "/api/1/mediadb/"


class Archive:
    """An organisation, one member in each role, and its application."""

    def __init__(self, app: Flask) -> None:
        self.client: FlaskClient = app.test_client(use_cookies=False)
        with app.app_context():
            self.admin = udata_host.create_user("Ada", "ada@example.org")
            self.id = udata_host.create_organization("Archive", self.admin)
            self.people = {"admin": self.admin}
            for role in ("editor", "partial_editor", "stranger"):
                self.people[role] = udata_host.create_user(role, f"{role}@example.org")
                if role != "stranger":
                    udata_host.set_member(self.id, self.people[role], role)
            self.keys = {role: self._key(user) for role, user in self.people.items()}
        made = self.ask(
            "admin", "POST", "applications/", json={"name": "A", "organization": self.id}
        )
        assert made.status_code == 201, made.text
        self.application = made.json

    def _key(self, user: Account) -> dict[str, str]:
        return {"X-API-KEY": udata_host.create_key(user)}

    def ask(self, role: str, method: str, path: str, **arguments: Any) -> Any:
        return self.client.open(API + path, method=method, headers=self.keys[role], **arguments)

    def add(self, role: str, seed: int = 1) -> Any:
        path = f"media/?application={self.application['id']}"
        return self.ask(role, "POST", path, data=jpeg(seed, 160, 120), content_type="image/jpeg")


@pytest.fixture
def archive(app: Flask) -> Archive:
    return Archive(app)


@pytest.mark.parametrize(
    ("role", "create", "add", "read"),
    [
        ("admin", 201, 201, 200),
        ("editor", 201, 201, 200),
        ("partial_editor", 400, 403, 200),
        ("stranger", 400, 404, 404),
    ],
)
def test_the_roles_of_udata(archive: Archive, role: str, create: int, add: int, read: int) -> None:
    """As docs/reference/udata.md says."""
    body = {"name": "B", "organization": archive.id}

    made = archive.ask(role, "POST", "applications/", json=body)

    assert made.status_code == create
    if create == 400:
        assert made.json["errors"] == {"organization": "Permission denied for this organization"}
    assert archive.add(role).status_code == add
    path = f"applications/{archive.application['id']}/"
    assert archive.ask(role, "GET", path).status_code == read


def test_references_have_udatas_own_form(archive: Archive) -> None:
    reuse = archive.client.post(
        "/api/1/reuses/",
        json={
            "title": "R",
            "description": "d",
            "type": "application",
            "topic": "others",
            "url": "https://example.org/r",
        },
        headers=archive.keys["admin"],
    )
    assert reuse.status_code == 201, reuse.text
    media = archive.add("admin").json
    organization = archive.client.get(f"/api/1/organizations/{archive.id}/").json

    assert media["owner"] == reuse.json["owner"]
    shown = media["organization"]
    assert (shown["class"], shown["id"]) == ("Organization", archive.id)
    assert {k: organization[k] for k in ("name", "slug", "uri", "page", "logo")} == {
        k: shown[k] for k in ("name", "slug", "uri", "page", "logo")
    }


def test_a_deleted_organisation_breaks_no_list(archive: Archive) -> None:
    assert archive.add("admin").status_code == 201
    Organization.objects(id=archive.id).update_one(set__deleted=datetime.now(UTC))
    Application.objects.update(set__public=True)

    listed = archive.client.get(API + "media/").json

    assert (listed["total"], listed["data"][0]["organization"]) == (1, None)
    body = {"name": "B", "organization": archive.id}
    assert archive.ask("admin", "POST", "applications/", json=body).status_code == 400
    assert archive.add("editor").status_code == 403


def test_what_a_deleted_organisation_held_is_given_to_another(archive: Archive) -> None:
    media = archive.add("admin").json["id"]
    with archive.client.application.app_context():
        heir = udata_host.create_organization("Museum", archive.people["admin"])
        udata_host.set_member(heir, archive.people["editor"], "editor")
    Organization.objects(id=archive.id).update_one(set__deleted=datetime.now(UTC))
    path = f"applications/{archive.application['id']}/"
    assert archive.ask("admin", "GET", path).status_code == 200
    assert archive.ask("admin", "GET", f"media/{media}/").status_code == 200
    assert archive.ask("editor", "GET", f"media/{media}/").status_code in (403, 404)

    given = archive.ask("admin", "POST", f"{path}transfer/", json={"organization": heir})

    assert given.status_code == 200, given.text
    assert given.json["organization"]["id"] == heir
    assert archive.ask("editor", "GET", f"media/{media}/").status_code == 200
    assert archive.ask("editor", "PUT", f"media/{media}/", json={"name": "b"}).status_code == 200


def test_an_anonymised_user_breaks_no_list(archive: Archive) -> None:
    assert archive.add("editor").status_code == 201
    with archive.client.application.app_context():
        udata_host.delete_user(archive.people["editor"])

    listed = archive.ask("admin", "GET", "media/").json

    assert (listed["total"], listed["data"][0]["owner"]) == (1, None)
    assert listed["data"][0]["organization"]["id"] == archive.id


def test_owners_that_are_no_ids_of_udata_break_no_list(archive: Archive) -> None:
    """Such as those of a plain portal that moved here."""
    assert archive.add("admin").status_code == 201
    Application.objects.update(set__organization="0" * 32, set__public=True)

    listed = archive.client.get(API + "media/").json

    assert listed["data"][0]["organization"] is None


class Counting(CommandListener):
    """Counts what the requests ask of MongoDB; what is done beside them is in other threads."""

    def __init__(self) -> None:
        self.finds: list[str] = []

    def started(self, event: CommandStartedEvent) -> None:
        if threading.current_thread() is not threading.main_thread():
            return
        if event.command_name in ("find", "aggregate", "count", "getMore"):
            self.finds.append(str(event.command.get(event.command_name)))

    def succeeded(self, event: Any) -> None:
        pass

    def failed(self, event: Any) -> None:
        pass


COUNTING = Counting()
register(COUNTING)


def test_owners_of_a_page_cost_one_query_for_all(archive: Archive) -> None:
    def queries() -> int:
        COUNTING.finds.clear()
        assert archive.ask("admin", "GET", "media/").status_code == 200
        return len(COUNTING.finds)

    archive.add("admin", 1)
    queries()  # the first one makes the indexes
    few = queries()
    for seed, role in enumerate(("editor", "admin", "editor", "admin"), 2):
        assert archive.add(role, seed).status_code == 201

    assert queries() == few
    assert get_connection() is not None
