"""Who asks and what for, for the table of permissions in docs/reference/authentication.md.

No request of the table disturbs another: a cell that a request changed, or may have changed, is not
used again.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask
from joserfc import jwt
from mongoengine import Document
from mongoengine.connection import get_db

from udata_mediadb.application.key_pair import give_private_key, rotate_key
from udata_mediadb.application.models import Application
from udata_mediadb.authentication.claims import CLIENT_ID
from udata_mediadb.authentication.sessions import Lifetimes, open_session
from udata_mediadb.authentication.signing import signing_key
from udata_mediadb.collection.models import Collection, SmartCollection
from udata_mediadb.crypto.keyring import Keyring
from udata_mediadb.imaging import decode
from udata_mediadb.indexing.models import LogEntry, StoredSignature
from udata_mediadb.indexing.versions import versions_of
from udata_mediadb.media import files
from udata_mediadb.media.models import ACTIVE, Media
from udata_mediadb.recognition.colors import ColorsSignature
from udata_mediadb.recognition.signature import signature_key
from udata_mediadb.search.models import KeptQuery

from ..hosts import SECRET, Account, current_host
from ..images import jpeg

PICTURE = jpeg(1, 160, 120)
QUERY = json.dumps({"keywords": ["a"]})
Headers = dict[str, str]


@dataclass
class People:
    """Tokens of an organisation's people and of others."""

    organization: str
    owner: Account
    users: list[str]
    tokens: dict[str, str]


@dataclass
class Cell:
    """An application with a media, for requests until one has changed it."""

    application: Application
    private_key: str
    media: Media
    collection: Collection
    smart: SmartCollection
    public: bool
    changed: bool = False

    def ids(self) -> dict[str, str]:
        """What stands for the placeholders of a path."""
        return {
            "application": self.application.id,
            "media": self.media.id,
            "collection": self.collection.id,
            "smart": self.smart.id,
            "public key": self.application.public_key,
        }


def new_people(name: str) -> People:
    """An organisation with its administrator, an editor and a partial editor; and others."""

    def user(role: str, **properties: bool) -> Account:
        email = f"{role}-{name}@example.org"
        created: Account = current_host().create_user(role, email, **properties)
        return created

    owner, admin = user("owner"), user("admin", admin=True)
    organization = current_host().create_organization(name, owner)
    users = {"owner": owner, "admin": admin, "stranger": user("stranger")}
    for role in ("editor", "partial_editor"):
        users[role] = user(role)
        current_host().set_member(organization, users[role], role)
    tokens = {role: token_of(found) for role, found in users.items()}
    tokens["expired"] = token_of(owner, ends_in_s=-90)
    return People(organization, owner, [user.id for user in users.values()], tokens)


def token_of(user: Account, *, ends_in_s: int = 600) -> str:
    session = open_session(user.id, "openid", Lifetimes(600, 1800))
    end = int(time.time()) + ends_in_s
    claims = {"sub": user.id, "azp": CLIENT_ID, "typ": "Bearer", "sid": session.id, "exp": end}
    key = signing_key(Keyring(SECRET), honour_s=0)
    return jwt.encode({"alg": "RS256", "kid": key.kid}, claims, key)


def _colors_of(media: Media, signature: ColorsSignature) -> StoredSignature:
    key = signature_key(signature)
    picture = decode(PICTURE, max_pixels=10**8, side=1024)
    return StoredSignature(
        id=f"{media.id}/{key}",
        application=media.application,
        media=media.id,
        signature=key,
        data=signature.dumps(signature.describe(picture)),
    )


def new_cell(app: Flask, people: People, *, public: bool) -> Cell:
    methods = app.extensions["mediadb"].catalogs.registry
    application = Application(
        name="A",
        organization=people.organization,
        public=public,
        signatures=list(versions_of(methods)),
        described_versions=versions_of(methods),
    )
    private = give_private_key(application, Keyring(SECRET))
    _insert(application)
    media = Media(
        application=application.id,
        state=ACTIVE,
        name="a",
        md5="0" * 32,
        sha256="0" * 64,
        size=len(PICTURE),
        width=160,
        height=120,
        format="JPEG",
        owner=people.owner.id,
    )
    _insert(media)
    _insert(_colors_of(media, methods["colors"].signature))
    storage = app.extensions["mediadb"].storage
    for kind in ("original", "thumbnail"):
        storage.write(files.key(application.id, media.id, kind), PICTURE, overwrite=True)
    collection = Collection(application=application.id, name="c")
    smart = SmartCollection(application=application.id, name="s", query=QUERY)
    for document in (collection, smart):
        _insert(document)
    return Cell(application, private, media, collection, smart, public)


@dataclass
class World:
    """The people, and their one application. Needs an app context."""

    app: Flask
    people: People
    held: Cell | None = None

    def cell(self, *, public: bool) -> Cell:
        """The cell of the request before, if it is as it was made, or a new one."""
        if self.held is None or self.held.changed or self.held.public != public:
            self.forget()
            self.held = new_cell(self.app, self.people, public=public)
        return self.held

    def forget(self) -> None:
        """Remove all applications of these people, with what is in them.

        The next cell's is to be their only one, and the portal is shared with other tests.
        """
        users, organization = self.people.users, self.people.organization
        theirs = {"$or": [{"organization": organization}, {"owner": {"$in": users}}]}
        applications = get_db()[Application._get_collection_name()]
        ids = [found["_id"] for found in applications.find(theirs, {"_id": 1})]
        applications.delete_many({"_id": {"$in": ids}})
        for document in (Media, Collection, SmartCollection, StoredSignature, LogEntry, KeptQuery):
            collection = get_db()[document._get_collection_name()]
            collection.delete_many({"application": {"$in": ids}})
        for identifier in ids:
            files.remove(self.app.extensions["mediadb"].storage, identifier)


def _insert(document: Document) -> None:
    """Without waiting for the journal: a table has a thousand cells."""
    get_db()[document._get_collection_name()].insert_one(document.to_mongo())


def bearer(people: People, role: str) -> Headers:
    return {"Authorization": f"Bearer {people.tokens[role]}"}


def _public_key(cell: Cell, people: People) -> Headers:
    return {"api-key": cell.application.public_key}


def _private_key(cell: Cell, people: People) -> Headers:
    return {"api-key": cell.private_key}


def _sufficient_key(cell: Cell, people: People) -> Headers:
    cell.changed = True
    cell.application.modify(private_key_alone=True)
    return _private_key(cell, people)


def _inactive(cell: Cell, people: People) -> Headers:
    cell.changed = True
    cell.application.modify(status="Inactive")
    return {**_private_key(cell, people), **bearer(people, "owner")}


def _revoked(cell: Cell, people: People) -> Headers:
    cell.changed = True
    rotate_key(cell.application, "private", Keyring(SECRET), grace_s=0)
    return {**_private_key(cell, people), **bearer(people, "owner")}


def _token(role: str) -> Callable[[Cell, People], Headers]:
    return lambda cell, people: bearer(people, role)


# The columns of the table, by their headings.
CALLERS: dict[str, Callable[[Cell, People], Headers]] = {
    "nobody": lambda cell, people: {},
    "public key": _public_key,
    "private key": _private_key,
    "private key, sufficient": _sufficient_key,
    "public key + owner": lambda c, p: {**_public_key(c, p), **bearer(p, "owner")},
    "private key + owner": lambda c, p: {**_private_key(c, p), **bearer(p, "owner")},
    "private key + stranger": lambda c, p: {**_private_key(c, p), **bearer(p, "stranger")},
    "owner": _token("owner"),
    "editor": _token("editor"),
    "partial editor": _token("partial_editor"),
    "admin": _token("admin"),
    "stranger": _token("stranger"),
    "inactive": _inactive,
    "revoked key": _revoked,
    "expired token": _token("expired"),
}
