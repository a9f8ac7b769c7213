"""What a portal answers for our routes when they could not be mounted."""

from flask import Flask, Response, jsonify, request

# Where udata has its API; our routes would have been below it.
_API = "/api/1/mediadb"


def answer_unmounted(app: Flask, reason: str) -> None:
    """Answer 503 on all our paths. `reason`: the class of the error, which holds no secret."""
    ltu = app.config["MEDIADB_LTU_PREFIX"].rstrip("/")
    prefixes = tuple(f"{prefix}/" for prefix in (_API, ltu) if prefix)
    body = {
        "message": f"The media library is not mounted ({reason}); the portal's log has the cause.",
        "status": 503,
        "error": "unavailable",
        "reason": reason,
    }

    def check() -> Response | None:
        if not f"{request.path}/".startswith(prefixes):
            return None
        response = jsonify(body)
        response.status_code = 503
        return response

    app.before_request(check)
