"""A small data portal in plain Flask with the plugin mounted.

`MEDIADB_DEMO_ROOT` names the directory of the demo command; its settings say where MongoDB is and
what the secret is. So commands work beside the running demo:

    MEDIADB_DEMO_ROOT=demo-data flask --app udata_mediadb.demo.portal mediadb check
"""

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask
from flask.cli import NoAppException

import udata_mediadb

from ..web.namespace import ns
from .errors import DemoError
from .mongod import HOST
from .root import Root

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

ROOT_VARIABLE = "MEDIADB_DEMO_ROOT"
TRUSTED_HOSTS = [HOST, "localhost"]  # whoever asks by another name gets no link with it
_REPEATED_SLASHES = re.compile("//+")

_START_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>A data portal</title>
<h1>A data portal with a media library</h1>
<ul>
<li><a href="/mediadb/search">Search by image</a></li>
<li><a href="/mediadb/">The pictures</a></li>
<li><a href="/api/1/">The API, to read and to try</a> (your X-API-KEY is in demo.json)</li>
<li><a href="/api/1/swagger.json">Its OpenAPI description</a></li>
</ul>
</html>
"""


def create_app() -> Flask:
    """The portal of the directory in `MEDIADB_DEMO_ROOT`.

    NoAppException, which `flask` shows without a traceback, when there is no demo in it.
    """
    path = os.environ.get(ROOT_VARIABLE)
    if not path:
        raise NoAppException(f"set {ROOT_VARIABLE} to the directory of a demo that runs")
    try:
        return create_app_for(Root(Path(path).absolute()))
    except DemoError as error:
        raise NoAppException(str(error)) from error


def create_app_for(root: Root) -> Flask:
    """The portal of a demo's directory."""
    settings = root.load()
    if not settings.mongodb_uri:
        raise DemoError(f"no demo was ever started on {root.path}: udata-mediadb demo --root …")
    app = Flask(__name__, static_folder=None, instance_path=str(root.path))
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MEDIADB_MONGODB_URI=settings.mongodb_uri,
        FS_ROOT=str(root.files),
        TRUSTED_HOSTS=TRUSTED_HOSTS,
        MEDIADB_BASIC_AUTH=True,  # over https alone, which --tls gives
    )
    app.add_url_rule("/", endpoint="start", view_func=lambda: _START_PAGE)
    udata_mediadb.init_app(app)
    app.wsgi_app = _ForgivingPaths(app.wsgi_app)  # type: ignore[method-assign]
    return app


class _ForgivingPaths:
    """Paths as people paste them together: `$API'media/'`, `$API/media/`, with `mediadb/` or not.

    Flask would answer with a redirect or 404, and curl follows no redirect on its own.
    """

    def __init__(self, application: "WSGIApplication") -> None:
        self._application = application
        firsts = {url.split("/")[1] for resource in ns.resources for url in resource.urls}
        self._routes = re.compile(rf"^/api/1/(?:mediadb/)*({'|'.join(sorted(firsts))})(?=/|$)")

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> "Iterable[bytes]":
        path = _REPEATED_SLASHES.sub("/", environ.get("PATH_INFO", ""))
        path = self._routes.sub(r"/api/1/mediadb/\1", path)
        return self._application({**environ, "PATH_INFO": path}, start_response)
