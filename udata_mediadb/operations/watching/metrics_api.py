"""The route that Prometheus reads."""

import hmac
from ipaddress import ip_address

from flask import Response, current_app, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from ...authorization.caller import current_principal
from ...errors import Forbidden, Unauthenticated
from ...web.declaring import takes
from ...web.namespace import SECURITY, ns
from .measures import measures
from .resource import WatchedResource
from .state import State

_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via")


@ns.route("/metrics/", endpoint="mediadb_metrics")
class MetricsAPI(WatchedResource):
    """What Prometheus reads."""

    @takes(errors=(403,))
    @ns.doc("get_mediadb_metrics", security=SECURITY, produces=["text/plain"])
    def get(self) -> Response:
        """Counts, times and the state of the indexes, in the text format of Prometheus.

        For the portal's administrators, for who bears `MEDIADB_METRICS_TOKEN`, and for programs on
        the same machine that ask without a proxy.
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
    """Whether the request comes from this machine; what a proxy here forwards does not."""
    if any(name in request.headers for name in _FORWARDED):
        return False
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:  # a socket of the file system has no address
        return False
