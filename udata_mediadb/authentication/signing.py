"""The keys that sign the embedded issuer's tokens: in MongoDB, private parts sealed."""

import json
import logging
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

from ..crypto.keyring import Keyring
from ..crypto.seals import is_newest, seal, unseal
from ..errors import Unavailable
from ..mongo.clock import now
from ..mongo.documents import DurableDocument

ALGORITHM = "RS256"  # what every client library can verify, and what Keycloak uses by default
log = logging.getLogger(__name__)

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


def signing_key(keyring: Keyring, *, honour_s: int) -> RSAKey:
    """The key that signs, with its `kid`; made by whichever worker needs one first.

    One that no secret opens any more is replaced. Workers that can open it, which have not been
    restarted with the new secrets yet, honour it for `honour_s` more.
    """
    record = SigningKey.objects(active=True).first() or _activate_new(keyring)
    private = unseal(record.sealed, keyring, record.id)
    if private is None:
        log.warning("The signing key %s was sealed under a secret that is gone", record.id)
        record = rotate(keyring, honour_s=honour_s)
        private = unseal(record.sealed, keyring, record.id)
    if private is None:
        raise Unavailable("Workers of this portal have different secrets: none can sign.")
    renew_seal(record, private, keyring)
    return RSAKey.import_key(json.loads(private))


def renew_seal(record: SigningKey, private: str, keyring: Keyring) -> bool:
    """Seal the private part under the newest secret, if it is not; whether it was renewed."""
    if is_newest(record.sealed, keyring, record.id):
        return False
    renewed = seal(private, keyring, record.id)
    unchanged = SigningKey.objects(id=record.id, sealed=record.sealed)
    return bool(unchanged.update_one(set__sealed=renewed))


def public_key(kid: object, keyring: Keyring) -> RSAKey | None:
    """The public half of an honoured key, None for no such key."""
    if not isinstance(kid, str):
        return None
    record = _honoured(id=kid).first()
    if record is None or unseal(record.sealed, keyring, record.id) is None:
        return None
    return RSAKey.import_key(dict(record.public))


def public_keys(keyring: Keyring) -> dict[str, Any]:
    """The JWKS (RFC 7517, 5) of all honoured keys, newest first.

    What was sealed under a secret that is gone is honoured no more: its thief may have read it.
    """
    records = _honoured().order_by("-created_at")
    good = [r for r in records if unseal(r.sealed, keyring, r.id) is not None]
    return dict(KeySet([RSAKey.import_key(dict(r.public)) for r in good]).as_dict())


def rotate(keyring: Keyring, *, honour_s: int) -> SigningKey:
    """Sign with a new key from now on; tokens of the old one are honoured for `honour_s` more.

    A crash half-way leaves no active key, and the next signature makes one.
    """
    ends = now() + timedelta(seconds=honour_s)
    SigningKey.objects(active=True).update(unset__active=True, set__honoured_until=ends)
    return _activate_new(keyring)


def _activate_new(keyring: Keyring) -> SigningKey:
    kid = uuid4().hex
    key = RSAKey.generate_key(KEY_BITS, {"kid": kid, "use": "sig", "alg": ALGORITHM})
    record = SigningKey(
        id=kid,
        public=key.as_dict(private=False),
        sealed=seal(json.dumps(key.as_dict(private=True)), keyring, kid),
        active=True,
    )
    try:
        return record.save(force_insert=True)
    except NotUniqueError:  # another worker was faster
        return SigningKey.objects.get(active=True)


def _honoured(**query: Any) -> Any:
    honoured = {"$or": [{"active": True}, {"honoured_until": {"$gt": now()}}]}
    return SigningKey.objects(__raw__=honoured).filter(**query)
