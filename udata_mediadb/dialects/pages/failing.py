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
from .visitor import Visitor

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


def error_page(error: MediaDBError, **known: Any) -> Response:
    """What went wrong and what to do next; for 401 the way to sign in. `known`: for `page`."""
    wait_s = error.headers().get("Retry-After")
    status = error.status
    html = page(
        "error.html",
        heading=gettext(HEADINGS.get(status, _OTHER)),
        advice=gettext(ADVICE[status]) if status in ADVICE else None,
        message=told(error.message),
        status=status,
        errors=[told(str(one)) for one in getattr(error, "errors", {}).values()],
        refresh_s=(wait_s or "10") if status == 503 and request.method == "GET" else None,
        **known,
    )
    response = make_response(html, status)
    response.headers.update({k: v for k, v in error.headers().items() if k != "WWW-Authenticate"})
    return response


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
