"""Ports for servers that bind them themselves, and for those that are started again."""

import random
import socket
import sys
from pathlib import Path

LOWEST = 10_000
_RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")
# Held until this process ends: no other process of the suite is given the same one.
_HELD: dict[int, socket.socket] = {}


def free_port() -> int:
    """One of loopback that stays free until it is bound.

    What the system gives to who asks for any port, such as each client, it may give to somebody
    else meanwhile. So it is one of those that it gives to nobody.
    """
    chance = random.SystemRandom()  # pytest-randomly seeds the other one alike in all processes
    for _ in range(1000):
        port = chance.randrange(LOWEST, _first_of_clients())
        if port not in _HELD and _is_free(port) and _hold(port):
            return port
    raise AssertionError("there is no free port")


def _first_of_clients() -> int:
    return int(_RANGE.read_text().split()[0]) if _RANGE.exists() else 32_768


def _is_free(port: int) -> bool:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _hold(port: int) -> bool:
    """By a name that one socket of the machine can have; its end gives it back."""
    if sys.platform != "linux":
        return True
    held = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        held.bind(f"\0udata-mediadb-test-port-{port}")
    except OSError:
        held.close()
        return False
    _HELD[port] = held
    return True
