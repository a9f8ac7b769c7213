"""Every error becomes our JSON, on any host."""

import logging

from flask import Flask, Response, current_app, jsonify, request
from flask_restx.mask import MaskError
from pymongo.errors import ConnectionFailure, ExecutionTimeout
from werkzeug.exceptions import HTTPException

from ..errors import InvalidRequest, MediaDBError, Unavailable

log = logging.getLogger(__name__)

# MongoDB is looked for again after this; it usually restarts within seconds.
DATABASE_RETRY_S = 2


def error_response(exc: Exception) -> Response:
    """The answer for an exception: its own form, 503 for an absent database, else 500."""
    if isinstance(exc, ConnectionFailure | ExecutionTimeout):
        log.warning("The database did not answer: %s", type(exc).__name__)
        exc = Unavailable("The database does not answer. Try again in a moment.", DATABASE_RETRY_S)
    if isinstance(exc, MaskError):
        exc = InvalidRequest(f"Mask parse error: {exc}")  # X-Fields; the words are udata's
    if isinstance(exc, MediaDBError):
        return _json(exc.body(), exc.status, exc.headers())
    if isinstance(exc, HTTPException):
        status = exc.code or 500
        return _json({"message": exc.description or exc.name, "status": status}, status, {})
    if current_app.testing or current_app.config.get("PROPAGATE_EXCEPTIONS"):
        raise exc
    log.error("Unexpected error on %s %s", request.method, request.path, exc_info=exc)
    return _json({"message": "Internal error", "status": 500}, 500, {})


def answer_routing_errors(app: Flask, prefix: str) -> None:
    """Answer unknown routes and wrong verbs under `prefix` in our form, others not at all."""

    def check() -> Response | None:
        exc = request.routing_exception
        path = request.path
        if not isinstance(exc, HTTPException) or exc.code not in (404, 405):
            return None
        if path != prefix and not path.startswith(prefix + "/"):
            return None
        return error_response(exc)

    app.before_request(check)


def _json(body: dict[str, object], status: int, headers: dict[str, str]) -> Response:
    response = jsonify(body)
    response.status_code = status
    response.headers.update(headers)
    return response
