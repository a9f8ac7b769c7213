"""A URL as text -> the parts of one request, or a refusal that says why."""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urlsplit

from ..errors import FetchRefused

# What browsers and servers take for granted (LTU guide: "url" is a plain web address).
MAX_URL_CHARACTERS = 2000
_PORTS = {"http": 80, "https": 443}
# Web servers listen on 80, 443 and from 1024 on. Below are mail, DNS and the like; above, the
# "bad ports" of the Fetch standard and the usual databases, which answer to HTTP text as well.
_REFUSED_PORTS = frozenset(
    {1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6679, 6697, 10080}
    | set(range(6665, 6670))
    | {1433, 1521, 2375, 2376, 2379, 3306, 5432, 5672, 6379, 6380, 9042, 9200, 9300, 11211}
    | set(range(27017, 27020))
)
_CONTROL_OR_SPACE = re.compile(r"[\x00-\x20\x7f-\xa0\\\u2028\u2029]")
_HOST_NAME = re.compile(r"(?=.{1,253}\Z)([a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}\Z")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")


@dataclass(frozen=True)
class Target:
    """One request. `host`: ASCII, lower case, no trailing dot, no brackets. `path`: with query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.host_header}{self.path}"

    @property
    def host_header(self) -> str:
        """As RFC 9110 7.2 wants it: brackets round IPv6, the port where it is not the usual one."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def parse_url(url: str) -> Target:
    """Raises FetchRefused for anything but a clean http or https URL; the fragment is dropped."""
    url = url.strip(" ")
    if len(url) > MAX_URL_CHARACTERS:
        raise FetchRefused(
            f"The URL has {len(url)} characters; up to {MAX_URL_CHARACTERS} are taken."
        )
    if _CONTROL_OR_SPACE.search(url):
        raise FetchRefused("The URL has a space, a backslash or a control character in it.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as exc:
        raise FetchRefused("The URL cannot be understood.") from exc
    if parts.scheme not in _PORTS:
        raise FetchRefused(f"URLs of the schemes http and https are fetched, not {parts.scheme!r}.")
    if "@" in parts.netloc:
        raise FetchRefused("The URL carries a user name or password; those are not sent.")
    port = _PORTS[parts.scheme] if port is None else port
    if _is_refused_port(port):
        raise FetchRefused(f"Port {port} is not one that web servers use.")
    return Target(parts.scheme, _host(parts.hostname or ""), port, _path(parts))


def _is_refused_port(port: int) -> bool:
    return port in _REFUSED_PORTS or (port < 1024 and port not in _PORTS.values())


def _host(host: str) -> str:
    """ASCII host name or canonical IP address."""
    if ":" in host or "%" in host:
        try:
            if "%" in host:
                raise ValueError("zone")
            return str(ipaddress.IPv6Address(host))
        except ValueError as exc:
            raise FetchRefused("The URL's host is not a valid IPv6 address.") from exc
    try:
        name = host.encode("idna").decode("ascii").lower().removesuffix(".")
    except UnicodeError as exc:
        raise FetchRefused("The URL's host is not a valid name.") from exc
    if not _HOST_NAME.match(name):
        raise FetchRefused("The URL's host is missing or not a valid name.")
    if _NUMBER.fullmatch(name.rpartition(".")[2]):
        return _dotted_quad(name)
    return name


def _dotted_quad(name: str) -> str:
    """Decimal, octal, hexadecimal and short forms mean different hosts to different resolvers."""
    try:
        return str(ipaddress.IPv4Address(name))
    except ValueError as exc:
        raise FetchRefused("Write an IPv4 address as four decimal numbers.") from exc


def _path(parts: SplitResult) -> str:
    """Path and query in ASCII; what is percent-encoded already stays as it is."""
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~[]|")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~[]|?")
    return f"{path}?{query}" if query else path
