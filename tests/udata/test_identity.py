"""Who asks, by udata's own means, and what a token's scope leaves of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from udata.api.oauth2 import OAuth2Client, OAuth2Token
from udata.core.user.models import User

from ..hosts import Account
from ..hosts import udata as udata_host
from ..images import jpeg
from .conftest import NewApp

API = "/api/1/mediadb/"
Headers = dict[str, str]


class People:
    """Ada with an application, an administrator of the portal, and somebody else."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            self.ada = udata_host.create_user("Ada", "ada@example.org")
            self.admin = udata_host.create_user("Root", "root@example.org", admin=True)
            self.eve = udata_host.create_user("Eve", "eve@example.org")
        self.client = app.test_client(use_cookies=False)
        made = self.client.post(
            API + "applications/", json={"name": "A"}, headers=self.key(self.ada)
        )
        assert made.status_code == 201, made.text
        self.application = made.json["id"]

    def key(self, user: Account) -> Headers:
        with self.app.app_context():
            return {"X-API-KEY": udata_host.create_key(user)}

    def token(self, user: Account, scope: str, **properties: Any) -> Headers:
        """A bearer token as udata's /oauth/token makes it."""
        with self.app.app_context():
            client = OAuth2Client(name="a client", scope=scope).save()
            record = OAuth2Token(
                client=client, user=User.objects.get(id=user.id), scope=scope, **properties
            )
            record.access_token = f"token{client.id}"
            record.save()
            return {"Authorization": f"Bearer {record.access_token}"}

    def add(self, headers: Headers, client: FlaskClient | None = None) -> int:
        """The status of adding a picture to Ada's application."""
        answer = (client or self.client).post(
            f"{API}media/?application={self.application}",
            data=jpeg(1),
            content_type="image/jpeg",
            headers=headers,
        )
        return answer.status_code

    def logged_in(self, user: Account) -> FlaskClient:
        """A browser with udata's session cookie, which each request with a key leaves behind."""
        browser = self.app.test_client()
        assert browser.get("/api/1/me/", headers=self.key(user)).status_code == 200
        return browser


@pytest.fixture
def people(app: Flask) -> People:
    return People(app)


def test_a_session_of_udata_is_enough(people: People) -> None:
    browser = people.logged_in(people.ada)

    assert people.add({}, browser) == 201
    listed = browser.get(API + "applications/").json
    assert [one["id"] for one in listed["data"]] == [people.application]


def test_a_cookie_comes_before_a_key_as_everywhere_in_udata(people: People) -> None:
    browser = people.logged_in(people.ada)

    for key in ("garbage", people.key(people.eve)["X-API-KEY"]):
        for path in (API + "applications/", "/api/1/me/api_tokens/"):
            assert browser.get(path, headers={"X-API-KEY": key}).status_code == 200
        listed = browser.get(API + "applications/", headers={"X-API-KEY": key}).json
        assert listed["total"] == 1


def test_where_no_csrf_token_is_asked_for_a_cookie_does_not_count(people: People) -> None:
    browser = people.logged_in(people.ada)

    assert browser.get("/ltu/media").status_code == 401
    assert browser.get("/ltu/media", headers=people.key(people.ada)).status_code == 200
    assert browser.get("/ltu/media", headers={"X-API-KEY": "garbage"}).status_code == 401


def test_the_ltu_dialect_asks_for_no_csrf_token(make_app: NewApp) -> None:
    people = People(make_app(WTF_CSRF_ENABLED=True))

    answer = people.client.post("/ltu/media", data=jpeg(1), headers=people.key(people.ada))

    assert answer.status_code != 400 or "CSRF" not in answer.text
    login = people.client.post("/ltu/realms/Production/protocol/openid-connect/token")
    assert "CSRF" not in login.text


@pytest.mark.parametrize("scope", ["default", "", "admin", "default admin"])
def test_a_token_of_udata_opens_what_its_user_may(people: People, scope: str) -> None:
    token = people.token(people.ada, scope)

    assert people.add(token) == 201
    assert people.client.get("/ltu/media", headers=token).status_code == 200
    listed = people.client.get(API + "applications/", headers=token).json
    assert [one["id"] for one in listed["data"]] == [people.application]


def test_a_token_without_the_scope_admin_is_no_administrators(people: People) -> None:
    assert people.add(people.key(people.admin)) == 201
    assert people.add(people.token(people.admin, "default admin")) == 201
    assert people.add(people.token(people.admin, "default")) == 404  # it is not theirs to read


def test_a_token_with_neither_of_udatas_scopes_only_reads(people: People) -> None:
    token = people.token(people.ada, "mediadb:read")
    media = people.client.get(API + "media/", headers=token).json

    assert media["total"] == 0
    assert people.add(token) == 403
    search = people.client.post(
        f"{API}search/?application={people.application}",
        data=jpeg(1),
        content_type="image/jpeg",
        headers=token,
    )
    assert search.status_code == 200, search.text
    made = people.client.post(API + "applications/", json={"name": "B"}, headers=token)
    assert made.status_code == 403
    secret = people.client.get(
        f"{API}applications/{people.application}/keys/private/", headers=token
    )
    assert secret.status_code == 403


@pytest.mark.parametrize(
    "over",
    [{"revoked": True}, {"created_at": datetime.now(UTC) - timedelta(days=60)}],
    ids=["revoked", "expired"],
)
def test_a_token_that_is_over_is_refused(people: People, over: dict[str, Any]) -> None:
    token = people.token(people.ada, "default", **over)

    for path in (API + "media/", "/ltu/media"):
        assert people.client.get(path, headers=token).status_code == 401


def test_a_token_beside_somebody_elses_key_is_refused(people: People) -> None:
    both = {**people.token(people.ada, "default"), **people.key(people.eve)}

    answer = people.client.get(API + "media/", headers=both)

    assert answer.status_code == 401
    assert "different users" in answer.json["message"]


@pytest.mark.parametrize("change", ["switched off", "deleted"])
def test_somebody_who_is_gone_is_refused(people: People, change: str) -> None:
    key, token = people.key(people.ada), people.token(people.ada, "default")
    browser = people.logged_in(people.ada)
    with people.app.app_context():
        if change == "deleted":
            udata_host.delete_user(people.ada)
        else:
            udata_host.set_active(people.ada, False)

    assert people.add(key) == 401
    assert people.add(token) == 401
    assert people.add({}, browser) == 401
    assert people.client.get("/ltu/media", headers=key).status_code == 401
    assert people.client.get("/ltu/media", headers=token).status_code == 401


def test_a_second_factor_is_not_left_out(people: People) -> None:
    form = {
        "grant_type": "password",
        "client_id": "ltu-api",
        "username": "ADA@example.org",
        "password": "correct horse é",
    }
    login = "/ltu/realms/Production/protocol/openid-connect/token"
    with people.app.app_context():
        udata_host.set_password(people.ada, form["password"])
        assert people.client.post(login, data=form).status_code == 200
        User.objects(id=people.ada.id).update_one(set__tf_primary_method="authenticator")

    assert people.client.post(login, data=form).status_code == 401


class TestReadOnlyMode:
    """udata's READ_ONLY_MODE: no changes but by the portal's administrators."""

    MESSAGE = "Due to security reasons, the creation of new content is currently disabled."

    @pytest.fixture
    def closed(self, people: People) -> People:
        people.app.config["READ_ONLY_MODE"] = True
        return people

    def test_udatas_answer_to_changes(self, closed: People) -> None:
        key = closed.key(closed.ada)
        for method, path in (
            ("POST", "applications/"),
            ("POST", "media/"),
            ("PUT", "media/x/"),
            ("DELETE", f"applications/{closed.application}/"),
            ("POST", f"applications/{closed.application}/keys/"),
        ):
            answer = closed.client.open(API + path, method=method, headers=key, json={})
            assert (answer.status_code, answer.json["message"]) == (423, self.MESSAGE)
        reuse = closed.client.post("/api/1/reuses/", headers=key, json={})
        assert (reuse.status_code, reuse.json["message"]) == (423, self.MESSAGE)

    def test_the_ltu_dialect_too(self, closed: People) -> None:
        key = closed.key(closed.ada)

        answer = closed.client.post("/ltu/collection", json={"name": "x"}, headers=key)

        assert (answer.status_code, answer.json["message"]) == (423, self.MESSAGE)

    def test_an_application_key_is_no_way_around(self, people: People) -> None:
        key = people.key(people.ada)
        path = f"{API}applications/{people.application}/"
        assert people.client.put(path, json={"private_key_alone": True}, headers=key).json
        private = people.client.get(path + "keys/private/", headers=key).json["key"]
        assert people.add({"api-key": private}) == 201
        people.app.config["READ_ONLY_MODE"] = True

        assert people.add({"api-key": private}) == 423

    def test_reading_and_searching_go_on(self, closed: People) -> None:
        key = closed.key(closed.ada)

        assert closed.client.get(API + "media/", headers=key).status_code == 200
        answer = closed.client.post(
            API + "search/", data=jpeg(1), content_type="image/jpeg", headers=key
        )
        assert answer.status_code == 200

    def test_nobody_gets_401_and_an_administrator_goes_on(self, closed: People) -> None:
        assert closed.add({}) == 401
        assert closed.add(closed.key(closed.admin)) == 201
