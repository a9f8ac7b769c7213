"""Signing what a client carries and brings back: links and refresh tokens, by itsdangerous.

Signatures of any of the portal's secrets are good, so that a secret can be exchanged.
"""

import hashlib
from typing import Any

from itsdangerous import BadData, Signer, URLSafeSerializer

from .keyring import Keyring


def sign(message: str, keyring: Keyring, purpose: str) -> str:
    """The signature of a message that is sent beside it, safe in a URL."""
    return _signer(keyring, purpose).get_signature(message).decode()


def is_signature(signature: str, message: str, keyring: Keyring, purpose: str) -> bool:
    """Whether `sign` made it of this message for this purpose."""
    return _signer(keyring, purpose).verify_signature(message, signature)


def dump_signed(value: Any, keyring: Keyring, purpose: str) -> str:
    """A JSON value with its signature as one text; it can be read by whoever holds it."""
    text = _serializer(keyring, purpose).dumps(value)
    return text if isinstance(text, str) else text.decode()


def load_signed(text: str, keyring: Keyring, purpose: str) -> Any:
    """The value that `dump_signed` made into this text; None for any other text."""
    try:
        return _serializer(keyring, purpose).loads(text)
    except BadData:
        return None


def _signer(keyring: Keyring, purpose: str) -> Signer:
    return Signer(
        keyring.oldest_first(),
        salt=_salt(purpose),
        key_derivation="hmac",
        digest_method=hashlib.sha256,
    )


def _serializer(keyring: Keyring, purpose: str) -> URLSafeSerializer:
    method = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
    return URLSafeSerializer(keyring.oldest_first(), salt=_salt(purpose), signer_kwargs=method)


def _salt(purpose: str) -> str:
    return f"udata-mediadb {purpose}"
