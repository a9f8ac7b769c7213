"""A small data portal in plain Flask with the plugin mounted.

`MEDIADB_DEMO_ROOT` names the directory of the demo command; its settings say where MongoDB is and
what the secret is. So commands work beside the running demo:

    MEDIADB_DEMO_ROOT=demo-data flask --app udata_mediadb.demo.portal mediadb check
"""

import os
from pathlib import Path

from flask import Flask
from flask.cli import NoAppException

import udata_mediadb

from .errors import DemoError
from .mongod import HOST
from .pictures import QUERY
from .root import Root

ROOT_VARIABLE = "MEDIADB_DEMO_ROOT"
TRUSTED_HOSTS = [HOST, "localhost"]  # whoever asks by another name gets no link with it

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
        MEDIADB_PAGES_SAMPLE=str(QUERY),
        MEDIADB_BASIC_AUTH=True,  # over https alone, which --tls gives
    )
    app.add_url_rule("/", endpoint="start", view_func=lambda: _START_PAGE)
    udata_mediadb.init_app(app)
    return app
