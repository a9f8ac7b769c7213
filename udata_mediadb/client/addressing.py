"""Where a client asks, as whom, and after what: checked before anything is sent."""

import re
from typing import Any
from urllib.parse import quote

from .errors import BadRequest

_ROUTES = "api/1/mediadb/"
_API = re.compile(r"/api/[^/]+/$")


def api_of(url: str) -> str:
    """The address of our routes, of a portal's own address, or that of its API."""
    address = url.strip().rstrip("/") + "/"
    if address.endswith("/mediadb/"):
        return address
    return address + ("mediadb/" if _API.search(address) else _ROUTES)


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
