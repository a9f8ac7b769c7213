"""Everything that can be wrong with what a request says of its sender."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any

import pytest
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.test import TestResponse

from udata_mediadb.authentication.sessions import Lifetimes, Session, open_session
from udata_mediadb.authentication.signing import signing_key
from udata_mediadb.crypto.keyring import Keyring

from ..fixtures import Tenant
from ..portal import SECRET, Portal
from .local import API, PASSWORD, access_token, local_client, some_address, tenant_with_password

HTTPS = {"X-Forwarded-Proto": "https"}


@pytest.fixture
def owner(portal: Portal) -> Tenant:
    return tenant_with_password(portal)


@pytest.fixture
def session(portal: Portal, owner: Tenant) -> Session:
    """An open session of the owner."""
    with portal.app.app_context():
        return open_session(owner.user.id, "openid", Lifetimes(600, 1800))


# What a token claims instead, and whether it is accepted. A clock may be 30 s off, not 90 s.
CLAIMS: list[tuple[str, dict[str, Any], bool]] = [
    ("good", {}, True),
    ("expired 30 s ago", {"exp": -30}, True),
    ("expired 90 s ago", {"exp": -90}, False),
    ("not before in 30 s", {"nbf": 30}, True),
    ("not before in 90 s", {"nbf": 90}, False),
    ("issued in 90 s", {"iat": 90}, False),
    ("no end", {"exp": None}, False),
    ("an end that is text", {"exp": "tomorrow"}, False),
    ("no user", {"sub": None}, False),
    ("a user who is a number", {"sub": 5}, False),
    ("another user's id", {"sub": "0" * 32}, False),
    ("another client", {"azp": "other"}, False),
    ("an ID token", {"typ": "ID"}, False),
    ("a refresh token", {"typ": "Refresh"}, False),
    ("no type", {"typ": None}, False),
    ("no session", {"sid": None}, False),
    ("an unknown session", {"sid": "0" * 32}, False),
]


@pytest.mark.parametrize(("name", "change", "good"), CLAIMS, ids=[name for name, *_ in CLAIMS])
def test_claims_of_our_own_tokens(
    portal: Portal, owner: Tenant, session: Session, name: str, change: dict[str, Any], good: bool
) -> None:
    token = signed(portal, claims(owner, session, **change))
    assert ask(portal, token).status_code == (200 if good else 401)


def test_a_token_without_signature_is_refused(
    portal: Portal, owner: Tenant, session: Session
) -> None:
    header, body, _ = signed(portal, claims(owner, session)).split(".")
    kid = json.loads(unpadded(header))["kid"]
    unsigned = f"{padded({'alg': 'none', 'kid': kid})}.{body}."
    assert ask(portal, unsigned).status_code == 401
    assert ask(portal, f"{header}.{body}.").status_code == 401


def test_a_token_signed_with_the_public_key_as_secret_is_refused(
    portal: Portal, owner: Tenant, session: Session
) -> None:
    with portal.app.app_context():
        key = signing_key(Keyring(SECRET), honour_s=0)
    for secret in (key.as_pem(private=False), json.dumps(key.as_dict(private=False)).encode()):
        start = f"{padded({'alg': 'HS256', 'kid': key.kid})}.{padded(claims(owner, session))}"
        mac = hmac.new(secret, start.encode(), hashlib.sha256).digest()
        signature = base64.urlsafe_b64encode(mac).rstrip(b"=").decode()
        assert ask(portal, f"{start}.{signature}").status_code == 401


def test_a_token_of_another_key_with_our_kid_is_refused(
    portal: Portal, owner: Tenant, session: Session
) -> None:
    with portal.app.app_context():
        kid = signing_key(Keyring(SECRET), honour_s=0).kid
    other = RSAKey.generate_key(2048, {"kid": str(kid)})
    token = jwt.encode({"alg": "RS256", "kid": kid}, claims(owner, session), other)
    assert ask(portal, token).status_code == 401


def test_a_token_that_brings_its_own_key_is_refused(
    portal: Portal, owner: Tenant, session: Session
) -> None:
    other = RSAKey.generate_key(2048)
    header = {"alg": "RS256", "jwk": other.as_dict(private=False)}
    assert ask(portal, jwt.encode(header, claims(owner, session), other)).status_code == 401


# An Authorization header that is no token of anyone.
HEADERS = [
    *("Bearer", "Bearer x", "Bearer a.b.c", "a.b.c", "Bearer ..", "Token abc", "Digest a=b"),
    *("Bearer $TOKEN", "<TOKEN>", "Bearer {token}", "Bearer null", "Bearer a.b.c,Bearer d.e.f"),
    *("Basic", "Basic !", "Basic YWxpY2U=", "Bearer " + "x" * 5000, "\x7f", "é"),
    "Bearer eyJhbGciOiJub25lIn0.W10.",  # claims that are a list
    "Bearer W10.e30.x",  # a header that is a list
    "Bearer " + base64.urlsafe_b64encode(b"[" * 3000).decode() + ".e30.x",
]


@pytest.mark.parametrize("header", HEADERS, ids=lambda header: header[:24])
@pytest.mark.parametrize("path", ["media/", "applications/", "status/"])
def test_bad_authorization_is_refused_on_every_route(
    portal: Portal, path: str, header: str
) -> None:
    answer = local_client(portal).get(API + path, headers={"Authorization": header})
    assert answer.status_code == 401, answer.text
    assert answer.json["error"] == "unauthenticated"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_megabyte_of_authorization_is_refused(portal: Portal) -> None:
    headers = {"Authorization": "Bearer " + "x" * 1_000_000}
    assert local_client(portal).get(API + "media/", headers=headers).status_code == 401


def test_two_authorization_headers_are_refused(portal: Portal, owner: Tenant) -> None:
    token = access_token(portal, owner)
    headers = [("Authorization", f"Bearer {token}"), ("Authorization", f"Bearer {token}")]
    assert local_client(portal).get(API + "media/", headers=headers).status_code == 401


def test_a_key_and_a_token_of_the_same_user_go_together(portal: Portal, owner: Tenant) -> None:
    token = access_token(portal, owner)
    assert ask(portal, token, key=owner.client.key).status_code == 200


def test_a_key_and_a_token_of_different_users_are_refused(
    portal: Portal, owner: Tenant, stranger: Tenant
) -> None:
    token = access_token(portal, owner)
    answer = ask(portal, token, key=stranger.client.key)
    assert answer.status_code == 401
    assert "different users" in answer.json["message"]


def test_neither_of_two_credentials_stands_in_for_a_bad_one(portal: Portal, owner: Tenant) -> None:
    token = access_token(portal, owner)
    assert ask(portal, token, key="wrong").status_code == 401
    assert ask(portal, "a.b.c", key=owner.client.key).status_code == 401
    headers = {"X-API-KEY": owner.client.key, "Authorization": "Bearer opaque"}
    assert local_client(portal).get(API + "media/", headers=headers).status_code == 401


def test_basic_is_off_by_default(portal: Portal, owner: Tenant) -> None:
    answer = basic(local_client(portal), owner.user.email, PASSWORD)
    assert answer.status_code == 401
    assert "switched off" in answer.json["message"]


def test_basic_over_https_opens_what_the_user_may_see(portal: Portal, owner: Tenant) -> None:
    answer = basic(basic_client(portal), owner.user.email, PASSWORD)
    assert [found["id"] for found in answer.json["data"]] == [owner.application]


def test_basic_on_plain_http_is_refused(portal: Portal, owner: Tenant) -> None:
    answer = basic(
        basic_client(portal), owner.user.email, PASSWORD, **{"X-Forwarded-Proto": "http"}
    )
    assert answer.status_code == 403
    assert "https" in answer.json["message"]


@pytest.mark.parametrize(
    ("name", "password"),
    [(None, "wrong password"), ("nobody@example.org", PASSWORD), (None, ""), ("", "")],
)
def test_wrong_basic_credentials_are_refused(
    portal: Portal, owner: Tenant, name: str | None, password: str
) -> None:
    answer = basic(basic_client(portal), owner.user.email if name is None else name, password)
    assert answer.status_code == 401


def basic_client(portal: Portal) -> FlaskClient:
    return local_client(portal, MEDIADB_BASIC_AUTH=True)


def basic(client: FlaskClient, name: str, password: str, **headers: str) -> TestResponse:
    value = base64.b64encode(f"{name}:{password}".encode()).decode()
    sent = {
        "Authorization": f"Basic {value}",
        **HTTPS,
        "X-Forwarded-For": some_address(),
        **headers,
    }
    return client.get(API + "applications/", headers=sent)


def claims(owner: Tenant, session: Session, **changes: Any) -> dict[str, Any]:
    """Claims of a good token, changed; times are seconds from now, None leaves a claim out."""
    usual: dict[str, Any] = {
        "sub": owner.user.id,
        "azp": "ltu-api",
        "typ": "Bearer",
        "sid": session.id,
        "exp": 600,
        "iat": 0,
    }
    now = int(time.time())
    wanted = {k: v for k, v in {**usual, **changes}.items() if v is not None}
    times = {k: now + wanted[k] for k in ("exp", "nbf", "iat") if isinstance(wanted.get(k), int)}
    return {**wanted, **times}


def signed(portal: Portal, values: dict[str, Any]) -> str:
    with portal.app.app_context():
        key = signing_key(Keyring(SECRET), honour_s=0)
    return jwt.encode({"alg": "RS256", "kid": key.kid}, values, key)


def ask(portal: Portal, token: str, key: str | None = None) -> TestResponse:
    headers = {"Authorization": f"Bearer {token}"} | ({"X-API-KEY": key} if key else {})
    return local_client(portal).get(API + "applications/", headers=headers)


def padded(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def unpadded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
