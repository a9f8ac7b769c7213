"""The `api-key` header: which application it names, and with which of its two keys."""

import hmac
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from ..application.models import Application
from ..authentication.credentials import APPLICATION_KEY_HEADER, refuse_placeholder
from ..crypto.keyring import Keyring
from ..crypto.keys import key_hashes
from ..errors import Unauthenticated
from ..mongo.clock import now, utc

KeyKind = Literal["public", "private"]
KEY_MAX_CHARACTERS = 256
_PUBLIC = re.compile(r"[0-9a-f]{32}")

# The last use is written at most once in this time, so that a request costs no write.
USE_RESOLUTION = timedelta(minutes=5)


@dataclass(frozen=True)
class ApplicationKey:
    """An application, named by its public or its private key."""

    application: Application
    kind: KeyKind


def find_key(value: str, keyring: Keyring) -> ApplicationKey:
    """The application and kind of this key; Unauthenticated for unknown and ended ones."""
    value = value.strip()
    refuse_placeholder(value, APPLICATION_KEY_HEADER, "key")
    if not value or len(value) > KEY_MAX_CHARACTERS:
        raise Unauthenticated(_UNKNOWN)
    hashes = key_hashes(value, keyring)
    wanted: list[dict[str, object]] = [
        {"private_key_hash": {"$in": hashes}},
        {"retired_keys.hash": {"$in": hashes}},
    ]
    if _PUBLIC.fullmatch(value):  # a private key is in no query, and so in no log of a database
        wanted.append({"public_key": value})
    application = Application.objects(__raw__={"$or": wanted}).first()
    if application is None:
        raise Unauthenticated(_UNKNOWN)
    kind = _kind_of(application, value, hashes)
    _rehash(application, hashes)
    _note_use(application, kind)
    return ApplicationKey(application, kind)


_UNKNOWN = "Unknown api-key."


def _kind_of(application: Application, value: str, hashes: list[str]) -> KeyKind:
    if hmac.compare_digest(value.encode(), application.public_key.encode()):
        return "public"
    if (application.private_key_hash or "") in hashes:
        return "private"
    for retired in application.retired_keys:
        if retired.hash in hashes and utc(retired.ends_at) > now():
            return "public" if retired.kind == "public" else "private"
    raise Unauthenticated("This api-key has been revoked.")


def _rehash(application: Application, hashes: list[str]) -> None:
    """What a former secret found is found by the newest from now on."""
    newest, *former = hashes
    for held in {application.private_key_hash}.intersection(former):
        application.modify({"private_key_hash": held}, private_key_hash=newest)
    for held in {key.hash for key in application.retired_keys}.intersection(former):
        application.modify({"retired_keys__hash": held}, set__retired_keys__S__hash=newest)


def _note_use(application: Application, kind: KeyKind) -> None:
    field = f"{kind}_key_used_at"
    used, known = now(), getattr(application, field)
    if known is None or used - utc(known) > USE_RESOLUTION:
        Application.objects(id=application.id).update_one(**{f"set__{field}": used})
