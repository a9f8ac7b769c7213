"""A bearer token -> who sent it: tokens of our own issuer, and of outside OpenID providers."""

import json
from typing import Any

from flask import current_app
from joserfc import jws, jwt
from joserfc.errors import JoseError

from ..errors import Unauthenticated
from .accounts import current_accounts
from .claims import CLIENT_ID, CLOCK_LEEWAY_S, REFUSED
from .keyring import current_keyring
from .principal import Principal
from .provider import current_providers
from .sessions import is_open
from .signing import ALGORITHM, public_key


def token_principal(token: str) -> Principal:
    """The user whom a JWT names; Unauthenticated for every token that is not good now.

    Unavailable where the provider's keys cannot be had.
    """
    header, claims = _unverified(token)
    configured = current_app.config["MEDIADB_OPENID_PROVIDERS"]
    provider = current_providers().find(configured, claims.get("iss"))
    if provider is None:
        return _own(token, header)
    principal = current_accounts().external_user(provider.identify(token, header))
    if principal is None:
        raise Unauthenticated("The user of this token has no account here.")
    return principal


def _own(token: str, header: dict[str, Any]) -> Principal:
    key = public_key(header.get("kid"), current_keyring())
    if key is None:
        raise Unauthenticated(REFUSED)
    registry = jwt.JWTClaimsRegistry(
        leeway=CLOCK_LEEWAY_S,
        exp={"essential": True},
        sub={"essential": True},
        azp={"essential": True, "value": CLIENT_ID},
        typ={"essential": True, "value": "Bearer"},
        sid={"essential": True},
    )
    try:
        claims = jwt.decode(token, key, algorithms=[ALGORITHM]).claims
        registry.validate(claims)
    except (JoseError, ValueError, TypeError) as exc:
        raise Unauthenticated(REFUSED) from exc
    if not is_open(str(claims["sid"])):
        raise Unauthenticated("The session of this token has been ended.")
    principal = current_accounts().principal(str(claims["sub"]))
    if principal is None:
        raise Unauthenticated("The user of this token is gone.")
    return principal


def _unverified(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims, only to find the key; nothing of them is believed."""
    try:
        parts = jws.extract_compact(token.encode())
        header, claims = parts.headers(), json.loads(parts.payload)
    except (JoseError, ValueError, RecursionError) as exc:
        raise Unauthenticated(REFUSED) from exc
    if not isinstance(header, dict) or not isinstance(claims, dict):
        raise Unauthenticated(REFUSED)
    return header, claims
