"""Users, organisations and API keys of a portal that has none of its own."""

from uuid import uuid4

from mongoengine import (
    BooleanField,
    DateTimeField,
    EmbeddedDocument,
    EmbeddedDocumentField,
    EmbeddedDocumentListField,
    StringField,
)

from ..authentication.key_limits import KeyLimits
from ..mongo.clock import now
from ..mongo.documents import DurableDocument

ROLES = ("admin", "editor", "partial_editor")  # udata's


def _new_id() -> str:
    return uuid4().hex


class PlainUser(DurableDocument):
    """Someone who may hold API keys.

    `password_hash`: argon2id, see plain_passwords. `external`: issuer and subject of an outside
    OpenID provider that vouches for the user.
    """

    id = StringField(primary_key=True, default=_new_id)
    name = StringField(required=True)
    email = StringField()
    password_hash = StringField()
    external = StringField()
    admin = BooleanField(default=False)
    active = BooleanField(default=True)
    created_at = DateTimeField(default=now)

    meta = {
        "collection": "mediadb_user",
        "indexes": [
            {"fields": ["email"], "unique": True, "sparse": True},
            {"fields": ["external"], "unique": True, "sparse": True},
        ],
    }


class PlainMember(EmbeddedDocument):
    """A user's place in an organisation."""

    user = StringField(required=True)
    role = StringField(choices=ROLES, default="editor")


class PlainOrganization(DurableDocument):
    """Users who hold applications together."""

    id = StringField(primary_key=True, default=_new_id)
    name = StringField(required=True)
    members = EmbeddedDocumentListField(PlainMember)
    created_at = DateTimeField(default=now)

    meta = {
        "collection": "mediadb_organization",
        "indexes": ["members.user", {"fields": ["name"], "unique": True}],
    }


class ApiKey(DurableDocument):
    """An X-API-KEY; only its hash is stored. `prefix`: its first characters, to tell keys apart."""

    id = StringField(primary_key=True, default=_new_id)
    user = StringField(required=True)
    name = StringField(default="")
    prefix = StringField(required=True)
    hash = StringField(required=True)
    limits = EmbeddedDocumentField(KeyLimits)
    created_at = DateTimeField(default=now)
    used_at = DateTimeField()
    revoked_at = DateTimeField()

    meta = {
        "collection": "mediadb_api_key",
        "indexes": ["user", {"fields": ["hash"], "unique": True}],
    }
