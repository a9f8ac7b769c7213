"""A headless udata: no Redis, no Elasticsearch, no mail."""

import warnings
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import mongoengine
from flask import Flask
from flask_security.changeable import admin_change_password
from udata.app import create_app, standalone
from udata.core.api_token.models import ApiToken
from udata.core.organization.models import Member, Organization
from udata.core.user.models import User, datastore

from ..connections import disconnect
from . import PATIENT, QUIET, SECRET, Account


def new_app(mongodb: str, root: Path, **settings: Any) -> Flask:
    """udata as `udata serve` starts it, plugins and all, on this database; files below `root`."""
    given = {
        "SECRET_KEY": SECRET,
        "API_TOKEN_SECRET": SECRET,
        "MONGODB_HOST": f"{mongodb}?serverSelectionTimeoutMS=3000",  # docs/reference/udata.md
        "CACHE_TYPE": "flask_caching.backends.SimpleCache",  # the default is Redis
        "CELERY_TASK_ALWAYS_EAGER": True,  # the default broker is Redis
        "SEND_MAIL": False,
        "SESSION_COOKIE_SECURE": False,
        "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},  # needs no DNS
        "SECURITY_PASSWORD_HASH": "pbkdf2_sha512",  # bcrypt takes ten times as long
        "FS_ROOT": str(root),
        **QUIET,
        **PATIENT,
        **settings,
    }
    disconnect()  # udata refuses another database in the same process
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # udata's own
        return standalone(create_app(override=type("Settings", (), given)))


def reconnect(app: Flask) -> None:
    """Connect MongoEngine to this app's database, after another had its place."""
    mongoengine.connect(
        host=app.config["MONGODB_HOST"], connect=False, uuidRepresentation="standard"
    )


def create_user(name: str, email: str, *, admin: bool = False) -> Account:
    user = datastore.create_user(
        first_name=name,
        last_name="Test",
        email=email,
        active=True,
        confirmed_at=datetime.now(UTC),
        roles=[datastore.find_or_create_role("admin")] if admin else [],
    )
    return Account(str(user.id), user.fullname, user.email)


def create_key(user: Account) -> str:
    _record, key = ApiToken.generate(_user(user), name="test")
    return str(key)


def set_password(user: Account, password: str) -> None:
    """With the signal that udata's own form sends."""
    admin_change_password(_user(user), password, notify=False)


def revoke_keys(user: Account) -> None:
    for record in ApiToken.objects(user=user.id):
        record.revoke()


def delete_user(user: Account) -> None:
    """As udata does: anonymised, all keys revoked."""
    _user(user).mark_as_deleted(notify=False)


def set_active(user: Account, active: bool) -> None:
    _user(user).modify(active=active)


def create_organization(name: str, admin: Account) -> str:
    members = [Member(user=_user(admin), role="admin")]
    return str(Organization(name=name, description="-", members=members).save().id)


def set_member(organization: str, user: Account, role: str) -> None:
    found = Organization.objects.get(id=organization)
    found.members = [member for member in found.members if str(member.user.id) != user.id]
    found.members.append(Member(user=_user(user), role=role))
    found.save()


def _user(user: Account) -> Any:
    return User.objects.get(id=user.id)
