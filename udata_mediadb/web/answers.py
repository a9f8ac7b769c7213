"""Every error becomes our JSON, on any host."""

import logging

from flask import Flask, Response, current_app, g, jsonify, request
from flask_restx.mask import MaskError
from werkzeug.exceptions import HTTPException

from ..errors import InvalidRequest, MediaDBError, Unavailable
from .failures import failure_of

log = logging.getLogger(__name__)


def error_response(exc: Exception) -> Response:
    """The answer for an exception: its own form, 503 or 507 where something failed, else 500."""
    if not isinstance(exc, MediaDBError) and (failure := failure_of(exc)) is not None:
        log.warning("%s %s: %s (%s)", request.method, request.path, failure.slug, _reason(exc))
        exc = failure
    if isinstance(exc, MaskError):
        exc = InvalidRequest(f"Mask parse error: {exc}")  # X-Fields; the words are udata's
    if isinstance(exc, Unavailable):
        g.mediadb_failure = exc.what  # for the metrics
    if isinstance(exc, MediaDBError):
        return _challenged(_json(exc.body(), exc.status, exc.headers()))
    if isinstance(exc, HTTPException):
        status = exc.code or 500
        body = {"message": exc.description or exc.name, "status": status, "error": _slug(exc)}
        return _json(body, status, {})
    if current_app.testing or current_app.config.get("PROPAGATE_EXCEPTIONS"):
        raise exc
    log.error("Unexpected error on %s %s", request.method, request.path, exc_info=exc)
    return _json({"message": "Internal error", "status": 500}, 500, {})


def answer_routing_errors(app: Flask, prefix: str, *, unknown_paths: bool = True) -> None:
    """Answer what leads to no route under `prefix` in our form, others not at all.

    Unknown paths, wrong verbs, hosts that are not trusted (TRUSTED_HOSTS); not redirections.
    `unknown_paths`: False leaves paths and verbs to the host.
    """

    def check() -> Response | None:
        exc = request.routing_exception
        path = request.path
        if not isinstance(exc, HTTPException) or (exc.code or 500) < 400:
            return None
        if not unknown_paths and exc.code in (404, 405):
            return None
        if path != prefix and not path.startswith(prefix + "/"):
            return None
        return error_response(exc)

    app.before_request(check)


def _challenged(response: Response) -> Response:
    """Beside Bearer's challenge Basic's, where it is accepted: clients log in only when asked."""
    is_accepted = current_app.config["MEDIADB_BASIC_AUTH"] and request.is_secure
    if response.status_code == 401 and is_accepted:
        response.headers.add("WWW-Authenticate", 'Basic realm="mediadb", charset="UTF-8"')
    return response


def _slug(exc: HTTPException) -> str:
    """As our own errors have it: not-found, method-not-allowed."""
    return InvalidRequest.slug if exc.code == 400 else exc.name.lower().replace(" ", "-")


def _reason(exc: Exception) -> str:
    """The class, and an operating system's own words: other messages may name hosts or keys."""
    words = f": {exc.strerror}" if isinstance(exc, OSError) and exc.strerror else ""
    return f"{type(exc).__name__}{words}"


def _json(body: dict[str, object], status: int, headers: dict[str, str]) -> Response:
    response = jsonify(body)
    response.status_code = status
    response.headers.update(headers)
    return response
