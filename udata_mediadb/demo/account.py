"""The demo's user, organisation, API key and application: made once, found again later."""

from dataclasses import dataclass
from typing import Any

import mongoengine
from flask import Flask

from ..auth.keys import key_hash, new_key
from ..hosts.plain_models import ApiKey, Member, Organization, User
from .client import Client

USER_NAME = "Demo user"
USER_EMAIL = "demo@example.org"
ORGANIZATION_NAME = "Demo organisation"
APPLICATION_NAME = "Demo pictures"
KEY_PREFIX = "mdb_"


@dataclass(frozen=True)
class Account:
    """Who the demo is: an API key and the organisation that its user administers."""

    x_api_key: str
    organization: str


def ensure_account(app: Flask, x_api_key: str) -> Account:
    """The demo's account; the key is kept when the database knows it, else a new one is made."""
    with app.app_context():
        user = User.objects(email=USER_EMAIL).first()
        if user is None:
            user = User(name=USER_NAME, email=USER_EMAIL).save()
        organization = Organization.objects(name=ORGANIZATION_NAME).first()
        if organization is None:
            admin = Member(user=user.id, role="admin")
            organization = Organization(name=ORGANIZATION_NAME, members=[admin]).save()
        secret = app.config["SECRET_KEY"]
        if not x_api_key or not _knows(x_api_key, user, secret):
            x_api_key = new_key(KEY_PREFIX)
            ApiKey(
                user=user.id,
                name="demo",
                prefix=x_api_key[:8],
                hash=key_hash(x_api_key, secret),
            ).save()
        return Account(x_api_key=x_api_key, organization=organization.id)


def forget_connections() -> None:
    """Close what `ensure_account` opened in this process, which lives on beside the workers."""
    mongoengine.disconnect_all()


def ensure_application(client: Client, organization: str, known_id: str) -> str:
    """The id of the demo's application, over the API."""
    found: list[dict[str, Any]] = client.get_all("mediadb/applications/")
    for application in found:
        if application["id"] == known_id:
            return known_id
    for application in found:  # a start that was cut off before it could note the id
        if application["name"] == APPLICATION_NAME:
            return str(application["id"])
    new = {"name": APPLICATION_NAME, "organization": organization}
    return str(client.post("mediadb/applications/", json=new)["id"])


def _knows(x_api_key: str, user: User, secret: str) -> bool:
    record = ApiKey.objects(hash=key_hash(x_api_key, secret), user=user.id).first()
    return record is not None and record.revoked_at is None
