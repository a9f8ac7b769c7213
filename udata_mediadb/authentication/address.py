"""Where a request comes from, for counting."""

import ipaddress

from flask import request


def caller_address() -> str:
    """The address of the client; of IPv6 the /64, since one customer has all of it (RFC 6177).

    Behind a proxy this is the proxy, unless the app has werkzeug's ProxyFix.
    """
    try:
        address = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
