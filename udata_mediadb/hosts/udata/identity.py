"""Who sent a request, by udata's own means: session, X-API-KEY, OAuth2 bearer token."""

from typing import Any

from bson import ObjectId
from flask import current_app, request
from udata.api import HEADER_API_KEY, api
from udata.api.oauth2 import OAuth2Token
from udata.auth import current_user
from udata.core.api_token.models import ApiToken
from udata.core.organization.models import Organization
from udata.core.user.models import User

from ...authentication.credentials import read_authorization
from ...authentication.principal import Principal
from ...errors import Unauthenticated

# udata's two OAuth2 scopes. It checks neither; our routes do. A token without any scope is one of
# a client that asked for none, and counts as default (RFC 6749, 3.3).
SCOPE_DEFAULT, SCOPE_ADMIN = "default", "admin"


def requested_principal() -> Principal | None:
    """Who asks, None for nobody; Unauthenticated for a key or token that is bad.

    Below udata's Api its own decorator has looked already, at the session first, then the key,
    then the token. Elsewhere, which is the LTU dialect, only headers count: its routes ask for no
    CSRF token, so a browser's cookie must not be enough.
    """
    token = _bearer_token()
    if request.blueprint == api.blueprint.name:
        user = current_user._get_current_object()
    else:
        user = _owner_of_key() or (token and token.user)
    if user is None or not is_usable(user):
        return None
    if token is not None and token.user != user:
        raise Unauthenticated("The credentials of this request name different users.")
    scopes = set((token.get_scope() or SCOPE_DEFAULT).split()) if token else None
    return principal_of(user, scopes)


def session_principal() -> Principal | None:
    """Who has signed in with this browser, None for nobody; asks no header."""
    user = current_user._get_current_object()
    return principal_of(user) if is_usable(user) else None


def preferred_language() -> str | None:
    """What the user of this session chose, None for nobody and for no choice."""
    return getattr(current_user, "prefered_language", None) or None


def principal_of(user: Any, scopes: set[str] | None = None) -> Principal:
    """The principal of a udata user, with the roles in all living organisations; two queries.

    Of one that was deleted its administrators keep theirs: somebody must reach what it held, to
    give it to another. Nobody publishes for it any more, as it is an unknown reference.

    `scopes`: of the OAuth2 token that was used, None for the full rights.
    """
    roles = Organization._get_collection().find(
        {"members.user": user.id}, {"members.$": 1, "deleted": 1}
    )
    return Principal(
        user=str(user.id),
        organizations={
            str(found["_id"]): found["members"][0]["role"]
            for found in roles
            if found["members"][0]["role"] == "admin" or not found.get("deleted")
        },
        is_admin=user.sysadmin and (scopes is None or SCOPE_ADMIN in scopes),
        may_write=scopes is None or bool(scopes & {SCOPE_DEFAULT, SCOPE_ADMIN}),
    )


def find_user(identifier: str) -> Any:
    """The udata user of this id, None where there is none, or one who is deleted or inactive."""
    user = User.objects(id=identifier).first() if ObjectId.is_valid(identifier) else None
    return user if user is not None and is_usable(user) else None


def is_usable(user: Any) -> bool:
    """Whether this is somebody who may act: not anonymous, deleted or switched off."""
    return user.is_authenticated and user.is_active and not user.deleted


def _bearer_token() -> Any:
    """The OAuth2 token of this request, None where it has none, or a JWT, which is not udata's.

    One that is unknown or over is refused; udata would go on as if nothing had been sent.
    """
    header = request.headers.get("Authorization", "")
    given = read_authorization(header)
    if given is None or given.scheme != "opaque" or not header.lower().startswith("bearer "):
        return None
    token = OAuth2Token.objects(access_token=given.value).first()
    if token is None or token.is_revoked() or token.is_expired():
        raise Unauthenticated("This is no token that we know.")
    return token


def _owner_of_key() -> Any:
    key = request.headers.get(HEADER_API_KEY)
    if not key:
        return None
    token, fault = ApiToken.authenticate(key)
    if token is None:
        raise Unauthenticated(f"{fault.capitalize()} API token")
    if not is_usable(token.user):
        raise Unauthenticated("Inactive user")
    token.update_usage(request.headers.get("User-Agent"))
    return token.user


def realm() -> str:
    """What udata calls itself in WWW-Authenticate."""
    return str(current_app.config.get("HTTP_OAUTH_REALM", "uData"))
