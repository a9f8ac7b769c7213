"""Where a client asks, as whom, and after what: checked before anything is sent."""

import re
from typing import Any
from urllib.parse import SplitResult, quote, unquote, urlsplit, urlunsplit

from .errors import BadRequest

_ROUTES = "api/1/mediadb/"
_API = re.compile(r"/api/[^/]+/$")


def api_of(url: str) -> str:
    """The address of our routes, of a portal's own address, or that of its API; without the name
    and password that it may have. BadRequest for what is no address."""
    parts = _parts(url)
    address = urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
    address = address.rstrip("/") + "/"
    if address.endswith("/mediadb/"):
        return address
    return address + ("mediadb/" if _API.search(address) else _ROUTES)


def login_of(url: str) -> tuple[str, str] | None:
    """Name and password of an address (https://name:password@…), for Basic authentication."""
    parts = _parts(url)
    if parts.username is None and parts.password is None:
        return None
    return unquote(parts.username or ""), unquote(parts.password or "")


def _parts(url: str) -> SplitResult:
    """BadRequest names nothing of it but its host: there may be a password in it."""
    try:
        parts = urlsplit(url.strip())
        _ = parts.port  # ValueError for what is none
    except ValueError as exc:
        raise BadRequest(f"this is no address of a portal: {exc}") from exc
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadRequest("this is no address of a portal: it begins with https:// or http://")
    if parts.query or parts.fragment:
        raise BadRequest(f"the address of a portal has no ? and no #: {parts.hostname} has")
    return parts


def headers_of(key: str | None, application_key: str | None, token: str | None) -> dict[str, str]:
    """Credentials as headers; BadRequest for what no header can hold."""
    given = {"X-API-KEY": key, "api-key": application_key, "Authorization": token}
    found = {name: value.strip() for name, value in given.items() if value is not None}
    for name, value in found.items():
        # nothing of it in the message: it would end in a log
        if not (value and value.isascii() and value.isprintable()):
            raise BadRequest(f"what is given for {name} is no key: it has only ASCII, and no space")
    if "Authorization" in found:
        found["Authorization"] = f"Bearer {found['Authorization']}"
    return found


def identifier(named: Any) -> str:
    """The id of a value, or the id itself."""
    return str(getattr(named, "id", named))


def in_path(named: Any) -> str:
    """The same as a part of a path; BadRequest for what would lead to another route."""
    text = identifier(named)
    if text.strip(".") == "" or "/" in text or "\\" in text or not text.isprintable():
        raise BadRequest(f"{text[:60]!r} is no id")
    return quote(text, safe="")
