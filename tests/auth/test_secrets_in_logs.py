"""Nothing that opens a door ends up in a log, at any level."""

import base64
import logging

import pytest

from udata_mediadb.application.key_reading import reveal_private_key
from udata_mediadb.application.models import Application
from udata_mediadb.crypto.keyring import Keyring

from ..portal import SECRET, Portal
from .local import (
    API,
    PASSWORD,
    TOKEN,
    local_client,
    login_form,
    small_picture,
    some_address,
    tenant_with_password,
)


def test_no_log_holds_a_key_a_password_or_a_token(
    portal: Portal, caplog: pytest.LogCaptureFixture
) -> None:
    owner = tenant_with_password(portal)
    client = local_client(portal, MEDIADB_BASIC_AUTH=True)
    origin = {"X-Forwarded-For": some_address(), "X-Forwarded-Proto": "https"}
    with portal.app.app_context():
        application = Application.objects.get(id=owner.application)
        private_key = reveal_private_key(application, Keyring(SECRET))
    assert private_key is not None

    with caplog.at_level(logging.DEBUG):
        tokens = client.post(TOKEN, data=login_form(owner), headers=origin).json
        refreshed = client.post(
            TOKEN,
            data={
                "grant_type": "refresh_token",
                "client_id": "ltu-api",
                "refresh_token": tokens["refresh_token"],
            },
            headers=origin,
        ).json
        client.post(TOKEN, data=login_form(owner, password=PASSWORD + "!"), headers=origin)
        client.post(TOKEN, data=login_form(owner, client_id="other"), headers=origin)
        basic = base64.b64encode(f"{owner.user.email}:{PASSWORD}".encode()).decode()
        for headers in (
            {"X-API-KEY": owner.client.key, "api-key": private_key},
            {"Authorization": f"Bearer {refreshed['access_token']}", "api-key": private_key},
            {"Authorization": tokens["access_token"] + "x"},
            {"Authorization": f"Basic {basic}"},
            {"api-key": private_key + "x"},
            {"X-API-KEY": f"{owner.client.key}x"},
        ):
            client.get(API + "applications/", headers=origin | headers)
            picture = {"image": (small_picture(1), "a.jpg")}
            client.post(API + "media/", data=picture, headers=origin | headers)
        client.get(API + "media/", query_string={"api-key": private_key}, headers=origin)

    logged = "\n".join(
        [caplog.text, *(repr(record.args) + repr(record.__dict__) for record in caplog.records)]
    )
    values = [v for answer in (tokens, refreshed) for v in answer.values() if isinstance(v, str)]
    secrets = [value for value in values if len(value) > 60]
    assert len(secrets) == 6
    for secret in [*secrets, private_key, str(owner.client.key), PASSWORD, basic, SECRET]:
        assert secret not in logged
    assert len(caplog.records) > 10  # something was listened to
