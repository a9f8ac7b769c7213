"""The `api-key` header: which application it names, and with which of its two keys."""

import hmac
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from ..application.models import Application
from ..authentication.credentials import APPLICATION_KEY_HEADER, refuse_placeholder
from ..authentication.key_limits import KeyLimits
from ..crypto.keyring import Keyring
from ..crypto.keys import key_hashes
from ..errors import Unauthenticated
from ..mongo.clock import now, utc

KeyKind = Literal["public", "private", "named"]
KEY_MAX_CHARACTERS = 256
_PUBLIC = re.compile(r"[0-9a-f]{32}")

# The last use is written at most once in this time, so that a request costs no write.
USE_RESOLUTION = timedelta(minutes=5)


@dataclass(frozen=True)
class ApplicationKey:
    """An application, named by one of its keys. `id`: as the list of its keys has it.

    `limits`: None where there are none.
    """

    application: Application
    kind: KeyKind
    id: str
    limits: KeyLimits | None = None

    @property
    def is_sufficient(self) -> bool:
        """Whether it needs no user beside it."""
        return self.kind == "named" or (
            self.kind == "private" and bool(self.application.private_key_alone)
        )


def find_key(value: str, keyring: Keyring) -> ApplicationKey:
    """The application and kind of this key; Unauthenticated for unknown and revoked ones."""
    value = value.strip()
    refuse_placeholder(value, APPLICATION_KEY_HEADER, "key")
    if not value or len(value) > KEY_MAX_CHARACTERS:
        raise Unauthenticated(_UNKNOWN)
    hashes = key_hashes(value, keyring)
    wanted: list[dict[str, object]] = [
        {"private_key_hash": {"$in": hashes}},
        {"retired_keys.hash": {"$in": hashes}},
        {"named_keys.hash": {"$in": hashes}},
    ]
    if _PUBLIC.fullmatch(value):  # a private key is in no query, and so in no log of a database
        wanted.append({"public_key": value})
    application = Application.objects(__raw__={"$or": wanted}).first()
    if application is None:
        raise Unauthenticated(_UNKNOWN)
    key = _key_of(application, value, hashes)
    _rehash(application, hashes)
    return key


_UNKNOWN = "Unknown api-key."


def _key_of(application: Application, value: str, hashes: list[str]) -> ApplicationKey:
    if hmac.compare_digest(value.encode(), application.public_key.encode()):
        return ApplicationKey(application, "public", "public", application.public_key_limits)
    if (application.private_key_hash or "") in hashes:
        return ApplicationKey(application, "private", "private", application.private_key_limits)
    for named in application.named_keys:
        if named.hash in hashes:
            return ApplicationKey(application, "named", named.id, named.limits)
    for retired in application.retired_keys:
        if retired.hash in hashes and utc(retired.ends_at) > now():
            return ApplicationKey(application, retired.kind, retired.id, retired.limits)
    raise Unauthenticated("This api-key has been revoked.")


def _rehash(application: Application, hashes: list[str]) -> None:
    """What a former secret found is found by the newest from now on."""
    newest, *former = hashes
    for held in {application.private_key_hash}.intersection(former):
        application.modify({"private_key_hash": held}, private_key_hash=newest)
    for field in ("retired_keys", "named_keys"):
        for held in {key.hash for key in getattr(application, field)}.intersection(former):
            application.modify({f"{field}__hash": held}, **{f"set__{field}__S__hash": newest})


def note_use(key: ApplicationKey) -> None:
    """Remember that the key was used now, unless that is remembered already."""
    application, used = key.application, now()
    named = next((one for one in application.named_keys if one.id == key.id), None)
    known = named.used_at if named else getattr(application, f"{key.kind}_key_used_at", None)
    if known is not None and used - utc(known) <= USE_RESOLUTION:
        return
    if named is not None:
        held = Application.objects(id=application.id, named_keys__id=named.id)
        held.update_one(set__named_keys__S__used_at=used)
    else:
        Application.objects(id=application.id).update_one(**{f"set__{key.kind}_key_used_at": used})
