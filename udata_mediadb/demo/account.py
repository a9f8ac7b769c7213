"""The demo's user, organisation, API key and application: made once, found again later."""

from dataclasses import dataclass
from typing import Any

import mongoengine
from flask import Flask
from pymongo.errors import PyMongoError

from ..authentication.keyring import current_keyring
from ..crypto.keys import key_hashes
from ..errors import MediaDBError, NotFound
from ..hosts import plain_accounts
from ..hosts.plain_models import ApiKey, PlainOrganization, PlainUser
from .client import Client
from .errors import DemoError

USER_NAME = "Demo user"
USER_EMAIL = "demo@example.org"
ORGANIZATION_NAME = "Demo organisation"
APPLICATION_NAME = "Demo pictures"
SIGNATURES = ["match", "similarity", "colors"]


@dataclass(frozen=True)
class Account:
    """Who the demo is: an API key, and the organisation that its user administers."""

    x_api_key: str
    organization: str


def ensure_account(app: Flask, x_api_key: str, password: str) -> Account:
    """The demo's account; the key is kept where the database knows it, else a new one is made.

    Leaves no connection open in this process, which lives on beside the workers.
    """
    try:
        with app.app_context():
            user = _user()
            if app.extensions["mediadb"].host.check_password(USER_EMAIL, password) is None:
                plain_accounts.set_password(user, password)
            if not _is_valid(x_api_key, user):
                x_api_key = plain_accounts.create_key(user, "demo", current_keyring())[1]
            return Account(x_api_key=x_api_key, organization=_organization(user).id)
    except (PyMongoError, mongoengine.errors.MongoEngineException, MediaDBError) as error:
        raise DemoError(f"the demo's account cannot be made: {error}") from error
    finally:
        mongoengine.disconnect_all()


def ensure_application(client: Client, organization: str, known_id: str) -> str:
    """The id of the demo's application, over the API; an older one gets all signatures."""
    found: list[dict[str, Any]] = client.get_all("mediadb/applications/")
    # by name: a start that was cut off before it could note the id
    ours = [a for a in found if a["id"] == known_id or a["name"] == APPLICATION_NAME]
    for application in sorted(ours, key=lambda a: a["id"] != known_id):
        if set(application["signatures"]) != set(SIGNATURES):
            client.put(f"mediadb/applications/{application['id']}/", {"signatures": SIGNATURES})
        return str(application["id"])
    # public: the samples of the LTU guide search with the public key alone
    new = {"name": APPLICATION_NAME, "organization": organization, "public": True}
    new["signatures"] = SIGNATURES
    return str(client.post("mediadb/applications/", json=new)["id"])


def _user() -> PlainUser:
    try:
        return plain_accounts.find_user(USER_EMAIL)
    except NotFound:
        return plain_accounts.create_user(USER_NAME, USER_EMAIL)


def _organization(admin: PlainUser) -> PlainOrganization:
    try:
        return plain_accounts.find_organization(ORGANIZATION_NAME)
    except NotFound:
        return plain_accounts.create_organization(ORGANIZATION_NAME, admin)


def _is_valid(x_api_key: str, user: PlainUser) -> bool:
    if not x_api_key:
        return False
    hashes = key_hashes(x_api_key, current_keyring())
    record = ApiKey.objects(hash__in=hashes, user=user.id).first()
    return record is not None and record.revoked_at is None
