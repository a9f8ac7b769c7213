"""Further keys of an application, each for one purpose, with limits of its own."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from ..authentication.audit import record
from ..authentication.credentials import NAMED_KEY_PREFIX
from ..authentication.key_limits import KeyLimits, changed_limits
from ..crypto.keyring import Keyring
from ..crypto.keys import key_hash, new_key
from ..errors import Conflict, InvalidFields, NotFound
from ..mongo.clock import now
from ..mongo.documents import durable
from .models import KEY_KINDS, NAMED, Application, NamedKey, RetiredKey

NAMED_KEYS_MAX = 100  # of one application; they are in its document, which every request reads
USUAL_SCOPES = ("search", "read")  # the least that a key is of use for


def add_named_key(
    application: Application, properties: Mapping[str, Any], keyring: Keyring
) -> tuple[NamedKey, str]:
    """A new key with the limits that `properties` say, and what it is: only its hash is kept.

    Raises InvalidFields for bad limits, Conflict where there are too many.
    """
    limits = changed_limits(KeyLimits(scopes=list(USUAL_SCOPES)), properties)
    if limits is None or not limits.scopes:
        raise InvalidFields({"scopes": "a named key has some"})
    key = new_key(NAMED_KEY_PREFIX)
    named = NamedKey(id=uuid4().hex, hash=key_hash(key, keyring), limits=limits, since=now())
    has_room = {"_id": application.id, f"named_keys.{NAMED_KEYS_MAX - 1}": {"$exists": False}}
    pushed = {"$push": {"named_keys": named.to_mongo()}, "$set": {"updated_at": now()}}
    if not durable(Application).update_one(has_room, pushed).matched_count:
        raise Conflict(f"An application has at most {NAMED_KEYS_MAX} named keys: revoke some.")
    application.reload()
    record("make-named-key", application.id)
    return named, key


def change_limits(application: Application, identifier: str, properties: Mapping[str, Any]) -> None:
    """Change the limits of a key that is in use: `public`, `private`, or the id of a named one.

    Raises NotFound for no such key, InvalidFields for bad limits.
    """
    documents = durable(Application)
    if identifier in KEY_KINDS:
        held = f"{identifier}_key_limits"
        limits = changed_limits(getattr(application, held), properties)
        where: dict[str, Any] = {"_id": application.id}
        change = {"$set": {held: limits.to_mongo()}} if limits else {"$unset": {held: ""}}
    else:
        named = find_named_key(application, identifier)
        limits = changed_limits(named.limits, properties)
        if limits is None or not limits.scopes:
            raise InvalidFields({"scopes": "a named key has some"})
        where = {"_id": application.id, "named_keys.id": named.id}
        change = {"$set": {"named_keys.$.limits": limits.to_mongo()}}
    if not documents.update_one(where, change).matched_count:
        raise _no_key(identifier)
    application.reload()
    record("limit-key", application.id)


def retire_named_key(application: Application, identifier: str) -> bool:
    """End this named key at once; it is recognised afterwards. False where there is none."""
    named = next((key for key in application.named_keys if key.id == identifier), None)
    if named is None:
        return False
    retired = RetiredKey(id=named.id, kind=NAMED, hash=named.hash, ends_at=now())
    changes = {
        "$pull": {"named_keys": {"id": named.id}},
        "$push": {"retired_keys": retired.to_mongo()},
    }
    held = {"_id": application.id, "named_keys.id": named.id}  # once, of two at the same moment
    durable(Application).update_one(held, changes)
    application.reload()
    return True


def find_named_key(application: Application, identifier: str) -> NamedKey:
    """The named key of this id; NotFound."""
    for key in application.named_keys:
        if key.id == identifier:
            return key
    raise _no_key(identifier)


def _no_key(identifier: str) -> NotFound:
    return NotFound(f"There is no key {identifier!r:.60}.")
