"""The keys that sign the embedded issuer's tokens: in MongoDB, private parts sealed."""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

from joserfc.jwk import KeySet, RSAKey
from mongoengine import (
    BooleanField,
    DateTimeField,
    DictField,
    NotUniqueError,
    StringField,
)

from ..crypto.keys import seal, unseal
from ..mongo.clock import now
from ..mongo.documents import DurableDocument

ALGORITHM = "RS256"  # what every client library can verify, and what Keycloak uses by default
KEY_BITS = 2048  # NIST SP 800-57: 112 bits of security


class SigningKey(DurableDocument):
    """A key pair. `active`: True for the only one that signs, absent for all others."""

    id = StringField(primary_key=True, default=lambda: uuid4().hex)
    public = DictField(required=True)
    sealed = StringField(required=True)
    active = BooleanField()
    created_at = DateTimeField(default=now)
    honoured_until = DateTimeField()

    meta = {
        "collection": "mediadb_signing_key",
        "indexes": [
            {"fields": ["active"], "unique": True, "sparse": True},
            {"fields": ["honoured_until"], "expireAfterSeconds": 0},
        ],
    }


def signing_key(secret: str) -> RSAKey:
    """The key that signs, with its `kid`; made by whichever worker needs one first."""
    record = SigningKey.objects(active=True).first() or _activate_new(secret)
    return RSAKey.import_key(json.loads(unseal(record.sealed, secret, record.id)))


def public_key(kid: object) -> RSAKey | None:
    """The public half of an honoured key, None for no such key."""
    if not isinstance(kid, str):
        return None
    record = _honoured(id=kid).first()
    return RSAKey.import_key(dict(record.public)) if record else None


def public_keys() -> dict[str, Any]:
    """The JWKS (RFC 7517, 5) of all honoured keys, newest first."""
    records = _honoured().order_by("-created_at")
    return dict(KeySet([RSAKey.import_key(dict(r.public)) for r in records]).as_dict())


def rotate(secret: str, *, honour_s: int) -> SigningKey:
    """Sign with a new key from now on; tokens of the old one are honoured for `honour_s` more.

    A crash half-way leaves no active key, and the next signature makes one.
    """
    ends = now() + timedelta(seconds=honour_s)
    SigningKey.objects(active=True).update(unset__active=True, set__honoured_until=ends)
    return _activate_new(secret)


def _activate_new(secret: str) -> SigningKey:
    kid = uuid4().hex
    key = RSAKey.generate_key(KEY_BITS, {"kid": kid, "use": "sig", "alg": ALGORITHM})
    record = SigningKey(
        id=kid,
        public=key.as_dict(private=False),
        sealed=seal(json.dumps(key.as_dict(private=True)), secret, kid),
        active=True,
    )
    try:
        return record.save(force_insert=True)
    except NotUniqueError:  # another worker was faster
        return SigningKey.objects.get(active=True)


def _honoured(**query: Any) -> Any:
    honoured = {"$or": [{"active": True}, {"honoured_until": {"$gt": now()}}]}
    return SigningKey.objects(__raw__=honoured).filter(**query)
