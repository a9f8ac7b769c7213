"""What a principal may do with an application; one place for every route of both dialects."""

from typing import Literal

from ..application.models import Application
from ..errors import Forbidden, Unauthenticated
from .principal import Principal

Action = Literal["read", "search", "edit"]

EDITING_ROLES = ("admin", "editor")
FORBIDDEN = "You do not have the permission to modify that object."
NO_CREDENTIALS = "Send an X-API-KEY header."


def may(principal: Principal | None, action: Action, application: Application) -> bool:
    """Whether the principal (None: anonymous) may do this with the application.

    Reading and searching: everyone where the application is public, else every member of its
    organisation, its owner and the portal's administrators. Editing: not every member.
    """
    if action != "edit" and application.public:
        return True
    if principal is None:
        return False
    if principal.is_admin:
        return True
    if application.organization:
        role = principal.organizations.get(application.organization)
        return role is not None if action != "edit" else role in EDITING_ROLES
    return bool(application.owner) and application.owner == principal.user


def require(principal: Principal | None, action: Action, application: Application) -> None:
    """Raise Unauthenticated or Forbidden unless `may`."""
    if may(principal, action, application):
        return
    if principal is None:
        raise Unauthenticated(NO_CREDENTIALS)
    raise Forbidden(FORBIDDEN)
