"""What a request carries as credentials, before anyone looks whether they are good."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from ..errors import InvalidRequest, Unauthenticated

APPLICATION_KEY_HEADER = "api-key"
USER_KEY_HEADER = "X-API-KEY"
NAMED_KEY_PREFIX = "mdn_"  # of a further key of an application, which is good in both headers
HEADER_MAX_CHARACTERS = 16 * 1024  # twice what gunicorn and nginx let through

# Arguments by which clients have been seen to send a key in the URL, folded by `_folded`.
_SECRET_ARGUMENTS = {
    *("apikey", "xapikey", "accesstoken", "refreshtoken", "idtoken", "token", "authorization"),
    *("password", "privatekey", "publickey"),
}
_JWT = re.compile(r"[\w-]+\.[\w-]+\.[\w-]*", re.ASCII)
_UNEXPANDED = re.compile(r"\$|<|\{|%\w+%")
NO_CREDENTIALS = "Send an X-API-KEY header or a token."
ONE_HEADER = "Send one Authorization header with one credential."


@dataclass(frozen=True)
class Authorization:
    """An Authorization header. `jwt`: with the word Bearer or bare, as the LTU guide sends it."""

    scheme: Literal["jwt", "basic", "opaque"]
    value: str


def read_authorization(header: str | None) -> Authorization | None:
    """The header taken apart; Unauthenticated for what no client sends on purpose."""
    header = (header or "").strip()
    if not header:
        return None
    if len(header) > HEADER_MAX_CHARACTERS:
        raise Unauthenticated(
            f"The Authorization header is over {HEADER_MAX_CHARACTERS} characters."
        )
    if "," in header:  # how WSGI servers hand over two headers; no credential of ours has a comma
        raise Unauthenticated(ONE_HEADER)
    scheme, _, value = header.rpartition(" ")
    scheme, value = scheme.strip().lower(), value.strip()
    refuse_placeholder(value, "Authorization", "token")
    if scheme in ("", "bearer") and _JWT.fullmatch(value):
        return Authorization("jwt", value)
    if scheme == "basic":
        return Authorization("basic", value)
    return Authorization("opaque", value)


def requested_authorization(arguments: Iterable[str], header: str | None) -> Authorization | None:
    """See `read_authorization`; refuses secrets among the arguments of the URL first."""
    refuse_secrets_in_url(arguments)
    return read_authorization(header)


def refuse_placeholder(value: str, header: str, noun: str) -> None:
    """Unauthenticated, with what went wrong, for `$API-KEY` and `<TOKEN>` sent as they stand."""
    if _UNEXPANDED.match(value):
        raise Unauthenticated(
            f"The {header} header holds a placeholder, not the {noun} itself. A shell fills in no "
            "variable within single quotes, and none with a hyphen in its name: use double quotes "
            "and a name like API_KEY."
        )


def refuse_secrets_in_url(arguments: Iterable[str]) -> None:
    """InvalidRequest for a query string that carries a key or a token: URLs end up in logs."""
    for name in arguments:
        if _folded(name) in _SECRET_ARGUMENTS:
            raise InvalidRequest(
                f"Send no {name!r:.40} in the URL, where logs and histories keep it. Keys go into "
                "the X-API-KEY or the api-key header, tokens into Authorization."
            )


def _folded(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "")
