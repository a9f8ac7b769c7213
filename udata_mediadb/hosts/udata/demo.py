"""Fills a udata for the demo: users, an organisation, keys, a dataset and reuses with pictures.

`python -m udata_mediadb.hosts.udata.demo ACCOUNTS WANTED`: WANTED is JSON with `email` and
`password` of the demo's user, the name of its `organization`, and `pictures` to show (`path`,
`name`); ACCOUNTS is the file to write, for its owner only.
What is there already stays as it is, keys included.
"""

import json
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask_security import hash_password, verify_password
from udata.app import create_app, standalone
from udata.core.api_token.models import ApiToken
from udata.core.dataset.models import Dataset
from udata.core.organization.models import Member, Organization
from udata.core.reuse.models import Reuse
from udata.core.user.models import User, datastore
from werkzeug.datastructures import FileStorage

# Beside the demo's user: an administrator of the portal, another member of the organisation, and
# somebody who has nothing to do with either.
OTHERS = {
    "admin": ("Ada", "ada.admin@example.org"),
    "editor": ("Eve", "eve.editor@example.org"),
    "stranger": ("Zoe", "zoe.stranger@example.org"),
}
DATASET = "Pictures of places"


def main(arguments: list[str]) -> None:
    """Make what is missing and write the file of accounts."""
    path, wanted = Path(arguments[0]), json.loads(arguments[1])
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    app = standalone(create_app())
    with app.test_request_context():
        user = _user("Demo", wanted["email"], wanted["password"])
        users = {"user": user}
        for role, (name, email) in OTHERS.items():
            users[role] = _user(name, email, wanted["password"], admin=role == "admin")
        organization = _organization(wanted["organization"], user, users["editor"])
        _show_pictures(organization, wanted["pictures"])
        accounts = {role: _account(one, known.get(role, {}), wanted) for role, one in users.items()}
        _write_private(path, {**accounts, "organization": str(organization.id)})


def _user(first_name: str, email: str, password: str, *, admin: bool = False) -> Any:
    user = User.objects(email=email).first()
    if user is None:
        user = datastore.create_user(
            first_name=first_name,
            last_name="Demo",
            email=email,
            password=hash_password(password),
            active=True,
            confirmed_at=datetime.now(UTC),
            roles=[datastore.find_or_create_role("admin")] if admin else [],
        )
    elif not verify_password(password, user.password):
        user.modify(password=hash_password(password))
    return user


def _account(user: Any, known: dict[str, str], wanted: dict[str, str]) -> dict[str, str]:
    key = known.get("x_api_key", "")
    found, _fault = ApiToken.authenticate(key)
    if found is None or found.user.id != user.id:
        _record, key = ApiToken.generate(user, name="demo")
    return {"email": user.email, "password": wanted["password"], "x_api_key": key}


def _organization(name: str, admin: Any, editor: Any) -> Any:
    members = [Member(user=admin, role="admin"), Member(user=editor, role="editor")]
    found = Organization.objects(name=name, deleted=None).first()
    return found or Organization(name=name, description="For trying out.", members=members).save()


def _show_pictures(organization: Any, pictures: Iterable[dict[str, str]]) -> None:
    if Dataset.objects(title=DATASET).first() is None:
        Dataset(title=DATASET, description="Where they were.", organization=organization).save()
    dataset = Dataset.objects(title=DATASET).first()
    for picture in pictures:
        if Reuse.objects(title=picture["name"]).first() is None:
            _show_one(organization, dataset, picture)


def _show_one(organization: Any, dataset: Any, picture: dict[str, str]) -> None:
    path = Path(picture["path"])
    reuse = Reuse(
        title=picture["name"],
        description="A picture on a page.",
        type="visualization",
        topic="others",
        url=f"https://example.org/{path.stem}",
        organization=organization,
        datasets=[dataset],
    )
    with path.open("rb") as file:
        reuse.image.save(FileStorage(file, path.name))
    reuse.save()


def _write_private(path: Path, content: dict[str, Any]) -> None:
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=0o600)
    fresh.write_text(json.dumps(content, indent=2), encoding="utf-8")
    fresh.replace(path)


if __name__ == "__main__":
    main(sys.argv[1:])
