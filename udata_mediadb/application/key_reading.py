"""Showing a private key to its owner again, where the portal allows it (MEDIADB_APIKEY_REVEAL)."""

from flask import current_app

from ..authentication.audit import record
from ..crypto.keyring import Keyring
from ..crypto.seals import unseal
from .key_pair import renew_private_key
from .models import Application


def reveal_private_key(application: Application, keyring: Keyring) -> str | None:
    """The private key, for its owner: the caller has checked that. Noted in the audit record.

    None where there is no key, where keys are shown only once (MEDIADB_APIKEY_REVEAL), and where
    it was sealed under a secret that is gone.
    """
    if not are_keys_readable() or not application.private_key_sealed:
        return None
    key = unseal(application.private_key_sealed, keyring, application.id)
    if key is None:
        return None
    renew_private_key(application, key, keyring)
    record("reveal-private-key", application.id)
    return key


def are_keys_readable() -> bool:
    """Whether owners may be shown private keys again (MEDIADB_APIKEY_REVEAL)."""
    return bool(current_app.config["MEDIADB_APIKEY_REVEAL"] == "owner")
