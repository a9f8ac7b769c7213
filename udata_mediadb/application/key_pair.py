"""Rotating and revoking the key pair of an application."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from ..authentication.audit import record
from ..authentication.key_limits import KeyLimits
from ..crypto.keyring import Keyring
from ..crypto.keys import key_hash, new_key, new_public_key
from ..crypto.seals import is_newest, seal
from ..errors import Conflict, InvalidFields, NotFound
from ..mongo.clock import now, utc
from .arguments import GRACE_MAX_S
from .models import KEY_KINDS, Application, RetiredKey
from .named_keys import retire_named_key

PRIVATE_KEY_PREFIX = "mdp_"
RETIRED_KEPT = 20  # so many are told apart from keys that never were


def give_private_key(application: Application, keyring: Keyring, *, readable: bool = True) -> str:
    """Set a new private key on the document (not saved here) and give it.

    `readable`: sealed, so that its owner can be shown it again.
    """
    key = new_key(PRIVATE_KEY_PREFIX)
    application.private_key_hash = key_hash(key, keyring)
    application.private_key_sealed = seal(key, keyring, application.id) if readable else None
    application.private_key_since = now()
    return key


def renew_private_key(application: Application, key: str, keyring: Keyring) -> bool:
    """Hash and seal this key, which is the application's, under the newest secret.

    Whether there was something to renew: nothing is written otherwise.
    """
    held = {"private_key_hash": application.private_key_hash}
    held["private_key_sealed"] = application.private_key_sealed
    hashed = key_hash(key, keyring)
    if hashed == held["private_key_hash"] and is_newest(
        application.private_key_sealed, keyring, application.id
    ):
        return False
    renewed = seal(key, keyring, application.id)
    return bool(application.modify(held, private_key_hash=hashed, private_key_sealed=renewed))


def rotate_key(
    application: Application,
    kind: str,
    keyring: Keyring,
    *,
    grace_s: int,
    readable: bool = True,
    limits: KeyLimits | None = None,
) -> str:
    """A new key in place of the old one, which stays good for `grace_s` more; 0 ends it at once.

    `limits`: of the new one; those of the old one stay the old one's.
    Raises InvalidFields for an unknown kind, Conflict where another rotation was faster.
    """
    if kind not in KEY_KINDS:
        raise InvalidFields({"kind": f"one of {', '.join(KEY_KINDS)}"})
    if not 0 <= grace_s <= GRACE_MAX_S:
        raise InvalidFields({"grace_s": f"0 to {GRACE_MAX_S} seconds"})
    before = _current(application, kind)
    retired = _retired(application, kind, keyring, now() + timedelta(seconds=grace_s))
    if kind == "private":
        key = give_private_key(application, keyring, readable=readable)
        fields = ["private_key_hash", "private_key_sealed", "private_key_since"]
    else:
        key = application.public_key = new_public_key()
        application.public_key_since = now()
        fields = ["public_key", "public_key_since"]
    changes = {f"set__{field}": getattr(application, field) for field in fields}
    changes[f"set__{kind}_key_limits"] = limits
    _replace(application, before, {**changes, f"unset__{kind}_key_used_at": True}, retired)
    record(f"rotate-{kind}-key", application.id)
    return key


def revoke_key(application: Application, identifier: str, keyring: Keyring) -> None:
    """End a key at once: `private`, or the id of a named one or of one in its time of grace.

    The public key has no end of its own: it is in links and pages, so it is rotated. Raises
    NotFound for no such key.
    """
    if identifier == "public":
        raise Conflict("An application always has a public key: rotate it with a grace_s of 0.")
    if identifier == "private":
        retired = _retired(application, "private", keyring, now())
        if retired is None:
            raise NotFound("The application has no private key.")
        parts = ("hash", "sealed", "used_at", "limits")
        gone = {f"unset__private_key_{name}": True for name in parts}
        _replace(application, _current(application, "private"), gone, retired)
    else:
        if retire_named_key(application, identifier):
            _forget_oldest(application)
            record("revoke-key", application.id)
            return
        is_good = {"$elemMatch": {"id": identifier, "ends_at": {"$gt": now()}}}
        found = Application.objects(id=application.id, __raw__={"retired_keys": is_good})
        if not found.update_one(__raw__={"$set": {"retired_keys.$.ends_at": now()}}):
            raise NotFound(f"There is no key {identifier!r:.60}.")
        application.reload()
    record("revoke-key", application.id)


def _current(application: Application, kind: str) -> dict[str, str | None]:
    field = "public_key" if kind == "public" else "private_key_hash"
    return {field: getattr(application, field)}


def _retired(
    application: Application, kind: str, keyring: Keyring, ends_at: datetime
) -> RetiredKey | None:
    """What remains of the present key, None where there is none."""
    hashed = application.private_key_hash
    if kind == "public":
        hashed = key_hash(application.public_key, keyring)
    limits = getattr(application, f"{kind}_key_limits")
    return RetiredKey(kind=kind, hash=hashed, ends_at=ends_at, limits=limits) if hashed else None


def _replace(
    application: Application,
    before: dict[str, str | None],
    changes: Mapping[str, object],
    retired: RetiredKey | None,
) -> None:
    """One atomic step: the new key, and the old one in the list of retired ones."""
    document = Application.objects(id=application.id, **before)
    if retired:  # pushed, not written as a list: the other kind may be rotated at this moment
        changes = {**changes, "push__retired_keys": retired}
    if not document.update_one(**changes, set__updated_at=now()):
        raise Conflict("The key has just been changed by someone else. Look again.")
    application.reload()
    _forget_oldest(application)


def _forget_oldest(application: Application) -> None:
    """Keep all that are in their grace, and the latest of the others."""
    older = list(application.retired_keys)[:-RETIRED_KEPT]
    ended = [key.id for key in older if utc(key.ends_at) <= now()]
    if ended:
        Application.objects(id=application.id).update_one(
            __raw__={"$pull": {"retired_keys": {"id": {"$in": ended}}}}
        )
        application.reload()
