"""The route that Prometheus reads."""

import hmac
from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Response, current_app, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from ...authorization.caller import current_principal
from ...errors import Forbidden, Unauthenticated
from ...web.declaring import takes
from ...web.namespace import SECURITY, ns
from .measures import measures
from .resource import WatchedResource
from .state import State

# What proxies add, "X-Forwarded-…" aside
_FORWARDED = frozenset({"forwarded", "via", "x-real-ip", "cf-connecting-ip", "true-client-ip"})


@ns.route("/metrics/", endpoint="mediadb_metrics")
class MetricsAPI(WatchedResource):
    """What Prometheus reads."""

    @takes(errors=(403,))
    @ns.doc("get_mediadb_metrics", security=SECURITY, produces=["text/plain"])
    def get(self) -> Response:
        """Counts, times and the state of the indexes, in the text format of Prometheus.

        For the portal's administrators and for who bears `MEDIADB_METRICS_TOKEN`; where none is
        set, also for programs on the same machine that ask without a proxy.
        """
        _require_allowed()
        state = CollectorRegistry()
        state.register(State())
        text = generate_latest(measures().shared()) + generate_latest(state)
        response = Response(text, content_type=CONTENT_TYPE_LATEST)
        response.headers["Cache-Control"] = "private, no-store"
        return response


def _require_allowed() -> None:
    if _bears_the_token() or _is_beside_us():
        return
    principal = current_principal()
    if principal is None:
        raise Unauthenticated("Metrics are for administrators and for who bears the token.")
    if not principal.is_admin:
        raise Forbidden("Metrics are for the portal's administrators.")


def _bears_the_token() -> bool:
    token = current_app.config["MEDIADB_METRICS_TOKEN"]
    authorization = request.authorization
    if not token or authorization is None or authorization.type != "bearer":
        return False
    return hmac.compare_digest((authorization.token or "").encode(), str(token).encode())


def _is_beside_us() -> bool:
    """Whether a program on this machine asks by itself; what a proxy here forwards does not.

    A proxy need not say that it is one. So the name that was asked for is to be this machine's, the
    version of HTTP not that which nginx speaks unless told otherwise, and where a token is set,
    there may be any proxy.
    """
    if current_app.config["MEDIADB_METRICS_TOKEN"] or _is_forwarded():
        return False
    try:
        asked_for = urlsplit(f"//{request.host}").hostname
    except ValueError:
        return False
    return _is_this_machine(asked_for) and _is_this_machine(request.remote_addr)


def _is_forwarded() -> bool:
    names = [name.lower() for name in request.headers.keys()]  # noqa: SIM118  pairs otherwise
    return request.environ.get("SERVER_PROTOCOL") == "HTTP/1.0" or any(
        name in _FORWARDED or name.startswith("x-forwarded-") for name in names
    )


def _is_this_machine(host: str | None) -> bool:
    try:
        return host == "localhost" or ip_address(host or "").is_loopback
    except ValueError:  # a name; a socket of the file system has no address
        return False
