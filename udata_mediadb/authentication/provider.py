"""Tokens of outside OpenID providers, such as Keycloak: whom they name, if they are for us."""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app
from joserfc import jwt
from joserfc.errors import JoseError

from ..errors import MediaDBError, Unauthenticated
from .claims import CLIENT_ID, CLOCK_LEEWAY_S, REFUSED
from .jwks import ProviderKeys
from .principal import ExternalIdentity

ALGORITHMS = ["RS256", "ES256"]
ACCESS_HEADER_TYPES = ("at+jwt", "application/at+jwt")  # RFC 9068, 2.1
NAMES = ("name", "preferred_username", "email")
ROLES = ("admin", "editor", "partial_editor")


@dataclass(frozen=True)
class ProviderSettings:
    """One entry of MEDIADB_OPENID_PROVIDERS.

    `audiences`: what `azp`, `client_id` or `aud` must hold. `groups_claim`: a path with dots.
    `link_email`: a user of the portal with the same, verified email is the same person.
    """

    issuer: str
    audiences: tuple[str, ...] = (CLIENT_ID,)
    groups_claim: str = "groups"
    group_role: str = "editor"
    link_email: bool = False


class Provider:
    """One issuer whose tokens count here."""

    def __init__(self, settings: ProviderSettings) -> None:
        self._settings = settings
        self._keys = ProviderKeys(settings.issuer)
        self._registry = jwt.JWTClaimsRegistry(
            leeway=CLOCK_LEEWAY_S,
            iss={"essential": True, "value": settings.issuer},
            exp={"essential": True},
            sub={"essential": True},
        )

    def identify(self, token: str, header: Mapping[str, Any]) -> ExternalIdentity:
        """Whom this access token names; Unauthenticated for one that is bad or not for us."""
        if header.get("alg") not in ALGORITHMS:
            raise Unauthenticated(REFUSED)
        key = self._keys.find(header.get("kid"))
        if key is None:
            raise Unauthenticated(REFUSED)
        try:
            claims = jwt.decode(token, key, algorithms=ALGORITHMS).claims
            self._registry.validate(claims)
        except (JoseError, ValueError, TypeError) as exc:
            raise Unauthenticated(REFUSED) from exc
        if not is_access_token(header, claims):
            raise Unauthenticated("This is no access token.")
        if not self._is_for_us(claims):
            raise Unauthenticated("This token is for another client.")
        return self._identity(claims)

    def _is_for_us(self, claims: Mapping[str, Any]) -> bool:
        named = [claims.get("azp"), claims.get("client_id"), *_listed(claims.get("aud"))]
        return any(audience in named for audience in self._settings.audiences)

    def _identity(self, claims: Mapping[str, Any]) -> ExternalIdentity:
        subject = str(claims["sub"])
        email = claims.get("email") if claims.get("email_verified") is True else None
        names = (claims[n] for n in NAMES if isinstance(claims.get(n), str) and claims[n].strip())
        groups = _listed(_at(claims, self._settings.groups_claim))
        return ExternalIdentity(
            issuer=self._settings.issuer,
            subject=subject,
            name=next(names, subject),
            email=email if self._settings.link_email and isinstance(email, str) else None,
            groups=tuple(_group(g, self._settings.group_role) for g in groups),
        )


class Providers:
    """The providers of one app, made when first asked for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: dict[ProviderSettings, Provider] = {}

    def find(self, configured: Iterable[Mapping[str, Any]], issuer: object) -> Provider | None:
        """The provider of this issuer among the configured ones; None for any other issuer."""
        for entry in configured:
            if entry.get("issuer") == issuer:
                return self._get(_settings(entry))
        return None

    def _get(self, settings: ProviderSettings) -> Provider:
        with self._lock:
            if settings not in self._made:
                self._made[settings] = Provider(settings)
            return self._made[settings]


def is_access_token(header: Mapping[str, Any], claims: Mapping[str, Any]) -> bool:
    """Whether this is an access token, not an ID, refresh or logout token.

    Keycloak names the type in the claim `typ`, RFC 9068 in the header; without either, only access
    tokens have a scope (`scp` at Azure) and only ID tokens a nonce or at_hash (OpenID Core, 2).
    """
    if "typ" in claims:
        return bool(claims["typ"] == "Bearer")
    if str(header.get("typ", "")).lower() in ACCESS_HEADER_TYPES:
        return True
    return bool({"scope", "scp"} & set(claims)) and not {"nonce", "at_hash"} & set(claims)


def _settings(entry: Mapping[str, Any]) -> ProviderSettings:
    values = dict(entry)
    if "audiences" in values:
        values["audiences"] = tuple(values["audiences"])
    try:
        return ProviderSettings(**values)
    except TypeError as exc:
        raise MediaDBError(f"MEDIADB_OPENID_PROVIDERS: {exc}") from exc


def _at(claims: Mapping[str, Any], path: str) -> Any:
    """The value at a path; a claim whose own name has dots is found first."""
    if path in claims:
        return claims[path]
    value: Any = claims
    for part in path.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _listed(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [item for item in values if isinstance(item, str) and item]


def _group(text: str, role: str) -> tuple[str, str]:
    """`/museum/admin` is the role admin in museum, `museum` the usual role there."""
    name, _, last = text.strip("/").rpartition("/")
    return (name, last) if name and last in ROLES else (text.strip("/"), role)


def current_providers() -> Providers:
    """Those of the current app."""
    found: Providers = current_app.extensions["mediadb"].providers
    return found
