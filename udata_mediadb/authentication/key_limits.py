"""What a key may be narrowed to: scopes, addresses that it is used from, and an end.

Said by whoever makes a key; kept with it, and looked at in one place (`authorization`).
"""

import ipaddress
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from mongoengine import DateTimeField, EmbeddedDocument, ListField, StringField

from ..errors import Forbidden, MediaDBError, Unauthenticated
from ..mongo.clock import now, utc
from ..web.about_readers import moment
from ..web.readers import parse_json, read_name, read_properties

Scope = Literal["search", "read", "write", "admin"]
SCOPES: tuple[Scope, ...] = ("search", "read", "write", "admin")
NETWORKS_MAX = 100  # a list that is longer is a firewall's


class KeyLimits(EmbeddedDocument):
    """The limits of one key. Empty lists and no end: none.

    `allow`: networks in CIDR form. `name`: what it is for, in its owner's words.
    """

    name = StringField(default="")
    scopes = ListField(StringField(choices=SCOPES))
    allow = ListField(StringField())
    ends_at = DateTimeField()

    def covers(self, scope: Scope) -> bool:
        """Whether the key may be used for this. `admin` has all, `write` shows what it changed."""
        held = set(self.scopes)
        return not held or bool(held & {scope, "admin"}) or (scope == "read" and "write" in held)

    def refusal(self, address: str | None) -> MediaDBError | None:
        """Why the key is not honoured now and from this address; None where it is."""
        if self.ends_at is not None and utc(self.ends_at) <= now():
            return Unauthenticated("This key has ended.")
        if self.allow and not _is_within(address, self.allow):
            return Forbidden("This key may not be used from your address.")
        return None

    def as_answered(self) -> dict[str, Any]:
        """On the wire: null for what is not limited."""
        return {
            "name": self.name or None,
            "scopes": list(self.scopes) or None,
            "allow": list(self.allow) or None,
            "ends_at": self.ends_at,
        }


def read_scopes(value: Any) -> list[str]:
    """Some of `SCOPES`: a list, a JSON list, or comma separated text."""
    wanted = _read_list(value)
    if not wanted or not set(wanted) <= set(SCOPES):
        raise ValueError(f"one or more of: {', '.join(SCOPES)}")
    return [scope for scope in SCOPES if scope in wanted]


def read_networks(value: Any) -> list[str]:
    """Addresses and networks, in their shortest form: a list, a JSON list, or text with commas."""
    wanted = _read_list(value)
    if not 0 < len(wanted) <= NETWORKS_MAX:
        raise ValueError(f"1 to {NETWORKS_MAX} addresses or networks, such as 192.0.2.0/24")
    return list(dict.fromkeys(_network(text) for text in wanted))


def read_end(value: Any) -> datetime:
    """A time to come; a day is its beginning, in UTC."""
    if not isinstance(value, str):
        raise ValueError("a time such as 2030-05-01 or 2030-05-01T12:00:00Z")
    found = moment(value.strip())
    if found <= now():
        raise ValueError("a time that is still to come")
    return found


READERS: Mapping[str, Callable[[Any], Any]] = {
    "name": read_name,
    "scopes": read_scopes,
    "allow": read_networks,
    "ends_at": read_end,
}


def changed_limits(limits: KeyLimits | None, properties: Mapping[str, Any]) -> KeyLimits | None:
    """These limits with what `properties` says of them; null lifts one. None where none is left.

    InvalidFields names every bad one.
    """
    said = {field: value for field, value in properties.items() if field in READERS}
    clean = read_properties(said, READERS)
    held = limits.as_answered() if limits is not None else {}
    fields = {**held, **dict.fromkeys(said), **clean}
    fields = {field: value for field, value in fields.items() if value}
    return KeyLimits(**fields) if fields else None


def _read_list(value: Any) -> list[str]:
    if isinstance(value, str):
        value = parse_json(value) if value.lstrip().startswith("[") else value.split(",")
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError("a list of texts, or one text with commas")
    return [item.strip() for item in value if item.strip()]


def _network(text: str) -> str:
    try:
        network = ipaddress.ip_network(text, strict=False)
        is_strict = str(ipaddress.ip_interface(text).ip) == str(network.network_address)
    except ValueError as exc:
        raise ValueError(f"{text!r:.60} is no address and no network") from exc
    if not is_strict:
        raise ValueError(f"{text!r:.60} has an address within its network; meant is {network}?")
    return str(network)


def _is_within(address: str | None, networks: Sequence[str]) -> bool:
    try:
        asking = ipaddress.ip_address(address or "")
    except ValueError:  # a socket of the machine has no address
        return False
    mapped = getattr(asking, "ipv4_mapped", None)
    asking = mapped or asking
    return any(asking in ipaddress.ip_network(network) for network in networks)
