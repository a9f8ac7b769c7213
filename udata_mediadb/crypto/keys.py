"""Keys: making them, and the keyed hashes that they are looked up by.

A leaked database names no key: it holds hashes under the portal's secret, and seals (see seals).
"""

import hashlib
import hmac
import secrets

from .keyring import Keyring

KEY_BYTES = 32


def new_key(prefix: str) -> str:
    """A key of 256 random bits, with a prefix that says what it is (`mdb_`)."""
    return prefix + secrets.token_urlsafe(KEY_BYTES)


def new_public_key() -> str:
    """32 hexadecimal digits, as in the LTU guide; an identifier, not a secret."""
    return secrets.token_hex(16)


def key_hash(key: str, keyring: Keyring) -> str:
    """HMAC-SHA256 in hexadecimal under the newest secret: what is stored."""
    return key_hashes(key, keyring)[0]


def key_hashes(key: str, keyring: Keyring) -> list[str]:
    """The hash under each secret, the newest first: what a stored one may be."""
    derived = keyring.derived("key-hash")
    return [hmac.new(one, key.encode(), hashlib.sha256).hexdigest() for one in derived]
