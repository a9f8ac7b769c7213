"""The portal's secrets, from which every key hash, seal and signature is derived."""

from collections.abc import Mapping
from typing import Any

from flask import current_app

from ..crypto.keyring import Keyring
from ..errors import Misconfigured

_OURS, _FLASKS = "MEDIADB_SECRET", "SECRET_KEY"


def current_keyring() -> Keyring:
    """The secrets of the current app."""
    return keyring_of(current_app.config)


def keyring_of(config: Mapping[str, Any]) -> Keyring:
    """`MEDIADB_SECRET`, else the `SECRET_KEY`, each with its fallbacks; Misconfigured without.

    `SECRET_KEY_FALLBACKS` is Flask's own name, and as there the latest comes first.
    """
    if config.get(f"{_OURS}_FALLBACKS") and not config.get(_OURS):
        raise Misconfigured(f"{_OURS}_FALLBACKS is set, and {_OURS} is not: set both or none.")
    for name in (_OURS, _FLASKS):
        if secret := _text(name, config.get(name)):
            return Keyring(secret, _fallbacks(f"{name}_FALLBACKS", config))
    raise Misconfigured(
        "The media library needs a secret: set SECRET_KEY or MEDIADB_SECRET to a long random "
        "text before init_app, the same for all workers and at every start. This makes one: "
        "python -c 'import secrets; print(secrets.token_urlsafe(48))'"
    )


def _fallbacks(name: str, config: Mapping[str, Any]) -> tuple[str, ...]:
    given = config.get(name) or ()
    if not isinstance(given, list | tuple):
        raise Misconfigured(f"{name} is a list of former secrets, the latest first.")
    former = tuple(_text(name, one) for one in given)
    if not all(former):
        raise Misconfigured(f"{name} holds an empty secret: take it out.")
    return former


def _text(name: str, secret: object) -> str:
    """The secret as text; empty where there is none."""
    if secret is None:
        return ""
    text = secret.decode("latin-1") if isinstance(secret, bytes) else secret
    if not isinstance(text, str):
        raise Misconfigured(f"{name}: a secret is text.")
    return text if text.strip() else ""
