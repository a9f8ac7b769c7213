"""What a caller may do with an application; one place for every route of both dialects.

The table in reference/authentication.md says what follows from this for each route, and is tested.
"""

from collections.abc import Mapping
from typing import Literal

from ..application.models import Application
from ..authentication.credentials import NO_CREDENTIALS
from ..authentication.key_limits import Scope
from ..authentication.principal import Principal
from ..errors import Forbidden, MediaDBError, Unauthenticated
from .application_key import ApplicationKey

Action = Literal["read", "search", "edit", "administer"]

# What a key must cover for each (`key_limits`).
SCOPE_OF: Mapping[Action, Scope] = {
    "search": "search",
    "read": "read",
    "edit": "write",
    "administer": "admin",
}
_CHANGES: tuple[Action, ...] = ("edit", "administer")
EDITING_ROLES = ("admin", "editor")
FORBIDDEN = "You do not have the permission to modify that object."
SCOPE_TOO_NARROW = "The scope of this token allows no changes."


def may(
    principal: Principal | None,
    action: Action,
    application: Application,
    key: ApplicationKey | None = None,
) -> bool:
    """Whether the principal (None: anonymous), with this api-key, may do this."""
    return refusal(principal, action, application, key) is None


def require(
    principal: Principal | None,
    action: Action,
    application: Application,
    key: ApplicationKey | None = None,
) -> None:
    """Raise Unauthenticated or Forbidden unless `may`."""
    error = refusal(principal, action, application, key)
    if error is not None:
        raise error


def refusal(
    principal: Principal | None,
    action: Action,
    application: Application,
    key: ApplicationKey | None = None,
) -> MediaDBError | None:
    """Why not, None where the caller may.

    Reading: everyone where the application is public, else every member of its organisation, its
    owner and the portal's administrators. Searching, which costs more: the same, but nobody without
    any credential, unless the application says so; the public key is enough, as in the LTU guide.
    Editing its media and collections, and administering the application: not every member.
    An api-key narrows this to its application, and the public one to reading and searching; the
    private one opens everything by itself where the application says so, a named one what its
    scopes say. Scopes narrow all of it.
    """
    error = _refusal_of_key(principal, action, application, key) if key is not None else None
    error = error or scope_refusal(principal, action, key)
    if error is not None:
        return error
    is_enough = principal is None and key is not None and key.is_sufficient
    if is_enough or _is_public(principal, action, application, key):
        return None
    if principal is None:
        return Unauthenticated(NO_CREDENTIALS if key is None else NEEDS_TOKEN)
    if action in _CHANGES and not principal.may_write:
        return Forbidden(SCOPE_TOO_NARROW)
    return None if _is_entitled(principal, action, application) else Forbidden(FORBIDDEN)


def oversees(
    principal: Principal | None, application: Application, key: ApplicationKey | None = None
) -> bool:
    """Whether the caller sees what is not published: who may edit, also with a token that only
    reads; never by the public key, nor by a key alone that does not write."""
    if key is not None:
        if _refusal_of_key(principal, "edit", application, key) is not None:
            return False
        if principal is None:
            return key.is_sufficient and scope_refusal(None, "edit", key) is None
    return principal is not None and _is_entitled(principal, "edit", application)


NEEDS_TOKEN = "This application wants a token of one of its users beside the api-key."  # noqa: S105


def scope_refusal(
    principal: Principal | None, action: Action, key: ApplicationKey | None = None
) -> MediaDBError | None:
    """Forbidden where one of the keys was made for other things, whatever the application is."""
    scope = SCOPE_OF[action]
    for holder in (principal, key):
        limits = holder.limits if holder is not None else None
        if limits is not None and not limits.covers(scope):
            held = ", ".join(limits.scopes)
            return Forbidden(f"This needs a key with the scope {scope}; this one has {held}.")
    return None


def _is_public(
    principal: Principal | None,
    action: Action,
    application: Application,
    key: ApplicationKey | None,
) -> bool:
    """Whether everybody may do this with a public application."""
    if action == "search":
        allowed = bool(principal or key or application.anonymous_search)
    else:
        allowed = action == "read"
    return application.public and allowed


def _refusal_of_key(
    principal: Principal | None, action: Action, application: Application, key: ApplicationKey
) -> MediaDBError | None:
    if key.application.id != application.id:
        return Forbidden("The api-key is one of another application.")
    if application.status != "Active":
        return Forbidden("The application is inactive.")
    if key.kind == "public" and action in _CHANGES:
        return Forbidden("This needs the private key of the application, not the public one.")
    if key.kind != "public" and principal and not _is_entitled(principal, "read", application):
        return Forbidden(f"The {key.kind} key is not one of yours.")
    return None


def _is_entitled(principal: Principal, action: Action, application: Application) -> bool:
    """Whether the principal may by who they are, were the application not public."""
    if principal.is_admin:
        return True
    if application.organization:
        role = principal.organizations.get(application.organization)
        return role is not None if action not in _CHANGES else role in EDITING_ROLES
    return bool(application.owner) and application.owner == principal.user
