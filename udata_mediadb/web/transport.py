"""Keeping credentials off plain http (MEDIADB_REQUIRE_HTTPS)."""

from collections.abc import Collection

from flask import Flask, Response, current_app, redirect, request

from ..errors import Forbidden
from .answers import error_response

REASON = "This API is served over https only. What was just sent could be read on the way."


def require_https(app: Flask, prefix: str, blueprints: Collection[str]) -> None:
    """Answer plain http below `prefix` and for routes of these blueprints: 301 for GET (LTU's
    FAQ), 403 for the rest.

    Not 301 for the rest: clients follow it with a GET and without the body. Behind a proxy that
    ends TLS the app needs werkzeug's ProxyFix (docs/reference/authentication.md).
    """

    def check() -> Response | None:
        if not current_app.config["MEDIADB_REQUIRE_HTTPS"] or request.is_secure:
            return None
        if not request.path.startswith(f"{prefix}/") and request.blueprint not in blueprints:
            return None
        if request.method in ("GET", "HEAD"):
            target: Response = redirect("https" + request.url.removeprefix("http"), 301)  # type: ignore[assignment]
            return target
        return error_response(Forbidden(REASON))

    app.before_request(check)
