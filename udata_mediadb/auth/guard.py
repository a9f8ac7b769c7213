"""Resolves who asks, and for which application, once per request."""

from flask import g

from ..application.models import Application
from ..errors import InvalidFields, NotFound, Unauthenticated
from ..ids import compact_id
from ..state import current_mediadb
from .permissions import NO_CREDENTIALS, Action, may, require
from .principal import Principal


def current_principal() -> Principal | None:
    """Who asks, None for nobody; Unauthenticated for bad credentials."""
    if "mediadb_principal" not in g:
        g.mediadb_principal = current_mediadb().host.current_principal()
    principal: Principal | None = g.mediadb_principal
    return principal


def require_principal() -> Principal:
    """Who asks; Unauthenticated for nobody."""
    principal = current_principal()
    if principal is None:
        raise Unauthenticated(NO_CREDENTIALS)
    return principal


def require_application(action: Action, identifier: object) -> Application:
    """The application of this id, if the caller may do `action` with it.

    Without an id: the only one that the caller owns or shares. NotFound for an unknown id,
    Unauthenticated or Forbidden where the caller may not, InvalidFields where it is unclear.
    """
    principal = current_principal() if action != "edit" else require_principal()
    if identifier is None or identifier == "":
        return _only_application(action)
    application = find_application(identifier)
    require(principal, action, application)
    return application


def find_application(identifier: object) -> Application:
    """The application of this id, whoever asks."""
    key = compact_id(identifier)
    application = Application.objects(id=key).first() if key else None
    if application is None:
        raise NotFound(f"There is no application {identifier!r:.60}.")
    return application


def applications_of(principal: Principal) -> list[Application]:
    """The applications that the principal owns or shares, by name."""
    own = {"owner": principal.user, "organization": None}
    shared = {"organization": {"$in": list(principal.organizations)}}
    return list(Application.objects(__raw__={"$or": [own, shared]}).order_by("name", "id"))


def readable_applications() -> list[str]:
    """Ids of all applications whose media the caller may read."""
    principal = current_principal()
    public = [application.id for application in Application.objects(public=True).only("id")]
    if principal is None:
        return public
    if principal.is_admin:
        return [application.id for application in Application.objects().only("id")]
    return list({*public, *(application.id for application in applications_of(principal))})


def _only_application(action: Action) -> Application:
    principal = require_principal()
    found = [a for a in applications_of(principal) if may(principal, action, a)]
    if len(found) == 1:
        return found[0]
    if not found:
        raise InvalidFields({"application": "name one: you have none of your own"})
    names = ", ".join(f"{a.id} ({a.name})" for a in found[:20])
    raise InvalidFields({"application": f"name one of yours: {names}"})
