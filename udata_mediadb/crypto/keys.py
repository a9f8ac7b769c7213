"""Keys: making, recognising, and sealing them.

A key is looked up by a keyed hash, so a leaked database names no key. Where an owner must be able
to read a key again it is also sealed with AES-256-GCM, bound to what it belongs to.
"""

import base64
import hashlib
import hmac
import os
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ..errors import MediaDBError

KEY_BYTES = 32
_NONCE_BYTES = 12  # NIST SP 800-38D, 8.2.1


def new_key(prefix: str) -> str:
    """A key of 256 random bits, with a prefix that says what it is (`mdb_`)."""
    return prefix + secrets.token_urlsafe(KEY_BYTES)


def new_public_key() -> str:
    """32 hexadecimal digits, as in the LTU guide; an identifier, not a secret."""
    return secrets.token_hex(16)


def key_hash(key: str, secret: str) -> str:
    """HMAC-SHA256 in hexadecimal, for lookup by equality."""
    return hmac.new(_derive(secret, "key-hash"), key.encode(), hashlib.sha256).hexdigest()


def seal(key: str, secret: str, owner_id: str) -> str:
    """The key as text that only `unseal` with the same secret and owner id opens."""
    nonce = os.urandom(_NONCE_BYTES)
    sealed = AESGCM(_derive(secret, "key-seal")).encrypt(nonce, key.encode(), owner_id.encode())
    return base64.urlsafe_b64encode(nonce + sealed).decode()


def unseal(sealed: str, secret: str, owner_id: str) -> str:
    """The key; MediaDBError where the secret changed or the text was tampered with."""
    raw = base64.urlsafe_b64decode(sealed)
    cipher = AESGCM(_derive(secret, "key-seal"))
    try:
        return cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], owner_id.encode()).decode()
    except InvalidTag as exc:
        raise MediaDBError(
            "A stored key cannot be opened: MEDIADB_SECRET (or SECRET_KEY) has changed. "
            "Put the old one back, or rotate the keys."
        ) from exc


def sign(message: str, secret: str, purpose: str) -> str:
    """A short signature of `message`, for links."""
    digest = hmac.new(_derive(secret, purpose), message.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:18]).decode()


def _derive(secret: str, purpose: str) -> bytes:
    """An own 256-bit key for each purpose, so that none can stand in for another."""
    return hmac.new(secret.encode(), f"udata-mediadb {purpose}".encode(), hashlib.sha256).digest()
