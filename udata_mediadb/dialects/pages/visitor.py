"""Who looks at a page: a user of the portal, or anybody where an application is public."""

from dataclasses import dataclass

from flask import g, request, session

from ...application.models import Application
from ...authentication.accounts import current_accounts
from ...authentication.principal import Principal
from ...authentication.sessions import find_user_of
from ...authorization.application_key import ApplicationKey
from ...authorization.caller import Caller, applications_of, require_allowed
from ...authorization.permissions import may
from ...authorization.read_only import require_writable
from ...errors import Forbidden, NotFound, Unauthenticated
from ...hosts.current import current_host
from ...mongo.ids import compact_id

SESSION = "mediadb_session"  # in Flask's signed cookie: the id of a login session of ours
SWITCHER_MAX = 50  # applications that the page's menu names


@dataclass(frozen=True)
class Visitor:
    """`principal`: None for somebody who has not signed in."""

    principal: Principal | None


def current_visitor() -> Visitor:
    """Who asks for this page, resolved once."""
    if "mediadb_visitor" not in g:
        g.mediadb_visitor = Visitor(_principal())
        g.mediadb_caller = Caller(g.mediadb_visitor.principal, None)
    visitor: Visitor = g.mediadb_visitor
    return visitor


def look_at(application: Application) -> Application:
    """Ask for all that follows in this application's name, where it is public and nobody signed in.

    Its public key is in public answers, so whoever looks may use it. NotFound where it may not be
    read; Unauthenticated where signing in may help.
    """
    visitor = current_visitor()
    if visitor.principal is None and application.public and application.status == "Active":
        limits = application.public_key_limits
        if limits is None or limits.refusal(request.remote_addr) is None:
            key = ApplicationKey(application, "public", "public", limits)
            g.mediadb_caller = Caller(None, key)
    caller: Caller = g.mediadb_caller
    if may(caller.principal, "read", application, caller.key):
        return application
    if visitor.principal is None:
        raise Unauthenticated("Sign in to see this.")
    raise NotFound("There is no such page.")


def find_visible(identifier: str) -> Application:
    """The application of this id, as `look_at` allows; to who may not, it does not exist."""
    key = compact_id(identifier)
    application = Application.objects(id=key).first() if key else None
    if application is None:
        if current_visitor().principal is None:
            raise Unauthenticated("Sign in to see this.")
        raise NotFound("There is no such page.")
    return look_at(application)


def searched_library(identifier: str | None) -> Application:
    """Where to search: what is named, else the visitor's first library."""
    if identifier:
        return find_visible(identifier)
    found = visible_applications()
    if not found:
        if current_visitor().principal is not None:
            raise NotFound("There is no library yet.")
        raise Unauthenticated("Sign in to search.")
    return look_at(found[0])


def may_edit(application: Application) -> bool:
    """Whether the visitor has signed in and may change this application."""
    principal = current_visitor().principal
    return principal is not None and may(principal, "edit", application)


def editable(identifier: str) -> Application:
    """The application of this id, for a visitor who may change it."""
    application = find_visible(identifier)
    require_writable(g.mediadb_caller)
    if current_visitor().principal is None:
        raise Unauthenticated("Sign in to change something here.")
    if not may_edit(application):
        raise Forbidden("You may look at this library, but not change it.")
    return application


def administrable(identifier: str) -> Application:
    """The same, for its keys: a key that may change pictures alone opens no others."""
    application = editable(identifier)
    require_allowed("administer", application)
    return application


def visible_applications() -> list[Application]:
    """The visitor's own applications, then public ones, by name."""
    visitor = current_visitor()
    own = applications_of(visitor.principal) if visitor.principal else []
    known = {one.id for one in own}
    public = Application.objects(public=True, status="Active").order_by("name", "id")
    others = [one for one in public.limit(SWITCHER_MAX) if one.id not in known]
    return [*own, *others][:SWITCHER_MAX]


def _principal() -> Principal | None:
    known = current_accounts().current_principal() or current_host().session_principal()
    if known is not None:
        return known
    user = find_user_of(session[SESSION]) if SESSION in session else None
    return current_accounts().principal(user) if user else None
