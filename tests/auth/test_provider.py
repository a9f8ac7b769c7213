"""Tokens of an outside provider: fifteen good and bad ones, and a provider that is slow, away or
lies."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from joserfc import jws, jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

from udata_mediadb.authentication.jwks import REFETCH_S
from udata_mediadb.authentication.principal import ExternalIdentity
from udata_mediadb.authentication.provider import Provider, ProviderSettings
from udata_mediadb.errors import MediaDBError, Unauthenticated, Unavailable

from ..scripted_server import Exchange, ScriptedServer, serve

RSA = RSAKey.generate_key(2048, {"kid": "rsa", "use": "sig", "alg": "RS256"})
EC = ECKey.generate_key("P-256", {"kid": "ec", "use": "sig", "alg": "ES256"})
STRANGE = RSAKey.generate_key(2048, {"kid": "strange", "use": "sig", "alg": "RS256"})


class Site:
    """What the scripted provider serves; a test may change it at any time."""

    def __init__(self) -> None:
        self.issuer = ""
        self.keys: list[Any] = [RSA, EC]
        self.is_up = True
        self.named_issuer: str | None = None
        self.keys_served = 0

    def answer(self, exchange: Exchange) -> None:
        if not self.is_up:
            return
        if b"openid-configuration" in exchange.request:
            issuer = self.named_issuer or self.issuer
            body: Any = {"issuer": issuer, "jwks_uri": f"{self.issuer}/keys"}
        else:
            self.keys_served += 1
            public = [type(key).import_key(key.as_dict(private=False)) for key in self.keys]
            body = KeySet(public).as_dict()
        data = json.dumps(body).encode()
        exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(data), data))


@contextmanager
def provided(**settings: Any) -> Iterator[tuple[Site, Provider]]:
    site = Site()
    with serve(site.answer) as server:
        site.issuer = f"http://127.0.0.1:{server.port}/realms/Test"
        yield site, Provider(ProviderSettings(issuer=site.issuer, **settings))


@pytest.fixture(scope="module")
def site_and_provider() -> Iterator[tuple[Site, Provider]]:
    with provided() as made:
        yield made


def good_claims(site: Site, **changes: Any) -> dict[str, Any]:
    """As Keycloak's; times in seconds from now, None leaves a claim out."""
    now = int(time.time())
    usual: dict[str, Any] = {
        "iss": site.issuer,
        "sub": "f:1:alice",
        "aud": "account",
        "azp": "ltu-api",
        "typ": "Bearer",
        "exp": 600,
        "iat": 0,
        "preferred_username": "alice",
        "groups": ["/museum", "/archive/admin"],
        "email": "alice@example.org",
        "email_verified": True,
    }
    wanted = {k: v for k, v in {**usual, **changes}.items() if v is not None}
    times = {k: now + v for k, v in wanted.items() if k in ("exp", "iat", "nbf")}
    return {**wanted, **times}


def signed(claims: dict[str, Any], key: Any = RSA, **header: Any) -> str:
    alg = "ES256" if isinstance(key, ECKey) else "RS256"
    return jwt.encode({"alg": alg, "kid": key.kid, **header}, claims, key, algorithms=[alg])


def identify(provider: Provider, token: str) -> ExternalIdentity:
    header = json.loads(padded(token.split(".", maxsplit=1)[0]))
    return provider.identify(token, header)


# What a Keycloak token has instead, and whether it counts (blocks.md, section 4, and more).
TOKENS: list[tuple[str, dict[str, Any], bool]] = [
    ("as Keycloak's", {}, True),
    ("for us by aud", {"azp": "other", "aud": ["account", "ltu-api"]}, True),
    ("for us by client_id", {"azp": None, "client_id": "ltu-api"}, True),
    ("a scope instead of a type", {"typ": None, "scope": "openid"}, True),
    ("expired 20 s ago", {"exp": -20}, True),
    ("expired 30 s ago", {"exp": -30}, True),
    ("expired 90 s ago", {"exp": -90}, False),
    ("not before in 20 s", {"nbf": 20}, True),
    ("not before in 90 s", {"nbf": 90}, False),
    ("another issuer", {"iss": "https://elsewhere.example"}, False),
    ("for another client", {"azp": "other"}, False),
    ("for nobody", {"azp": None, "aud": None}, False),
    ("a refresh token", {"typ": "Refresh"}, False),
    ("an offline token", {"typ": "Offline"}, False),
    ("an ID token", {"typ": "ID", "aud": "ltu-api"}, False),
    ("an ID token without type", {"typ": None, "aud": "ltu-api", "nonce": "n"}, False),
    ("no type and no scope", {"typ": None}, False),
    ("no end", {"exp": None}, False),
    ("no subject", {"sub": None}, False),
]


@pytest.mark.parametrize(("name", "change", "good"), TOKENS, ids=[name for name, *_ in TOKENS])
def test_which_tokens_count(
    site_and_provider: tuple[Site, Provider], name: str, change: dict[str, Any], good: bool
) -> None:
    site, provider = site_and_provider
    token = signed(good_claims(site, **change))
    if good:
        assert identify(provider, token).subject == "f:1:alice"
    else:
        with pytest.raises(Unauthenticated):
            identify(provider, token)


def test_elliptic_curves_count(site_and_provider: tuple[Site, Provider]) -> None:
    site, provider = site_and_provider
    assert identify(provider, signed(good_claims(site), EC)).name == "alice"


def test_forged_tokens_are_refused(site_and_provider: tuple[Site, Provider]) -> None:
    site, provider = site_and_provider
    good = signed(good_claims(site))
    header, body, signature = good.split(".")
    other = signed({**good_claims(site), "sub": "f:1:bob"}).split(".")[1]
    start = f"{packed({'alg': 'HS256', 'kid': 'rsa'})}.{body}"
    mac = hmac.new(RSA.as_pem(private=False), start.encode(), hashlib.sha256).digest()
    forged = [
        f"{packed({'alg': 'none', 'kid': 'rsa'})}.{body}.",
        f"{start}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}",
        f"{header}.{other}.{signature}",
        f"{header}.{body}.{signature[:-8]}AAAAAAAA",
        f"{header}.{body}.",
        signed(good_claims(site), STRANGE),
        signed(good_claims(site), STRANGE, kid="rsa"),
        jws.serialize_compact(
            {"alg": "RS512", "kid": "rsa"},
            json.dumps(good_claims(site)).encode(),
            RSAKey.import_key({**RSA.as_dict(private=True), "alg": "RS512"}),
            algorithms=["RS512"],
        ),
    ]
    for token in forged:
        with pytest.raises(Unauthenticated):
            identify(provider, token)


def test_groups_become_roles_in_organisations(site_and_provider: tuple[Site, Provider]) -> None:
    site, provider = site_and_provider
    found = identify(provider, signed(good_claims(site)))
    assert found.groups == (("museum", "editor"), ("archive", "admin"))


@pytest.mark.parametrize(
    ("path", "claim"),
    [
        ("realm_access.roles", {"realm_access": {"roles": ["museum"]}}),
        ("https://example.org/groups", {"https://example.org/groups": "museum"}),
    ],
)
def test_groups_come_from_the_claim_that_is_configured(path: str, claim: dict[str, Any]) -> None:
    with provided(groups_claim=path, group_role="partial_editor") as (site, provider):
        found = identify(provider, signed(good_claims(site, groups=None, **claim)))
    assert found.groups == (("museum", "partial_editor"),)


@pytest.mark.parametrize("groups", [None, 5, {"a": 1}, [1, None, ""]])
def test_groups_of_another_form_are_none(
    site_and_provider: tuple[Site, Provider], groups: Any
) -> None:
    site, provider = site_and_provider
    assert identify(provider, signed(good_claims(site, groups=groups))).groups == ()


@pytest.mark.parametrize("verified", [True, False, None, "true"])
def test_an_email_counts_only_when_verified_and_wanted(verified: object) -> None:
    with provided(link_email=True) as (site, provider):
        found = identify(provider, signed(good_claims(site, email_verified=verified)))
    assert found.email == ("alice@example.org" if verified is True else None)


def test_an_unknown_key_asks_the_provider_at_most_every_five_seconds() -> None:
    with provided() as (site, provider):
        begun = time.monotonic()
        identify(provider, signed(good_claims(site)))
        for _ in range(20):
            with pytest.raises(Unauthenticated):
                identify(provider, signed(good_claims(site), STRANGE))
        assert site.keys_served <= 1 + int((time.monotonic() - begun) / REFETCH_S)


def test_known_keys_are_kept_while_the_provider_is_away() -> None:
    with provided() as (site, provider):
        identify(provider, signed(good_claims(site)))
        site.is_up = False
        assert identify(provider, signed(good_claims(site))).name == "alice"


def test_a_provider_that_never_answered_is_unavailable() -> None:
    with provided() as (site, provider):
        site.is_up = False
        with pytest.raises(Unavailable):
            identify(provider, signed(good_claims(site)))


def test_a_discovery_document_of_another_issuer_is_not_believed() -> None:
    with provided() as (site, provider):
        site.named_issuer = "https://elsewhere.example"
        with pytest.raises(Unavailable):
            identify(provider, signed(good_claims(site)))


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b"null", b'{"issuer": 1}', b"x" * 2_000_000], ids=len
)
def test_nonsense_from_the_provider_is_no_crash(body: bytes) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)
    with serve(lambda exchange: exchange.send(head + body)) as server:
        provider = _provider_at(server)
        with pytest.raises(Unavailable):
            provider.identify("a.b.c", {"alg": "RS256", "kid": "rsa"})


def test_a_redirect_of_the_provider_is_not_followed() -> None:
    answer = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
    with serve(lambda exchange: exchange.send(answer)) as server:
        provider = _provider_at(server)
        with pytest.raises(Unavailable):
            provider.identify("a.b.c", {"alg": "RS256", "kid": "rsa"})
        assert server.connections == 1


def test_a_wrong_setting_is_named() -> None:
    from udata_mediadb.authentication.provider import Providers

    with pytest.raises(MediaDBError, match="MEDIADB_OPENID_PROVIDERS"):
        Providers().find([{"issuer": "https://a.example", "nonsense": 1}], "https://a.example")


def _provider_at(server: ScriptedServer) -> Provider:
    return Provider(ProviderSettings(issuer=f"http://127.0.0.1:{server.port}"))


def packed(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def padded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
