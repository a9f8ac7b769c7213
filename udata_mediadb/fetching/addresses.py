"""Which addresses a stranger may make this server talk to: public ones, and what is allowed."""

import ipaddress
import socket
import threading
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from typing import Any

from ..errors import FetchRefused
from .deadline import Deadline

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolve = Callable[..., Sequence[tuple[Any, ...]]]

# One answer for a private address, for none, and for a name that does not exist: what an internal
# name resolves to, or whether it exists, is nobody's business.
NOT_PUBLIC = "The URL's host has no public address."

# IANA special-purpose registries, written out: `is_global` differs between Python releases.
_NOT_PUBLIC = {
    "this network": "0.0.0.0/8",
    "private": "10.0.0.0/8",
    "carrier-grade NAT": "100.64.0.0/10",
    "loopback": "127.0.0.0/8",
    "link-local, cloud metadata": "169.254.0.0/16",
    "private too": "172.16.0.0/12",
    "protocol assignments": "192.0.0.0/24",
    "documentation": "192.0.2.0/24",
    "6to4 relays": "192.88.99.0/24",
    "home networks": "192.168.0.0/16",
    "benchmarks": "198.18.0.0/15",
    "documentation too": "198.51.100.0/24",
    "documentation as well": "203.0.113.0/24",
    "multicast": "224.0.0.0/4",
    "reserved, broadcast": "240.0.0.0/4",
    "Teredo, ORCHID": "2001::/23",
    "IPv6 documentation": "2001:db8::/32",
    "6to4": "2002::/16",
    "IPv6 documentation too": "3fff::/20",
}
_REFUSED = tuple(ipaddress.ip_network(text) for text in _NOT_PUBLIC.values())
_PUBLIC_V6 = ipaddress.IPv6Network("2000::/3")  # leaves out NAT64, ULA, link-local, multicast


def is_public(address: Address) -> bool:
    """Whether packets to it leave for the internet, and for nobody's private network."""
    address = unmapped(address)
    if not address.is_global or address.is_multicast:
        return False
    if address.version == 6 and address not in _PUBLIC_V6:
        return False
    return not any(address in network for network in _REFUSED)


def unmapped(address: Address) -> Address:
    """The IPv4 address inside an IPv4-mapped IPv6 one (::ffff:127.0.0.1)."""
    return getattr(address, "ipv4_mapped", None) or address


def addresses_of(
    host: str, port: int, *, allow: Sequence[str], resolve: Resolve, deadline: Deadline
) -> list[Address]:
    """Every address of the host, each public or allowed; at least one.

    `allow`: host names, and addresses or CIDR networks, that are fetched from although they are
    not public. Raises FetchRefused if a single address is neither, TimeoutError at the deadline.
    """
    addresses = _resolved(host, port, resolve, deadline)
    if not addresses:
        raise FetchRefused(NOT_PUBLIC)
    names, networks = _split_allow(allow)
    if host in names:
        return addresses
    for address in addresses:
        if not is_public(address) and not any(address in network for network in networks):
            raise FetchRefused(NOT_PUBLIC)
    return addresses


def _split_allow(allow: Sequence[str]) -> tuple[set[str], list[Network]]:
    names: set[str] = set()
    networks: list[Network] = []
    for entry in allow:
        try:
            networks.append(ipaddress.ip_network(entry, strict=False))
        except ValueError:
            names.add(entry.lower().removesuffix("."))
    return names, networks


def _resolved(host: str, port: int, resolve: Resolve, deadline: Deadline) -> list[Address]:
    try:
        return [unmapped(ipaddress.ip_address(host))]
    except ValueError:
        pass
    answers = _in_time(lambda: resolve(host, port, 0, socket.SOCK_STREAM), deadline)
    found = (unmapped(ipaddress.ip_address(str(a[4][0]).partition("%")[0])) for a in answers)
    return list(dict.fromkeys(found))


def _in_time(
    look_up: Callable[[], Sequence[tuple[Any, ...]]], deadline: Deadline
) -> Sequence[tuple[Any, ...]]:
    """The answers, none if the name has none.

    The system's resolver has no timeout, so it runs in a thread of its own. A thread that is late
    is left behind (it ends when the resolver gives up) and, being a daemon, delays no shutdown.
    """
    results: SimpleQueue[Sequence[tuple[Any, ...]]] = SimpleQueue()

    def run() -> None:
        try:
            results.put(look_up())
        except (OSError, UnicodeError):
            results.put(())

    threading.Thread(target=run, name="mediadb-resolve", daemon=True).start()
    try:
        return results.get(timeout=deadline.remaining_s())
    except Empty:
        raise TimeoutError("name look-up") from None
