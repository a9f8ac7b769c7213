"""Signing what a client carries and brings back: links and refresh tokens, by itsdangerous.

Signatures of any of the portal's secrets are good, so that a secret can be exchanged.
"""

import hashlib
from collections.abc import Iterable
from typing import Any

from itsdangerous import BadData, Signer, URLSafeSerializer, base64_encode

from .keyring import Keyring


def sign_all(messages: Iterable[str], keyring: Keyring, purpose: str) -> list[str]:
    """The signatures of messages that are sent beside them, safe in a URL."""
    signer = _signer(keyring, purpose)
    key = signer.derive_key()  # `Signer.get_signature` derives it for each, half of its time
    return [
        base64_encode(signer.algorithm.get_signature(key, message.encode())).decode()
        for message in messages
    ]


def is_signature(signature: str, message: str, keyring: Keyring, purpose: str) -> bool:
    """Whether `sign_all` made it of this message for this purpose."""
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
