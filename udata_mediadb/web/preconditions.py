"""Answers that are known, and changes that hold only where an object is what the client has read.

RFC 9110, 13.1.1. The tag is that of the answer to GET, so what a client compares is what it saw.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import Response, g, request
from flask_restx import Api, Model, marshal

from ..errors import PreconditionFailed
from ..mongo.clock import now, utc
from .arguments import Argument

MATCH = Argument(
    "If-Match",
    "ETags that you have read: changed only where the object still has one of them, else 412",
)
CHANGED = "It was changed since you read it: read it again."


def note_changed(*moments: datetime | None) -> None:
    """Since when the answer to this request is what it is: the last of these moments."""
    g.mediadb_changed_at = max(utc(one) for one in moments if one is not None)


def make_conditional(response: Response) -> None:
    """An ETag of what it says (RFC 9110, 8.8.3), `Last-Modified` where that was noted; 304 for who
    has it (13.1.2, 13.1.3).

    A date has whole seconds. What was changed in the very second that it is answered in may change
    once more in it, so it is said to be a second older: the next question is answered anew.
    """
    response.add_etag()
    changed_at = g.pop("mediadb_changed_at", None)
    if changed_at is not None:
        response.last_modified = changed_at = changed_at.replace(microsecond=0)
    response.make_conditional(request)
    if changed_at is not None and now() < changed_at + timedelta(seconds=1):
        response.last_modified = changed_at - timedelta(seconds=1)


def is_conditional() -> bool:
    """Whether the request names what it may change, and not just anything that there is."""
    return "If-Match" in request.headers and not request.if_match.star_tag


def require_match(api: Api, answer: Callable[[], Mapping[str, Any]], model: Model) -> None:
    """Raise PreconditionFailed where the request names tags and none of them is that of `answer`.

    `answer`: gives the object as GET answers it.
    """
    if not is_conditional():
        return
    shown = marshal(answer(), model, mask=request.headers.get("X-Fields"))
    response = api.make_response(shown, 200)
    response.add_etag()
    if not request.if_match.contains(response.get_etag()[0] or ""):
        raise PreconditionFailed(CHANGED)
