"""Showing a private key to its owner again, where the portal allows it (MEDIADB_APIKEY_REVEAL)."""

from flask import current_app

from ..authentication.audit import record
from ..crypto.keys import unseal
from .models import Application


def reveal_private_key(application: Application, secret: str) -> str | None:
    """The private key, for its owner: the caller has checked that. Noted in the audit record.

    None where there is no key, or where keys are shown only once (MEDIADB_APIKEY_REVEAL).
    """
    if not are_keys_readable() or not application.private_key_sealed:
        return None
    key = unseal(application.private_key_sealed, secret, application.id)
    record("reveal-private-key", application.id)
    return key


def are_keys_readable() -> bool:
    """Whether owners may be shown private keys again (MEDIADB_APIKEY_REVEAL)."""
    return bool(current_app.config["MEDIADB_APIKEY_REVEAL"] == "owner")
