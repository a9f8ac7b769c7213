"""Forms are ours: a token in each, the same as in the visitor's signed cookie, and the Origin."""

import hmac
import secrets
from urllib.parse import urlsplit

from flask import request, session

from ...errors import Forbidden

FIELD = "csrf_token"
_KEY = "mediadb_csrf"


def csrf_token() -> str:
    """The token for the forms of this visitor."""
    if _KEY not in session:
        session[_KEY] = secrets.token_urlsafe(24)
    return str(session[_KEY])


def forget_forms() -> None:
    """Let no form that was shown before be sent; what the portal keeps in the session stays."""
    session.pop(_KEY, None)


def require_own_form() -> None:
    """Raise Forbidden for a POST that no page of ours sent."""
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        raise Forbidden("This form was sent from another site.")
    sent, known = request.form.get(FIELD, ""), str(session.get(_KEY, ""))
    if not known or not hmac.compare_digest(sent.encode(), known.encode()):
        raise Forbidden("This form is too old. Load the page again, then send it once more.")
