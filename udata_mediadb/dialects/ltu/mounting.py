"""Puts the routes on an app: under each of LTU's base paths, with its errors and its CORS."""

import re
from collections.abc import Callable
from typing import NamedTuple

from flask import Blueprint, Flask, Response, current_app, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

from ...web.browsers import allow_browsers
from . import apikey, collections, files, media, search, smart_collections
from .answers import error_answer
from .openapi.document import mount_documents

BLUEPRINT = "mediadb_ltu"
BASES = ("", "/api", "/services", "/api/services")  # LTU guide: prose and samples use all of these


class Route(NamedTuple):
    """Path below each base, view, verbs. Views of one path share an endpoint by their names."""

    path: str
    view: Callable[..., Response]
    methods: tuple[str, ...]


ROUTES = (
    *(Route(path, media.list_or_add, ("GET", "POST")) for path in ("/media", "/medias")),
    Route("/media/<path:name>", media.one, ("GET", "PATCH", "PUT", "DELETE")),
    Route("/media/<string:identifier>/restore", media.restore, ("POST",)),
    Route("/collection", collections.list_or_create, ("GET", "POST")),
    Route("/collection/<string:identifier>", collections.one, ("GET", "PATCH", "PUT", "DELETE")),
    *(
        Route(f"/collection/<string:identifier>/{name}", collections.members, verbs)
        for name in ("medias", "media_listing")
        for verbs in (("GET", "POST", "PATCH", "DELETE"),)
    ),
    Route("/smart_collection", smart_collections.list_or_create, ("GET", "POST")),
    Route(
        "/smart_collection/<string:identifier>",
        smart_collections.one,
        ("GET", "PATCH", "PUT", "DELETE"),
    ),
    *(
        Route(f"/smart_collection/<string:identifier>/{name}", smart_collections.members, verbs)
        for name in ("medias", "media_listing")
        for verbs in (("GET", "POST"),)
    ),
    Route("/search/media", search.search_media, ("POST",)),
    Route("/apikey", apikey.list_applications, ("GET",)),
    Route(
        "/storage/<string:key>/<string:media>/files/<any(media,thumbnail):kind>",
        files.serve_file,
        ("GET",),
    ),
)
# The first segment of every path above, for recognising ours where the prefix is empty.
_OURS = re.compile(
    r"(/api)?(/services)?/(media|medias|collection|smart_collection|search/media|apikey|storage)"
    r"(/|$)"
)


def mount(app: Flask, prefix: str) -> None:
    """Mount the dialect below `prefix`, which may be empty."""
    prefix = prefix.rstrip("/")
    blueprint = Blueprint(BLUEPRINT, __name__, url_prefix=prefix or None)
    for route in ROUTES:
        for base in BASES:
            blueprint.add_url_rule(
                base + route.path,
                endpoint=f"{route.view.__module__.rpartition('.')[2]}_{route.view.__name__}",
                view_func=route.view,
                methods=route.methods,
                strict_slashes=False,
                merge_slashes=False,  # names may hold slashes
            )
    blueprint.register_error_handler(Exception, error_answer)
    app.register_blueprint(blueprint)
    mount_documents(app, prefix)
    app.before_request(lambda: _routing_error(prefix))


def _routing_error(prefix: str) -> Response | None:
    """Unknown paths and wrong verbs in the form of the dialect; others are the portal's."""
    exc = request.routing_exception or _taken_by_another(prefix)
    if not isinstance(exc, HTTPException) or exc.code not in (404, 405):
        return None
    if not request.path.startswith(prefix + "/"):
        return None
    if not prefix and not _OURS.match(request.path):
        return None
    return allow_browsers(error_answer(exc))


def _taken_by_another(prefix: str) -> HTTPException | None:
    """What is wrong with a path of ours that a route of the portal matches as well.

    flask-storage serves `/<storage>/<path>`, so each unknown path of ours is a file to it.
    """
    rule = request.url_rule
    if not prefix or rule is None or rule.rule.startswith(prefix + "/"):
        return None
    if not request.path.startswith(prefix + "/"):
        return None
    adapter = current_app.url_map.bind("localhost")
    elsewhere = set(adapter.allowed_methods(request.path)) - set(rule.methods or ())
    return MethodNotAllowed(sorted(elsewhere)) if elsewhere else NotFound()
