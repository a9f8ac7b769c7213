"""Bringing what is sealed or hashed under a former secret under the newest one.

What has been used since the secret changed is there already; this is for the rest, before the
former secret goes. X-API-KEYs are not among it: only a hash is stored, so they wait for their use.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain

from ..application.key_pair import renew_private_key
from ..application.models import Application
from ..authentication.signing import SigningKey, renew_seal
from ..crypto.keyring import Keyring
from ..crypto.seals import START, unseal
from ..search.watches.making import renew_secret
from ..search.watches.models import Watch

Advance = Callable[[int], None]
_FORMER_FORM = {"$type": "string", "$not": {"$regex": f"^{START}"}}


@dataclass
class Renewal:
    """How many keys were sealed anew, and how many no secret opens any more."""

    renewed: int = 0
    lost: int = 0


def renew_seals(keyring: Keyring, advance: Advance = lambda _: None) -> Renewal:
    """Seal every stored key under the newest secret; may be cut off and run again."""
    done = Renewal()
    applications = Application.objects(private_key_sealed__ne=None).no_cache()
    kept = ((a, a.private_key_sealed, renew_private_key) for a in applications)
    signing = ((key, key.sealed, renew_seal) for key in SigningKey.objects.no_cache())
    watches = ((one, one.secret, renew_secret) for one in Watch.objects(secret__ne=None).no_cache())
    for document, sealed, renew in chain(kept, signing, watches):
        text = unseal(sealed, keyring, document.id)
        changed = text is not None and renew(document, text, keyring)
        done.renewed += changed
        done.lost += text is None
        advance(int(changed))
    return done


def holds_former_seals() -> bool:
    """Whether a key is sealed in the form of version 0.1."""
    return bool(
        Application.objects(__raw__={"private_key_sealed": _FORMER_FORM}).first()
        or SigningKey.objects(__raw__={"sealed": _FORMER_FORM}).first()
    )
