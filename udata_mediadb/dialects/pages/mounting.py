"""Puts the pages on an app, below `MEDIADB_PAGES_PREFIX`."""

from flask import Blueprint, Flask, Response
from pymongo.errors import PyMongoError
from werkzeug.exceptions import HTTPException

from ...errors import Gone, MediaDBError, NotFound, Unavailable
from . import pictures, searching, sign_in
from .rendering import error_page, with_headers

BLUEPRINT = "mediadb_pages"


def mount(app: Flask, prefix: str, *, own_sessions: bool) -> None:
    """Mount the pages. `own_sessions`: people sign in here, so the cookie keeps to this site where
    the portal says nothing else; elsewhere cookies are the portal's matter."""
    if own_sessions and app.config.get("SESSION_COOKIE_SAMESITE") is None:
        app.config["SESSION_COOKIE_SAMESITE"] = "Lax"
    pages = Blueprint(
        BLUEPRINT,
        __name__,
        url_prefix=prefix.rstrip("/"),
        template_folder="templates",
        static_folder="static",
    )
    pages.add_url_rule("/", "home", pictures.home)
    pages.add_url_rule("/sign-in", "sign_in", sign_in.sign_in)
    pages.add_url_rule("/sign-in", "enter", sign_in.enter, methods=["POST"])
    pages.add_url_rule("/sign-out", "sign_out", sign_in.sign_out, methods=["POST"])
    pages.add_url_rule("/search", "search", searching.search)
    pages.add_url_rule("/search", "start", searching.start, methods=["POST"])
    pages.add_url_rule("/search/<query>", "results", searching.results)
    pages.add_url_rule("/search/<query>/copy", "copy", searching.copy)
    pages.add_url_rule("/search/<query>/compare/<media>", "compare", searching.compared)
    pages.add_url_rule("/<application>/", "pictures", pictures.pictures)
    pages.add_url_rule("/<application>/<media>", "picture", pictures.picture)
    pages.register_error_handler(MediaDBError, error_page)
    pages.register_error_handler(PyMongoError, _unavailable)
    pages.register_error_handler(HTTPException, _other)
    pages.after_request(with_headers)
    app.register_blueprint(pages)


def _unavailable(error: PyMongoError) -> Response:
    return error_page(Unavailable("The library does not answer just now. Try again in a moment."))


def _other(error: HTTPException) -> Response:
    kind = {404: NotFound, 410: Gone}.get(error.code or 500, MediaDBError)
    return error_page(kind(error.description or error.name))
