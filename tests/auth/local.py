"""The suite's portal once more within the test process, with other settings: for what is the same
however many processes serve it."""

import secrets
from io import BytesIO
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from ..fixtures import Tenant, new_tenant
from ..hosts import current_host
from ..images import jpeg
from ..portal import Portal

API = "/api/1/mediadb/"
OPENID = "/ltu/realms/Production/"
TOKEN = OPENID + "protocol/openid-connect/token"
PASSWORD = "correct horse battery"


def local_app(portal: Portal, **settings: Any) -> Flask:
    """An app on the same database and files; understands X-Forwarded-For and -Proto."""
    root = Path(portal.environment["TEST_FS_ROOT"])
    app: Flask = current_host().new_app(portal.mongodb, root, **settings)
    return app


def local_client(portal: Portal, **settings: Any) -> FlaskClient:
    return local_app(portal, **settings).test_client(use_cookies=False)


def tenant_with_password(portal: Portal, **properties: object) -> Tenant:
    tenant = new_tenant(portal, **properties)
    with portal.app.app_context():
        current_host().set_password(tenant.user, PASSWORD)
    return tenant


def some_address() -> str:
    """An address that no other test comes from, so that only its own failures count."""
    return f"10.{secrets.randbelow(256)}.{secrets.randbelow(256)}.{secrets.randbelow(256)}"


def login_form(tenant: Tenant, **changes: Any) -> dict[str, Any]:
    form = {"username": tenant.user.email, "password": PASSWORD}
    return {**form, "grant_type": "password", "client_id": "ltu-api", **changes}


def small_picture(seed: int) -> BytesIO:
    """A file for the test client."""
    return BytesIO(jpeg(seed, 160, 120))


def access_token(portal: Portal, tenant: Tenant) -> str:
    """A token of the portal for this tenant's user, who needs a password."""
    client = portal.app.test_client()
    answer = client.post(
        TOKEN, data=login_form(tenant), environ_base={"REMOTE_ADDR": some_address()}
    )
    assert answer.status_code == 200, answer.text
    return str(answer.json["access_token"])
