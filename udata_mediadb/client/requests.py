"""What is sent: pictures in any form, arguments as each part of a request has them. No network."""

import json
import mimetypes
import os
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, BinaryIO

Picture = str | Path | bytes | BinaryIO | tuple[str, bytes]
IDEMPOTENCY = "Idempotency-Key"
MULTIPART = "multipart/form-data; boundary="
_ADDRESSES = ("http://", "https://", "data:")
WAIT_MAX_S = 60.0  # a portal that wants more is asked again by whoever calls
_DIGITS = 9


@dataclass(frozen=True)
class Call:
    """One request. `is_safe`: may be sent again where no answer came. `content`: its bytes as they
    are, where it is no JSON and no form."""

    method: str
    path: str
    query: list[tuple[str, str]] = field(default_factory=list)
    body: Mapping[str, Any] | None = None
    pictures: list[tuple[str, bytes]] = field(default_factory=list)
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None

    @property
    def is_safe(self) -> bool:
        return self.method in ("GET", "HEAD") or IDEMPOTENCY in self.headers


def with_picture(call: Call, picture: Picture | None) -> Call:
    """The call with a picture: a path, bytes (alone or with a name), an open file, an address."""
    if picture is None:
        return call
    if isinstance(picture, str) and picture.startswith(_ADDRESSES):
        named = (call.body or {}).get("url")
        both = picture if named is None else [named, picture]  # a comparison takes two
        return _replaced(call, body={**(call.body or {}), "url": both})
    return _replaced(call, pictures=[*call.pictures, _read(picture)])


def once(call: Call, key: str | None = None) -> Call:
    """The call with a key that makes a repeat of it do nothing more; None for a new one."""
    return _replaced(call, headers={**call.headers, IDEMPOTENCY: key or uuid.uuid4().hex})


def _replaced(call: Call, **changes: Any) -> Call:
    parts = {name: getattr(call, name) for name in call.__dataclass_fields__}
    return Call(**{**parts, **changes})


def _read(picture: Picture) -> tuple[str, bytes]:
    """Its name and bytes. All of it is read: a picture that is sent again must be the same."""
    if isinstance(picture, tuple):
        return picture
    if isinstance(picture, bytes):
        return "picture", picture
    if isinstance(picture, str | Path):
        path = Path(picture)
        return readable(path.name), path.read_bytes()
    if not hasattr(picture, "read"):
        wanted = "a path, bytes, an open file or an address; stored ones are named by their ids"
        raise TypeError(f"{type(picture).__name__} is no picture: that is {wanted}")
    name = getattr(picture, "name", "picture")
    return readable(Path(str(name)).name), picture.read()


def readable(name: str) -> str:
    """A file's name as text that can be sent; bytes of it that are no UTF-8 as `\\xff`."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def query_of(arguments: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Arguments of a query string. `created_at__gte` is `created_at.gte`, a list several values,
    `metadata={"year": 1932}` is `metadata.year=1932`; None is left out."""
    pairs: list[tuple[str, str]] = []
    for name, value in arguments.items():
        if value is None:
            continue
        dotted = name.replace("__", ".")
        if isinstance(value, Mapping):
            pairs += query_of({f"{dotted}.{key}": one for key, one in value.items()})
        elif isinstance(value, list | tuple | set):
            pairs += [(dotted, _text(one)) for one in value]
        else:
            pairs.append((dotted, _text(value)))
    return pairs


def given(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Those that are not None."""
    return {name: value for name, value in arguments.items() if value is not None}


def content_of(call: Call) -> tuple[bytes | None, dict[str, str]]:
    """The body and its headers, made once: what is sent again is the same to the byte."""
    if call.content is not None:
        return call.content, {}
    if call.pictures:
        return _form(call)
    if call.body is None:
        return None, {}
    return _json(call.body).encode(), {"Content-Type": "application/json"}


def _form(call: Call) -> tuple[bytes, dict[str, str]]:
    boundary = uuid.uuid4().hex
    parts = []
    for name, value in (call.body or {}).items():
        text = value if isinstance(value, str) else _json(value)
        parts.append(_part(f'name="{name}"', None, text.encode()))
    for filename, data in call.pictures:
        kind = mimetypes.guess_type(filename)[0] or "application/octet-stream"
        quoted = filename.translate({34: "%22", 13: "%0D", 10: "%0A"})  # HTML, multipart form data
        parts.append(_part(f'name="image"; filename="{quoted}"', kind, data))
    lines = b"".join(b"--%s\r\n%s\r\n" % (boundary.encode(), part) for part in parts)
    return lines + b"--%s--\r\n" % boundary.encode(), {"Content-Type": MULTIPART + boundary}


def _part(disposition: str, kind: str | None, data: bytes) -> bytes:
    head = f"Content-Disposition: form-data; {disposition}\r\n"
    head += f"Content-Type: {kind}\r\n" if kind else ""
    return head.encode() + b"\r\n" + data


def wait_of(headers: Mapping[str, str]) -> float | None:
    """Seconds that `Retry-After` asks for, a number or a date (RFC 9110 10.2.3); None for none."""
    said = headers.get("Retry-After", "").strip()
    if said.isascii() and said.isdigit():
        return float(said[:_DIGITS])
    try:
        until = parsedate_to_datetime(said)
    except ValueError:
        return None
    zoned = until if until.tzinfo is not None else until.replace(tzinfo=UTC)
    return max(0.0, (zoned - datetime.now(UTC)).total_seconds())


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=_plain)


def _plain(value: Any) -> Any:
    """What JSON has no word for; TypeError for what would become the text of a Python object."""
    if isinstance(value, set | frozenset):
        return sorted(value)
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, Path | uuid.UUID | Decimal):
        return str(value)
    if isinstance(named := getattr(value, "id", None), str):
        return named
    raise TypeError(f"{type(value).__name__} cannot be sent: use text, numbers, lists, mappings")


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
