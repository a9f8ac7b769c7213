"""The portal's own pictures come in by a page: checked first, then told one by one."""

import re
import secrets
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

import mongoengine
import pytest
from flask import Flask
from flask.testing import FlaskClient
from udata.core.dataset.models import Resource
from werkzeug.test import TestResponse

from udata_mediadb.jobs.models import Job
from udata_mediadb.jobs.workers import current_jobs
from udata_mediadb.media.models import Media

from ..auth.local import PASSWORD
from ..connections import disconnect
from ..hosts import Account
from ..hosts.udata import create_key, create_user, new_app, set_password
from ..images import jpeg
from ..portal_here import new_application
from .objects import dataset, reuse


@dataclass
class World:
    """A udata with pictures, an administrator, and the library that they go to."""

    app: Flask
    admin: Account
    library: str

    def client(self, who: Account) -> FlaskClient:
        client = self.app.test_client()
        form = {"email": who.email, "password": PASSWORD, "csrf_token": csrf_of(client, "/login/")}
        sent = client.post("/login/", data=form)
        assert sent.status_code == 302, sent.text
        return client

    @property
    def form(self) -> str:
        return f"/mediadb/{self.library}/import"


@pytest.fixture
def world(mongodb_uri: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    name = f"mediadb_test_{secrets.token_hex(6)}"
    root = tmp_path_factory.mktemp("files")
    settings = {"MEDIADB_JOBS_IN_WEB": False}
    app = new_app(f"{mongodb_uri.rstrip('/')}/{name}", root, **settings)
    with app.app_context():
        admin = create_user("Root", "root@example.org", admin=True)
        set_password(admin, PASSWORD)
        for number in range(12):
            reuse(f"Map-{number}", admin, jpeg(number, 120, 90))
        far = Resource(title="far.jpg", url="https://portal.example.org/far.jpg", format="jpg")
        dataset("Bridges", admin, resources=[far])
        yield World(app, admin, new_application(app, admin))
        mongoengine.get_connection().drop_database(name)
    disconnect()


def send(client: FlaskClient, page: str, path: str, **data: str) -> TestResponse:
    return client.post(path, data={"csrf_token": csrf_of(client, page), **data})


def csrf_of(client: FlaskClient, page: str) -> str:
    """The token of a page's form; empty where it has none."""
    field = re.search(r'<input[^>]*name="csrf_token"[^>]*>', client.get(page).text)
    found = field and re.search(r'value="([^"]+)"', field[0])
    return found[1] if found else ""


def text_of(answer: TestResponse) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def test_the_portals_pictures_are_checked_and_brought_in(world: World) -> None:
    client = world.client(world.admin)
    form = client.get(world.form)
    begun = send(client, world.form, f"{world.form}/portal")
    checked = begun.headers["Location"]
    current_jobs().run_free()
    would = text_of(client.get(checked))
    nothing = Media.objects.count()
    done = send(client, checked, checked, do="import").headers["Location"]
    again = send(client, world.form, checked, do="import").headers["Location"]
    current_jobs().run_free()
    told = text_of(client.get(done))

    assert "Pictures of this portal" in text_of(form)
    assert begun.status_code == 303
    assert "Checked: pictures of this portal" in would
    assert "new 12" in would
    assert "far.jpg left out it lies on another host" in would
    assert nothing == 0, "a check changes nothing"
    assert again == done, "a second click imports nothing again"
    assert "Imported: pictures of this portal" in told
    shown = {one.name: one.related for one in Media.objects}
    assert set(shown) == {f"Map-{number}" for number in range(12)}
    assert all(related[0].startswith("Reuse:") for related in shown.values())


def test_the_portals_pictures_come_in_by_the_api(world: World) -> None:
    client = world.app.test_client()
    asked = {"application": world.library, "source": "portal"}

    def begun(who: Account, **more: object) -> TestResponse:
        return client.post(
            "/api/1/mediadb/imports/",
            json={**asked, **more},
            headers={"X-API-KEY": create_key(who)},
        )

    checked = begun(world.admin, dry_run=True)
    current_jobs().run_free()
    nothing = Media.objects.count()
    done = begun(world.admin)
    current_jobs().run_free()

    assert (checked.status_code, done.status_code, nothing) == (202, 202, 0)
    assert begun(world.admin, collection="1").status_code == 400
    where = f"/api/1/mediadb/imports/{done.json['id']}/"
    admins = {"X-API-KEY": create_key(world.admin)}
    told = client.get(where, headers=admins).json
    assert (told["state"], told["counts"]) == ("done", {"added": 12, "ignored": 1})
    items = client.get(f"{where}items/?outcome=ignored", headers=admins).json["data"]
    assert [one["reason"] for one in items] == ["it lies on another host"]


def test_who_is_no_administrator_takes_none_by_the_api(world: World) -> None:
    other = create_user("Ada", "ada@example.org")
    own, key = new_application(world.app, other), create_key(other)
    answer = world.app.test_client().post(
        "/api/1/mediadb/imports/",
        json={"application": own, "source": "portal"},
        headers={"X-API-KEY": key},
    )

    assert (answer.status_code, Job.objects.count()) == (403, 0), answer.text


def test_a_second_import_adds_nothing_and_a_killed_one_goes_on(world: World) -> None:
    client = world.client(world.admin)
    send(client, world.form, f"{world.form}/portal")
    current_jobs().run_free()
    checked = f"/mediadb/{world.library}/imports/{Job.objects.get().id}"
    done = send(client, checked, checked, do="import").headers["Location"]
    job = Job.objects.get(id=done.rpartition("/")[2])
    steps = current_jobs().runner._steps(job, threading.Event())
    next(steps)  # counted
    next(steps)  # ten were looked at, and nobody has kept the step: killed
    steps.close()
    halfway = Media.objects(state="active").count()
    current_jobs().run_free()

    assert halfway == 9
    assert Media.objects.count() == 12
    assert job.reload().counts == {"skipped": 9, "added": 3, "ignored": 1}
    assert job.done == job.total == 13


def test_who_is_no_administrator_takes_no_pictures_of_the_portal(world: World) -> None:
    somebody = create_user("Ada", "ada@example.org")
    set_password(somebody, PASSWORD)
    own = new_application(world.app, somebody)
    client = world.client(somebody)
    page = f"/mediadb/{own}/import"

    assert "Pictures of this portal" not in client.get(page).text
    assert send(client, page, f"{page}/portal").status_code == 403
    assert Job.objects.count() == 0
