"""Which application a request is about, and whether the caller may: LTU's rules.

Administration takes the private key and a token; a search takes the public key, and a token too
where the application is not public. Without an api-key, the only application of the token's user
is meant.
"""

from ...application.models import Application
from ...authorization.caller import (
    applications_for,
    current_caller,
    require_active,
    require_allowed,
)
from ...authorization.permissions import Action
from ...authorization.read_only import require_writable
from ...errors import Forbidden, InvalidRequest, Unauthenticated

_SEND = "Send your api-key, and your token as authorization: Bearer <token>."


def administered() -> Application:
    """The application that the caller may change; Unauthenticated, Forbidden, InvalidRequest.

    ReadOnly where the portal takes no changes and this is one.
    """
    require_writable(current_caller())
    return _application("edit")


def searched() -> Application:
    """The application that the caller may search; Unauthenticated, Forbidden, InvalidRequest."""
    return _application("search")


def means_search() -> bool:
    """Whether a POST of a picture is a search: with a key that cannot add one it is."""
    key = current_caller().key
    if key is None:
        return False
    return key.kind == "public" or (key.limits is not None and not key.limits.covers("write"))


def _application(action: Action) -> Application:
    key = current_caller().key
    application = key.application if key else _only_active_application(action)
    require_allowed(action, application)
    require_active(application)
    return application


def _only_active_application(action: Action) -> Application:
    principal = current_caller().principal
    if principal is None:
        raise Unauthenticated(_SEND)
    active = [a for a in applications_for(action, principal) if a.status == "Active"]
    if len(active) == 1:
        return active[0]
    if not active:
        raise Forbidden("You have no active application: send the api-key of one.")
    names = ", ".join(application.name for application in active[:20])
    raise InvalidRequest(f"Send the api-key of one of your applications: {names}.")
