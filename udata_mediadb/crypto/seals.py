"""Sealing keys that an owner may read again: Fernet, under any of the portal's secrets.

A seal is bound to what it belongs to: each owner's is made with a key of its own.
"""

import base64
from binascii import Error as Base64Error

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .keyring import Keyring

PURPOSE = "key-seal"
START = "gAAAA"  # of every Fernet token: the version 0x80, and the zeros before its time
_FORMER_NONCE_BYTES = 12  # NIST SP 800-38D, 8.2.1


def seal(text: str, keyring: Keyring, owner_id: str) -> str:
    """Text that only `unseal` with this secret and owner id opens."""
    return _newest(keyring, owner_id).encrypt(text.encode()).decode()


def unseal(sealed: str, keyring: Keyring, owner_id: str) -> str | None:
    """What was sealed; None where no secret of these opens it, or it was tampered with."""
    try:
        return MultiFernet(_fernets(keyring, owner_id)).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return _unseal_former(sealed, keyring, owner_id)


def is_newest(sealed: str, keyring: Keyring, owner_id: str) -> bool:
    """Whether the newest secret alone opens it: nothing is to be renewed."""
    try:
        _newest(keyring, owner_id).decrypt(sealed.encode())
    except InvalidToken:
        return False
    return True


def _newest(keyring: Keyring, owner_id: str) -> Fernet:
    return _fernets(keyring, owner_id)[0]


def _fernets(keyring: Keyring, owner_id: str) -> list[Fernet]:
    derived = keyring.derived(f"{PURPOSE} {owner_id}")
    return [Fernet(base64.urlsafe_b64encode(key)) for key in derived]


def _unseal_former(sealed: str, keyring: Keyring, owner_id: str) -> str | None:
    """The form of version 0.1: AES-256-GCM with the owner id beside it. Migration 0003 ends it."""
    try:
        raw = base64.urlsafe_b64decode(sealed)
    except (Base64Error, ValueError):
        return None
    nonce, content = raw[:_FORMER_NONCE_BYTES], raw[_FORMER_NONCE_BYTES:]
    for key in keyring.derived(PURPOSE):
        try:
            return AESGCM(key).decrypt(nonce, content, owner_id.encode()).decode()
        except (InvalidTag, ValueError):  # ValueError: too short for a nonce
            continue
    return None
