"""Resolves who asks, and for which application, once per request."""

from dataclasses import dataclass, replace

from flask import g, request

from ..application.models import Application
from ..authentication.address import caller_address
from ..authentication.basic import basic_principal
from ..authentication.credentials import (
    APPLICATION_KEY_HEADER,
    NAMED_KEY_PREFIX,
    NO_CREDENTIALS,
    USER_KEY_HEADER,
    Authorization,
    requested_authorization,
)
from ..authentication.keyring import current_keyring
from ..authentication.limits import current_rates
from ..authentication.principal import Principal
from ..authentication.tokens import token_principal
from ..errors import Forbidden, InvalidFields, NotFound, Unauthenticated
from ..hosts.current import current_host
from ..mongo.ids import compact_id
from .application_key import ApplicationKey, find_key, note_use
from .permissions import Action, may, oversees, refusal, require, scope_refusal


@dataclass(frozen=True)
class Caller:
    """Who asks: a user, an application's key, both or neither."""

    principal: Principal | None
    key: ApplicationKey | None


def current_caller() -> Caller:
    """Who asks, resolved once per request; Unauthenticated for any bad credential."""
    if "mediadb_caller" not in g:
        g.mediadb_caller = _identify()
    caller: Caller = g.mediadb_caller
    return caller


def current_principal() -> Principal | None:
    """The user who asks, None for nobody; Unauthenticated for bad credentials."""
    return current_caller().principal


def require_principal(action: Action = "read") -> Principal:
    """The user who asks; Unauthenticated for nobody, Forbidden for a key that is not for this."""
    principal = current_principal()
    if principal is None:
        raise Unauthenticated(NO_CREDENTIALS)
    _require_scope(current_caller(), action)
    return principal


def _require_scope(caller: Caller, action: Action) -> None:
    """Before it is known which application is meant, or for all."""
    error = scope_refusal(caller.principal, action, caller.key)
    if error is not None:
        raise error


def require_caller() -> Caller:
    """Who asks, for routes that change something; Unauthenticated where nobody may.

    An api-key must allow changes of its own application already here, so that a wrong one is
    refused in the same way whatever the request is about.
    """
    caller = current_caller()
    if caller.key is None and caller.principal is None:
        raise Unauthenticated(NO_CREDENTIALS)
    if caller.key is not None and "mediadb_may_change" not in g:
        require(caller.principal, "edit", caller.key.application, caller.key)
        g.mediadb_may_change = True
    return caller


def is_allowed(action: Action, application: Application) -> bool:
    """Whether the caller may do this with the application."""
    caller = current_caller()
    return may(caller.principal, action, application, caller.key)


def sees_unpublished(application: Application) -> bool:
    """Whether the caller sees what the application has not published: what is under embargo."""
    caller = current_caller()
    return oversees(caller.principal, application, caller.key)


def require_allowed(
    action: Action, application: Application, missing: NotFound | None = None
) -> None:
    """Raise Unauthenticated or Forbidden unless `is_allowed`; counts searches (TooManyRequests).

    `missing`: raised instead where the caller may not even read: what one may not read does not
    exist. A key of the application says that it exists, so its holder learns what is wrong.
    """
    caller = current_caller()
    if action == "search":
        _count_search(caller)
    error = refusal(caller.principal, action, application, caller.key)
    if error is None:
        if action == "search":
            _count_anonymous(caller)
        return
    unreadable = refusal(*_without_limits(caller, "read", application))
    if missing is None or unreadable is None:
        raise error
    knows = caller.key is not None and caller.key.application.id == application.id
    raise unreadable if knows else missing


def _without_limits(
    caller: Caller, action: Action, application: Application
) -> tuple[Principal | None, Action, Application, ApplicationKey | None]:
    """The question whether they may, were their keys not narrowed."""
    principal = replace(caller.principal, limits=None) if caller.principal else None
    return principal, action, application, replace(caller.key, limits=None) if caller.key else None


def acting_user(application: Application) -> str | None:
    """Whom to note as the author: the user who asks, else whose application it is."""
    principal = current_principal()
    return principal.user if principal else application.owner


def name_of_caller(application: Application | None = None) -> str:
    """Who asks, and for which application, for requests that are answered once (`web.once`)."""
    caller = require_caller()
    if application is not None:
        return f"{acting_user(application)} {application.id}"
    user = caller.principal.user if caller.principal else None
    return f"{user} {caller.key.application.id if caller.key else None}"


def require_application(action: Action, identifier: object, *, active: bool = False) -> Application:
    """The application of this id, if the caller may do `action` with it.

    Without an id: the one that the api-key names, else the only one that the caller owns or
    shares. `active`: only one that is switched on. NotFound for an id that is unknown, or of one
    that the caller may not read; Unauthenticated or Forbidden where the caller may not,
    InvalidFields where it is unclear.
    """
    caller = current_caller() if action in ("read", "search") else require_caller()
    if identifier is None or identifier == "":
        application = caller.key.application if caller.key else _only_application(action)
        require_allowed(action, application)
    else:
        application = find_application(identifier)
        require_allowed(action, application, _no_application(identifier))
    if active:
        require_active(application)
    return application


def require_active(application: Application) -> None:
    """Raise Forbidden where the application is switched off."""
    if application.status != "Active":
        raise Forbidden("The application is inactive.")


def find_application(identifier: object) -> Application:
    """The application of this id, whoever asks."""
    key = compact_id(identifier)
    application = Application.objects(id=key).first() if key else None
    if application is None:
        raise _no_application(identifier)
    return application


def _no_application(identifier: object) -> NotFound:
    return NotFound(f"There is no application {identifier!r:.60}.")


def applications_of(principal: Principal) -> list[Application]:
    """The applications that the principal owns or shares, by name."""
    own = {"owner": principal.user, "organization": None}
    shared = {"organization": {"$in": list(principal.organizations)}}
    return list(Application.objects(__raw__={"$or": [own, shared]}).order_by("name", "id"))


def applications_for(action: Action, principal: Principal) -> list[Application]:
    """Those of `applications_of` with which the principal may do this, without a key."""
    return [one for one in applications_of(principal) if may(principal, action, one)]


def readable_applications() -> list[str]:
    """Ids of all applications whose media the caller may read; with an api-key at most that one."""
    caller = current_caller()
    principal = caller.principal
    _require_scope(caller, "read")
    if caller.key is not None:
        require(principal, "read", caller.key.application, caller.key)
        return [caller.key.application.id]
    public = [application.id for application in Application.objects(public=True).only("id")]
    if principal is None:
        return public
    if principal.is_admin:
        return [application.id for application in Application.objects().only("id")]
    return list({*public, *(application.id for application in applications_of(principal))})


def _identify() -> Caller:
    authorization = requested_authorization(request.args, request.headers.get("Authorization"))
    host = current_host()
    known = host.current_principal()
    if authorization is not None:
        if authorization.scheme != "opaque":
            known = _agreed(known, _principal_of(authorization))
        elif known is None or not host.reads_bearer_tokens:
            raise Unauthenticated("This is no token that we know.")
    caller = Caller(known, _key_of_request())
    _require_honoured(caller)
    return caller


def _require_honoured(caller: Caller) -> None:
    """Refuse keys that have ended, or that are not for the address that asks; note the others.

    The address is the one that the portal's ProxyFix gives, else that of the connection.
    """
    for holder in (caller.principal, caller.key):
        limits = holder.limits if holder is not None else None
        error = limits.refusal(request.remote_addr) if limits is not None else None
        if error is not None:
            raise error
    if caller.key is not None:
        note_use(caller.key)


def _principal_of(authorization: Authorization) -> Principal:
    if authorization.scheme == "basic":
        return basic_principal(authorization.value)
    return token_principal(authorization.value)


def _agreed(one: Principal | None, other: Principal) -> Principal:
    if one is not None and one.user != other.user:
        raise Unauthenticated("The credentials of this request name different users.")
    return other


def _key_of_request() -> ApplicationKey | None:
    values = request.headers.getlist(APPLICATION_KEY_HEADER)
    if not values and current_host().has_own_accounts:  # elsewhere that header is the portal's
        sent = request.headers.getlist(USER_KEY_HEADER)
        values = [one for one in sent if one.strip().startswith(NAMED_KEY_PREFIX)]
    if not values or not values[0].strip():
        return None
    if len(values) > 1 or "," in values[0]:
        raise Unauthenticated("Send one api-key header.")
    return find_key(values[0], current_keyring())


def _count_search(caller: Caller) -> None:
    """Count once per request, for the address and for who asks."""
    if "mediadb_counted" in g:
        return
    g.mediadb_counted = True
    callers = [f"address {caller_address()}"]
    if caller.principal is not None:
        callers.append(f"user {caller.principal.user}")
    elif caller.key is not None:
        callers.append(f"application {caller.key.application.id}")
    current_rates().check("search", callers)


def _count_anonymous(caller: Caller) -> None:
    """Searches without any credential have a limit of their own (MEDIADB_LIMIT_ANONYMOUS)."""
    if caller == Caller(None, None) and "mediadb_counted_anonymous" not in g:
        g.mediadb_counted_anonymous = True
        current_rates().check("anonymous", [f"address {caller_address()}"])


def _only_application(action: Action) -> Application:
    found = applications_for(action, require_principal(action))
    if len(found) == 1:
        return found[0]
    if not found:
        raise InvalidFields({"application": "name one: you have none of your own"})
    names = ", ".join(f"{a.id} ({a.name})" for a in found[:20])
    raise InvalidFields({"application": f"name one of yours: {names}"})
