"""Reading the bodies for our routes before udata does.

flask-security looks for a token in the JSON body of every request: it would read one of any size
into memory, and fail with 500 on one that is nested too deeply. What it finds here is read already.
"""

from flask import Flask, Response, current_app, request
from werkzeug.exceptions import RequestEntityTooLarge

from ...errors import InvalidRequest, MediaDBError
from ...web.answers import error_response
from ...web.bodies import FIELDS_MAX_BYTES, refuse_size


def read_bodies_first(app: Flask, prefixes: tuple[str, ...]) -> None:
    """Do so for all paths below these prefixes. Ahead of all else that runs before requests."""

    def read() -> Response | None:
        if not request.path.startswith(prefixes):
            return None
        limit = int(current_app.config["MEDIADB_UPLOAD_MAX_BYTES"])
        request.max_content_length = limit + FIELDS_MAX_BYTES
        try:
            _read_json(limit)
        except MediaDBError as exc:
            return error_response(exc)
        return None

    app.before_request_funcs.setdefault(None, []).insert(0, read)


def _read_json(limit: int) -> None:
    if not request.is_json:
        return
    if (request.content_length or 0) > limit + FIELDS_MAX_BYTES:
        raise refuse_size(limit)
    try:
        request.get_json(silent=True)
    except RequestEntityTooLarge as exc:
        raise refuse_size(limit) from exc
    except RecursionError as exc:
        raise InvalidRequest("The body is not valid JSON: nested too deeply") from exc
