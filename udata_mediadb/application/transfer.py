"""Giving an application to another owner or organisation, with all that it holds."""

from typing import Any

from ..authentication.audit import record
from ..authentication.principal import Principal
from ..errors import Conflict, Forbidden, InvalidFields
from ..hosts.current import current_host
from ..mongo.clock import now
from ..mongo.documents import durable
from .arguments import PUBLISHING_ROLES
from .models import Application


def transfer_application(
    application: Application,
    principal: Principal | None,
    *,
    owner: str | None = None,
    organization: str | None = None,
) -> Application:
    """Make it that of a user or of an organisation, by id; exactly one of them.

    `principal`: who gives it, who must be its owner, an administrator of its organisation (also of
    one that was deleted) or of the portal; None for a command, which may all. It goes to oneself or
    to an organisation that one may publish for; the portal's administrators give it to anybody.

    Raises Forbidden, InvalidFields, and Conflict where another transfer was faster.
    """
    if (owner is None) == (organization is None):
        raise InvalidFields({"owner": "name either an owner or an organization"})
    if principal is not None:
        _require_given_by(application, principal)
    _require_taken(principal, owner, organization)
    before = {name: getattr(application, name) for name in ("owner", "organization")}
    after = {"owner": owner, "organization": organization}
    changed = durable(Application).update_one(
        {"_id": application.id, **before}, {"$set": {**after, "updated_at": now()}}
    )
    if not changed.matched_count:
        raise Conflict("The application has just been given away by someone else. Look again.")
    record("transfer", application.id)
    application.reload()
    return application


def _require_given_by(application: Application, principal: Principal) -> None:
    if principal.is_admin:
        return
    if application.organization:
        is_its = principal.organizations.get(application.organization) == "admin"
    else:
        is_its = application.owner == principal.user
    if not is_its:
        raise Forbidden("Only its owner, or an administrator of its organisation, gives it away.")


def _require_taken(
    principal: Principal | None, owner: str | None, organization: str | None
) -> None:
    """Raise InvalidFields for who is unknown, and for who has not agreed to have it."""
    is_admin = principal is None or principal.is_admin
    host, errors = current_host(), dict[str, Any]()
    if owner is not None:
        if owner not in host.user_refs([owner]):
            errors["owner"] = f"Unknown reference {owner!r:.60}"
        elif principal is not None and not is_admin and owner != principal.user:
            errors["owner"] = "yourself; the portal's administrators give it to others"
    if organization is not None:
        if organization not in host.organization_refs([organization]):
            errors["organization"] = f"Unknown reference {organization!r:.60}"
        elif not is_admin and not _may_publish(principal, organization):
            errors["organization"] = "Permission denied for this organization"
    if errors:
        raise InvalidFields(errors)


def _may_publish(principal: Principal | None, organization: str) -> bool:
    return principal is not None and (principal.organizations.get(organization) in PUBLISHING_ROLES)
