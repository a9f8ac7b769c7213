"""Puts the pages on an app, below `MEDIADB_PAGES_PREFIX`."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Flask, Response, g
from pymongo.errors import PyMongoError
from werkzeug.exceptions import HTTPException

from ...errors import MediaDBError
from . import (
    about,
    bulk,
    by_colours,
    changing,
    collections,
    comparing,
    deleted,
    duplicates,
    editing,
    importing,
    keys,
    pictures,
    portal_pictures,
    sample,
    searching,
    sign_in,
    smart,
    uploading,
    why,
)
from .failing import error_page, other_page, unavailable_page
from .rendering import with_headers

BLUEPRINT = "mediadb_pages"

# Path, name and view of every page; what is sent by a form has its own view.
_PAGES: tuple[tuple[str, str, Callable[..., Any]], ...] = (
    ("/", "home", pictures.home),
    ("/sign-in", "sign_in", sign_in.sign_in),
    ("/sign-out", "leave", sign_in.leave),
    ("/about", "about", about.about),
    ("/accessibility", "accessibility", about.accessibility),
    ("/status", "status", about.status),
    ("/search", "search", searching.search),
    ("/search/sample", "try_sample", sample.try_sample),
    ("/search/sample/picture", "sample_picture", sample.sample_picture),
    ("/search/<query>", "results", searching.results),
    ("/search/<query>/copy", "copy", comparing.copy),
    ("/search/<query>/compare/<media>", "compare", comparing.compared),
    ("/search/<query>/compare/<media>/<view>.jpg", "drawn", comparing.drawn),
    ("/search/<query>/why", "choose", why.choose),
    ("/search/<query>/why/<media>", "why", why.why),
    ("/applications/", "applications", keys.applications),
    ("/<application>/", "pictures", pictures.pictures),
    ("/<application>/keys", "keys", keys.keys),
    ("/<application>/duplicates", "duplicates", duplicates.duplicates),
    ("/<application>/collections/", "collections", collections.collections),
    ("/<application>/collections/<collection>", "collection", collections.collection),
    ("/<application>/smart/new", "build", smart.build),
    ("/<application>/smart/<collection>", "smart", smart.smart),
    ("/<application>/smart/<collection>/rules", "rebuild", smart.build),
    ("/<application>/add", "adding", editing.adding),
    ("/<application>/colours", "by_colours", by_colours.by_colours),
    ("/<application>/import", "importing", importing.importing),
    ("/<application>/imports/<job>", "imported", importing.imported),
    ("/<application>/imports/<job>/report.csv", "import_report", importing.report),
    ("/<application>/uploads/<upload>", "upload_state", uploading.upload_state),
    ("/<application>/changes/<job>", "changed", changing.changed),
    ("/<application>/deleted", "deleted", deleted.deleted),
    ("/<application>/deleted/remove", "remove_deleted", deleted.remove),
    ("/<application>/deleted/<media>.jpg", "deleted_thumbnail", deleted.thumbnail),
    ("/<application>/<media>", "picture", pictures.picture),
    ("/<application>/<media>/edit", "edit", editing.describing),
)
_FORMS: tuple[tuple[str, str, Callable[..., Any]], ...] = (
    ("/sign-in", "enter", sign_in.enter),
    ("/sign-out", "sign_out", sign_in.sign_out),
    ("/search", "start", searching.start),
    ("/applications/", "create_application", keys.create),
    ("/<application>/keys", "change_keys", keys.change),
    ("/<application>/add", "add", editing.add),
    ("/<application>/", "change_chosen", bulk.change_chosen),
    ("/<application>/changes/<job>", "steer_change", changing.steer),
    ("/<application>/deleted", "decide_deleted", deleted.decide),
    ("/<application>/import", "check", importing.check),
    ("/<application>/import/portal", "check_portal", portal_pictures.check_portal),
    ("/<application>/imports/<job>", "steer", importing.steer),
    ("/<application>/uploads", "begin_upload", uploading.begin_upload),
    ("/<application>/uploads/<upload>", "add_piece", uploading.add_piece),
    ("/<application>/duplicates", "scan", duplicates.scan),
    ("/<application>/duplicates/<group>", "decide", duplicates.decide),
    ("/<application>/<media>/edit", "change_picture", editing.change),
    ("/<application>/collections/", "create_collection", collections.create),
    ("/<application>/collections/<collection>", "change_collection", collections.change),
    ("/<application>/smart/new", "store", smart.store),
    ("/<application>/smart/<collection>/rules", "store_again", smart.store),
)


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
    for path, name, view in _PAGES:
        pages.add_url_rule(path, name, view)
    for path, name, view in _FORMS:
        pages.add_url_rule(path, name, view, methods=["POST"])
    pages.register_error_handler(MediaDBError, error_page)
    pages.register_error_handler(PyMongoError, unavailable_page)
    pages.register_error_handler(HTTPException, other_page)
    pages.after_request(_noted)
    # first in the list is last in turn
    app.after_request_funcs.setdefault(None, []).insert(0, _as_it_was)
    app.register_blueprint(pages)


def _noted(response: Response) -> Response:
    g.mediadb_page = with_headers(response)
    return response


def _as_it_was(response: Response) -> Response:
    """Our page again where the portal put another one in its place, as udata does for each 404."""
    page: Response = g.pop("mediadb_page", response)
    return page
