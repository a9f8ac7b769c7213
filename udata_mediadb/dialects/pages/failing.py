"""What could not be done, as a page: in words, and what to do next."""

from collections.abc import Mapping
from typing import Any

from flask import Response, make_response, request
from pymongo.errors import PyMongoError
from werkzeug.exceptions import HTTPException

from ...errors import Gone, InvalidRequest, MediaDBError, NotFound, TooLarge, Unavailable
from .languages import gettext, marked
from .rendering import page
from .told import told
from .visitor import Visitor, current_visitor

_OTHER = marked("That did not work")
HEADINGS: Mapping[int, str] = {
    400: marked("That could not be understood"),
    401: marked("Please sign in"),
    403: marked("That is not allowed"),
    404: marked("There is no such page"),
    408: marked("That took too long"),
    409: marked("Somebody was faster"),
    410: marked("It was deleted"),
    412: marked("Somebody was faster"),
    413: marked("That is too large"),
    415: marked("That is no picture that can be read"),
    423: marked("Nothing can be changed at present"),
    429: marked("Too much at once"),
    503: marked("One moment please"),
    507: marked("There is no room at present"),
}
ADVICE: Mapping[int, str] = {
    400: marked("Go back, change what is named here, and send it again."),
    401: marked("After signing in you come back to this page."),
    403: marked("Load the page again; if that does not help, ask who runs this library."),
    404: marked("Perhaps it was moved or deleted, or it is not for you to see."),
    408: marked("Send it again, perhaps over a faster connection."),
    409: marked("Load the page again to see how it is now."),
    410: marked("Who may change this library can bring it back."),
    412: marked("Load the page again to see how it is now."),
    413: marked("Make the picture smaller, for instance 2,000 pixels wide, and send it again."),
    415: marked("Save it as JPEG, PNG or WebP and try again."),
    423: marked("Try again later; looking and searching go on meanwhile."),
    429: marked("Wait a little, then try again."),
    503: marked("This page tries again by itself."),
    507: marked("Try again later, or tell who runs this library."),
}
_ENDED = marked("If you were signed in, the session has ended: sign in, and you are back here.")
# What the API calls a field, as our forms do.
FIELDS: Mapping[str, str] = {
    "name": marked("Name"),
    "title": marked("Title"),
    "description": marked("Description"),
    "keywords": marked("Keywords"),
    "alt": marked("For who cannot see it"),
    "creator": marked("By"),
    "credit": marked("Credit"),
    "source": marked("Source"),
    "licence": marked("Licence"),
    "rights": marked("Rights"),
    "taken_at": marked("Taken"),
    "place": marked("Place"),
    "latitude": marked("Latitude"),
    "longitude": marked("Longitude"),
}


def error_page(error: MediaDBError, **known: Any) -> Response:
    """What went wrong and what to do next; for 401 the way to sign in. `known`: for `page`."""
    wait_s = error.headers().get("Retry-After")
    status = error.status
    visitor = known["visitor"] if "visitor" in known else current_visitor()
    is_signed_out = status == 401 or (status == 403 and not visitor.principal)
    refused = request.method == "POST"
    advice = _ENDED if refused and status == 403 and is_signed_out else ADVICE.get(status)
    html = page(
        "error.html",
        heading=_heading(error),
        advice=gettext(advice) if advice else None,
        message=told(error.message),
        is_signed_out=is_signed_out,
        refused=refused,
        errors=_errors(error),
        refresh_s=(wait_s or "10") if status == 503 and request.method == "GET" else None,
        **known,
    )
    response = make_response(html, status)
    response.headers.update({k: v for k, v in error.headers().items() if k != "WWW-Authenticate"})
    return response


def refusal(error: MediaDBError) -> dict[str, Any]:
    """The same above a form that is shown again: `heading`, and `texts` with what to do."""
    texts = _errors(error) or [told(error.message)]
    if error.status != InvalidRequest.status and error.status in ADVICE:
        texts.append(gettext(ADVICE[error.status]))
    return {"heading": _heading(error), "texts": texts}


def unavailable_page(error: PyMongoError) -> Response:
    """The database is away: a page that needs none of it."""
    words = Unavailable(gettext("The library does not answer just now."))
    return error_page(words, visitor=Visitor(None), libraries=[])


def other_page(error: HTTPException) -> Response:
    """What the web framework refused."""
    kinds: dict[int, type[MediaDBError]] = {
        400: InvalidRequest,
        404: NotFound,
        405: NotFound,
        410: Gone,
        413: TooLarge,
    }
    kind = kinds.get(error.code or 500, MediaDBError)
    return error_page(kind(error.description or error.name))


def _heading(error: MediaDBError) -> str:
    return gettext(HEADINGS.get(error.status, _OTHER))


def _errors(error: MediaDBError) -> list[str]:
    """What is wrong with each field, which is named as the form that was sent names it."""
    found = []
    for name, text in getattr(error, "errors", {}).items():
        says = told(str(text))
        label = FIELDS.get(name) if name in request.form else None
        found.append(f"{gettext(label)}: {says}" if label else says)
    return found
