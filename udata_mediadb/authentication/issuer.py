"""The embedded OpenID token endpoint: logins of the host's users, as the LTU guide describes them.

OAuth 2.0 (RFC 6749) with the grants password and refresh_token, and a public client. There is no
browser login here: a portal that needs one has a provider of its own (see provider.py).
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin, OAuth2Request, TokenMixin, grants
from authlib.oauth2.rfc6749.errors import InvalidGrantError
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from joserfc import jwt

from ..crypto.keyring import Keyring
from . import sessions
from .accounts import Accounts
from .claims import CLIENT_ID, CLOCK_LEEWAY_S
from .sessions import Lifetimes, Session
from .signing import ALGORITHM, signing_key
from .slowdown import attempt_login

SCOPES = ("openid", "email", "profile")  # LTU guide
GRANTS = ("password", "refresh_token")


@dataclass(frozen=True)
class Issuer:
    """What issuing tokens needs. `url`: the `iss` of the tokens."""

    url: str
    accounts: Accounts
    keyring: Keyring
    lifetimes: Lifetimes


class TokenAnswer(dict[str, Any]):
    """The token response; authlib logs it at the level DEBUG, so it does not show itself."""

    def __repr__(self) -> str:
        return "<token response>"


class TokenRequest(OAuth2Request):
    """The form of a token request.

    Whether plain http will do is the portal's decision (MEDIADB_REQUIRE_HTTPS), not authlib's.
    """

    def __init__(self, form: Mapping[str, str], issuer: Issuer) -> None:
        super().__init__("POST", "https://token.invalid/")
        self._form = {**form, "grant_type": form.get("grant_type", "").strip("_")}
        self.payload = BasicOAuth2Payload(self._form)
        self.issuer = issuer

    @property
    def form(self) -> Mapping[str, str]:
        return self._form


class TokenServer(AuthorizationServer):
    """authlib's server, for our one client and our two grants."""

    def __init__(self) -> None:
        super().__init__(query_client=_client, save_token=_save_nothing)
        self.scopes_supported = None
        self.register_grant(PasswordGrant)
        self.register_grant(RefreshGrant)

    def create_oauth2_request(self, request: TokenRequest) -> TokenRequest:
        return request


class PublicClient(ClientMixin):
    """The client `ltu-api`, which has no secret."""

    def check_client_secret(self, client_keyring: Keyring) -> bool:
        return False

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "none"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in GRANTS

    def get_allowed_scope(self, scope: str | None) -> str:
        return " ".join(s for s in (scope or "").split() if s in SCOPES)


class GoodRefreshToken(TokenMixin):
    """A refresh token that still is good, as authlib wants to see it."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def check_client(self, client: PublicClient) -> bool:
        return True

    def get_scope(self) -> str:
        return str(self.session.scope)


@dataclass(frozen=True)
class Login:
    """Whom tokens are issued to. `session`: the one that is continued, None for a new one."""

    user: str
    session: Session | None = None


class PasswordGrant(grants.ResourceOwnerPasswordCredentialsGrant):
    """RFC 6749, 4.3."""

    TOKEN_ENDPOINT_AUTH_METHODS = ("none",)

    def authenticate_user(self, username: str, password: str) -> Login:
        accounts = self.request.issuer.accounts
        user = attempt_login(username, lambda: accounts.check_password(username, password))
        if user is None:  # 401 as Keycloak answers, where RFC 6749 has 400 for all
            raise InvalidGrantError("Invalid user credentials", status_code=401)
        return Login(user)

    def generate_token(self, **arguments: Any) -> TokenAnswer:
        return _answer(self.request, **arguments)


class RefreshGrant(grants.RefreshTokenGrant):
    """RFC 6749, 6, with rotation and detection of reuse (RFC 9700, 4.14.2)."""

    TOKEN_ENDPOINT_AUTH_METHODS = ("none",)
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token: str) -> GoodRefreshToken:
        token = sessions.read_refresh_token(refresh_token, self.request.issuer.keyring)
        session = sessions.find_session(token) if token else None
        if session is None:
            raise InvalidGrantError("The refresh token is not valid, or no longer")
        return GoodRefreshToken(session)

    def authenticate_user(self, refresh_token: GoodRefreshToken) -> Login:
        session, issuer = refresh_token.session, self.request.issuer
        if issuer.accounts.principal(session.user) is None:
            raise InvalidGrantError("The user is gone")
        if not sessions.advance(session, issuer.lifetimes):
            raise InvalidGrantError("The refresh token has been used")
        return Login(session.user, session)

    def revoke_old_credential(self, refresh_token: GoodRefreshToken) -> None:
        """Done by `advance`, in one step with the check."""

    def generate_token(self, **arguments: Any) -> TokenAnswer:
        return _answer(self.request, **arguments)


def _answer(request: TokenRequest, *, user: Login, scope: str | None, **_: Any) -> TokenAnswer:
    issuer = request.issuer
    granted = PublicClient().get_allowed_scope(scope) or " ".join(SCOPES)
    session = user.session or sessions.open_session(user.user, granted, issuer.lifetimes)
    access, identity = _signed(issuer, session, granted)
    return TokenAnswer(
        {
            "access_token": access,
            "expires_in": issuer.lifetimes.access_s,
            "refresh_expires_in": issuer.lifetimes.refresh_s,
            "refresh_token": sessions.refresh_token(session, issuer.keyring),
            "token_type": "bearer",
            "id_token": identity,
            "not-before-policy": 0,
            "session_state": session.id,
            "scope": granted,
        }
    )


def _signed(issuer: Issuer, session: Session, scope: str) -> tuple[str, str]:
    """The access token and the ID token, shaped as Keycloak's."""
    now = int(time.time())
    account = issuer.accounts.account(session.user)
    base = {
        "iss": issuer.url,
        "sub": session.user,
        "azp": CLIENT_ID,
        "sid": session.id,
        "session_state": session.id,
        "iat": now,
        "exp": now + issuer.lifetimes.access_s,
        "name": account["name"],
        "preferred_username": account["email"] or account["name"],
    }
    access = {**base, "typ": "Bearer", "aud": CLIENT_ID, "scope": scope}
    identity = {**base, "typ": "ID", "aud": CLIENT_ID, "auth_time": now}
    if account["email"]:
        identity["email"] = account["email"]
    key = signing_key(issuer.keyring, honour_s=issuer.lifetimes.access_s + CLOCK_LEEWAY_S)
    header = {"alg": ALGORITHM, "kid": key.kid}
    return (
        jwt.encode(header, {**access, "jti": uuid4().hex}, key, algorithms=[ALGORITHM]),
        jwt.encode(header, {**identity, "jti": uuid4().hex}, key, algorithms=[ALGORITHM]),
    )


def _client(client_id: str) -> PublicClient | None:
    return PublicClient() if client_id == CLIENT_ID else None


def _save_nothing(token: TokenAnswer, request: TokenRequest) -> None:
    """Sessions are stored by the grants."""
