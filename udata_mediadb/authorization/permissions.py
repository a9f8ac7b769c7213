"""What a caller may do with an application; one place for every route of both dialects.

The table in reference/authentication.md says what follows from this for each route, and is tested.
"""

from typing import Literal

from ..application.models import Application
from ..authentication.credentials import NO_CREDENTIALS
from ..authentication.principal import Principal
from ..errors import Forbidden, MediaDBError, Unauthenticated
from .application_key import ApplicationKey

Action = Literal["read", "search", "edit"]

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
    any credential; the public key is enough, as in the LTU guide. Editing: not every member.
    An api-key narrows this to its application, and the public one to reading and searching; the
    private one opens everything by itself where the application says so.
    """
    if key is not None:
        error = _refusal_of_key(principal, action, application, key)
        if error is not None:
            return error
        if principal is None and key.kind == "private" and application.private_key_alone:
            return None
    if application.public and (action == "read" or (action == "search" and (principal or key))):
        return None
    if principal is None:
        return Unauthenticated(NO_CREDENTIALS if key is None else NEEDS_TOKEN)
    if action == "edit" and not principal.may_write:
        return Forbidden(SCOPE_TOO_NARROW)
    return None if _is_entitled(principal, action, application) else Forbidden(FORBIDDEN)


def oversees(
    principal: Principal | None, application: Application, key: ApplicationKey | None = None
) -> bool:
    """Whether the caller sees what is not published: who may edit, also with a token that only
    reads; never by the public key."""
    if key is not None:
        if _refusal_of_key(principal, "edit", application, key) is not None:
            return False
        if principal is None:
            return key.kind == "private" and application.private_key_alone
    return principal is not None and _is_entitled(principal, "edit", application)


NEEDS_TOKEN = "This application wants a token of one of its users beside the api-key."  # noqa: S105


def _refusal_of_key(
    principal: Principal | None, action: Action, application: Application, key: ApplicationKey
) -> MediaDBError | None:
    if key.application.id != application.id:
        return Forbidden("The api-key is one of another application.")
    if application.status != "Active":
        return Forbidden("The application is inactive.")
    if key.kind == "public" and action == "edit":
        return Forbidden("This needs the private key of the application, not the public one.")
    if key.kind == "private" and principal and not _is_entitled(principal, "read", application):
        return Forbidden("The private key is not one of yours.")
    return None


def _is_entitled(principal: Principal, action: Action, application: Application) -> bool:
    """Whether the principal may by who they are, were the application not public."""
    if principal.is_admin:
        return True
    if application.organization:
        role = principal.organizations.get(application.organization)
        return role is not None if action != "edit" else role in EDITING_ROLES
    return bool(application.owner) and application.owner == principal.user
