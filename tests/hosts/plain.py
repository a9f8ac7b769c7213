"""A plain portal."""

from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

import udata_mediadb
from udata_mediadb.authentication.keyring import current_keyring
from udata_mediadb.hosts import plain_accounts
from udata_mediadb.hosts.plain_models import ApiKey
from udata_mediadb.mongo.connection import connect

from . import PATIENT, QUIET, SECRET, Account


def new_app(mongodb: str, root: Path, **settings: Any) -> Flask:
    """A portal on this database, with its files below `root`.

    A test may come from an address of its own, and over https.
    """
    app = Flask("portal")
    given = {"SECRET_KEY": SECRET, "MEDIADB_MONGODB_URI": mongodb, "FS_ROOT": str(root)}
    app.config.update({**given, **QUIET, **PATIENT, **settings})
    udata_mediadb.init_app(app)
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1)  # type: ignore[method-assign]
    return app


def reconnect(app: Flask) -> None:
    """Connect MongoEngine to this app's database, after another had its place."""
    with app.app_context():
        connect(app)


def create_user(name: str, email: str, *, admin: bool = False) -> Account:
    user = plain_accounts.create_user(name, email, admin=admin)
    return Account(user.id, user.name, user.email)


def create_key(user: Account) -> str:
    _record, key = plain_accounts.create_key(_user(user), "test", current_keyring())
    return key


def set_password(user: Account, password: str) -> None:
    plain_accounts.set_password(_user(user), password)


def revoke_keys(user: Account) -> None:
    """All keys of the user, as `flask mediadb key revoke` does."""
    for record in ApiKey.objects(user=user.id):
        plain_accounts.revoke_key(record.id)


def delete_user(user: Account) -> None:
    _user(user).delete()


def set_active(user: Account, active: bool) -> None:
    plain_accounts.set_active(_user(user), active)


def create_organization(name: str, admin: Account) -> str:
    identifier: str = plain_accounts.create_organization(name, _user(admin)).id
    return identifier


def set_member(organization: str, user: Account, role: str) -> None:
    found = plain_accounts.find_organization(organization)
    plain_accounts.set_member(found, _user(user), role)


def _user(user: Account) -> Any:
    return plain_accounts.find_user(user.id)
