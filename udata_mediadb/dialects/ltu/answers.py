"""Answers of the dialect: JSON, and errors as `{"message", "status", "detail", …}`."""

import json
from collections.abc import Sequence
from typing import Any

from flask import Response, jsonify

from ...web.answers import error_response


def answer(body: Any, status: int = 200, warnings: Sequence[str] = ()) -> Response:
    """A JSON answer; `warnings` travel in a header."""
    response = jsonify(body)
    response.status_code = status
    if warnings:
        response.headers["X-Warning"] = "; ".join(warnings).encode("ascii", "replace").decode()
    return response


def error_answer(exc: Exception) -> Response:
    """The answer for any exception; `detail` is where clients of Django REST Framework look."""
    response = error_response(exc)
    body = response.get_json()
    response.data = json.dumps({**body, "detail": body["message"]})
    return response
