"""The portal's secret is exchanged as Flask 3.1 prescribes: the old one becomes a fallback."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from udata_mediadb.application.key_pair import rotate_key
from udata_mediadb.application.models import Application
from udata_mediadb.authentication.keyring import current_keyring
from udata_mediadb.operations.sealing import renew_seals
from udata_mediadb.search.watches.models import Watch

from ..connections import disconnect, wait_for_background
from ..hosts import HOST, Account, current_host
from ..images import jpeg
from .local import API, PASSWORD, TOKEN, some_address

OLD, NEW = "the old secret", "the new secret"
EMAIL = "ada@example.org"

Start = Callable[..., Flask]


@pytest.fixture(params=["SECRET_KEY", "MEDIADB_SECRET"])
def start(
    request: pytest.FixtureRequest, mongodb_uri: str, database_name: str, tmp_path: Path
) -> Iterator[Start]:
    """Starts the portal again, with these secrets, the newest first."""
    uri = f"{mongodb_uri.rstrip('/')}/{database_name}"

    def started(newest: str, *former: str) -> Flask:
        settings = {request.param: newest, f"{request.param}_FALLBACKS": list(former)}
        if request.param != "SECRET_KEY":
            settings["SECRET_KEY"] = "another, of the portal's sessions"
        wait_for_background()  # of the portal before, on the connection that ends here
        disconnect()
        app: Flask = current_host().new_app(uri, tmp_path / "fs", **settings)
        return app

    yield started
    disconnect()


@dataclass(frozen=True)
class Held:
    """What people hold that the portal made under its first secret."""

    x_api_key: str
    application: str
    private_key: str
    retired_key: str
    retired_public_key: str
    access_token: str
    refresh_token: str
    link: str


def hand_out(app: Flask) -> Held:
    client = app.test_client(use_cookies=False)
    with app.app_context():
        user: Account = current_host().create_user("Ada", EMAIL)
        current_host().set_password(user, PASSWORD)
        key = current_host().create_key(user)
    headers = {"X-API-KEY": key}
    new = {"name": "Maps", "private_key_alone": True}
    application = client.post(f"{API}applications/", json=new, headers=headers).json["id"]
    with app.app_context():
        found = Application.objects.get(id=application)
        former_public, keyring = found.public_key, current_keyring()
        former = rotate_key(found, "private", keyring, grace_s=0)
        private = rotate_key(found, "private", keyring, grace_s=3600)
        rotate_key(found, "public", keyring, grace_s=3600)
    media = client.post(
        f"{API}media/?application={application}",
        data=jpeg(1, 96, 64),
        content_type="image/jpeg",
        headers=headers,
    ).json
    tokens = log_in(client).json
    return Held(
        x_api_key=key,
        application=application,
        private_key=private,
        retired_key=former,
        retired_public_key=former_public,
        access_token=tokens["access_token"],
        refresh_token=tokens["refresh_token"],
        link=media["thumbnail_url"],
    )


def log_in(client: FlaskClient, password: str = PASSWORD, address: str | None = None) -> Any:
    form = {"username": EMAIL, "password": password, "grant_type": "password"}
    form["client_id"] = "ltu-api"
    return client.post(TOKEN, data=form, environ_base={"REMOTE_ADDR": address or some_address()})


def answers(app: Flask, held: Held) -> dict[str, int]:
    """The status that each of them gets."""
    client, listed = app.test_client(use_cookies=False), f"{API}media/"
    refresh = {"grant_type": "refresh_token", "client_id": "ltu-api"}
    refresh["refresh_token"] = held.refresh_token
    user = {"Authorization": f"Bearer {held.access_token}"}
    return {
        "access token": client.get(listed, headers=user).status_code,
        "refresh token": client.post(TOKEN, data=refresh).status_code,
        "link": client.get(held.link).status_code,
        "private key": client.get(listed, headers={"api-key": held.private_key}).status_code,
        "retired key": client.get(listed, headers={"api-key": held.retired_key}).status_code,
        "retired public key": client.get(
            listed, headers={**user, "api-key": held.retired_public_key}
        ).status_code,
        "X-API-KEY": client.get(listed, headers={"X-API-KEY": held.x_api_key}).status_code,
    }


def revealed(app: Flask, held: Held, x_api_key: str) -> str | None:
    """The private key as its owner is shown it; None where it cannot be shown."""
    answer = app.test_client(use_cookies=False).get(
        f"{API}applications/{held.application}/keys/private/", headers={"X-API-KEY": x_api_key}
    )
    assert answer.status_code in (200, 404), answer.text
    return answer.json.get("key")


def new_key_of(app: Flask) -> str:
    with app.app_context():
        user = current_host().create_user("Root", "root@example.org", admin=True)
        key: str = current_host().create_key(user)
        return key


def test_all_is_good_as_long_as_the_fallback_is_there(start: Start) -> None:
    held = hand_out(start(OLD))

    rotated = start(NEW, "another", OLD)

    found = answers(rotated, held)
    assert found == dict.fromkeys(found, 200)
    assert revealed(rotated, held, held.x_api_key) == held.private_key
    assert log_in(rotated.test_client()).status_code == 200


def test_nothing_that_was_left_as_it_was_is_good_without_the_fallback(start: Start) -> None:
    held = hand_out(start(OLD))
    start(NEW, OLD)

    over = start(NEW)

    found = answers(over, held)
    if HOST == "udata":  # its own keys have a secret of their own
        found["X-API-KEY"] = 401
    assert found == {**dict.fromkeys(found, 401), "refresh token": 400, "link": 404}
    assert revealed(over, held, new_key_of(over)) is None
    assert log_in(over.test_client()).status_code == 200  # a new signing key is made


def test_keys_that_were_used_meanwhile_are_good_for_ever(start: Start) -> None:
    """They are the same keys, hashed anew; what was signed ends all the same."""
    held = hand_out(start(OLD))
    rotated = start(NEW, OLD)
    answers(rotated, held)

    over = answers(start(NEW), held)

    assert over.pop("refresh token") == 400
    assert over.pop("link") == 404
    assert over == dict.fromkeys(over, 200)


def test_sealed_keys_are_renewed_all_at_once(start: Start) -> None:
    held = hand_out(start(OLD))
    with start(NEW, OLD).app_context():
        first, second = (renew_seals(current_keyring()) for _ in range(2))

    assert (first.renewed, first.lost) == (2, 0)  # the private key and the signing key
    assert (second.renewed, second.lost) == (0, 0)
    over = start(NEW)
    assert answers(over, held)["private key"] == 200
    assert answers(over, held)["access token"] == 200
    assert revealed(over, held, new_key_of(over)) == held.private_key
    with start("a third").app_context():
        assert renew_seals(current_keyring()).lost == 2


def test_a_key_that_is_shown_only_once_has_no_seal_to_renew(start: Start) -> None:
    app = start(OLD)
    held = hand_out(app)
    with app.app_context():
        found = Application.objects.get(id=held.application)
        rotate_key(found, "private", current_keyring(), grace_s=0, readable=False)

    with start(NEW, OLD).app_context():
        done = renew_seals(current_keyring())

    assert (done.renewed, done.lost) == (1, 0)  # the signing key


def test_a_watch_that_tells_its_feed_alone_has_no_secret_to_renew(start: Start) -> None:
    app = start(OLD)
    held = hand_out(app)
    with app.app_context():
        Watch(
            id=uuid4().hex,
            application=held.application,
            name="Feed",
            feed_token="t",
            media_uri="/MEDIA",
        ).save()

    with start(NEW, OLD).app_context():
        done = renew_seals(current_keyring())

    assert (done.renewed, done.lost) == (2, 0)


def test_failed_logins_are_not_forgotten(start: Start) -> None:
    old, address = start(OLD), some_address()
    hand_out(old)
    statuses = [log_in(old.test_client(), "wrong", address).status_code for _ in range(7)]
    assert 429 in statuses

    rotated = start(NEW, OLD).test_client()

    assert 429 in [log_in(rotated, "wrong", address).status_code for _ in range(2)]
