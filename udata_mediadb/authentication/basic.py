"""HTTP Basic (RFC 7617), for clients of older versions of LTU's API; off unless switched on."""

import base64
import binascii

from flask import current_app, request

from ..errors import Forbidden, Unauthenticated
from .accounts import current_accounts
from .principal import Principal
from .slowdown import attempt_login

WRONG = "Wrong user name or password."


def basic_principal(value: str) -> Principal:
    """The user whose name and password these are (base64 of `name:password`, UTF-8).

    Unauthenticated where they are wrong, or Basic is off; Forbidden on plain http, where the
    password has just been shown to everyone on the way.
    """
    if not current_app.config["MEDIADB_BASIC_AUTH"]:
        raise Unauthenticated("Basic authentication is switched off here: send a token or a key.")
    if not request.is_secure:
        raise Forbidden("Basic authentication is accepted over https only.")
    name, password = _decoded(value)
    accounts = current_accounts()
    user = attempt_login(name, lambda: accounts.check_password(name, password))
    principal = accounts.principal(user) if user else None
    if principal is None:
        raise Unauthenticated(WRONG)
    return principal


def _decoded(value: str) -> tuple[str, str]:
    try:
        name, colon, password = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as exc:
        raise Unauthenticated("The Basic credentials are not base64 of name:password.") from exc
    if not colon:
        raise Unauthenticated("The Basic credentials have no colon.")
    return name, password
