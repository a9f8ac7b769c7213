"""The document itself, and the page on which a person tries it (as LTU has its Swagger page)."""

import json
from typing import Any

from flask import (
    Blueprint,
    Flask,
    Response,
    make_response,
    render_template,
    request,
    url_for,
)
from flask_restx.apidoc import apidoc

from ....web.browsers import allow_browsers, guard_page
from .bodies import LOGIN
from .operations import OPERATIONS
from .schemas import SCHEMAS, ref

# Swagger UI as flask-restx has it knows 3.0, and not 3.1.
VERSION = "3.0.3"
BLUEPRINT = "mediadb_ltu_docs"
BASES = ("", "/api", "/services", "/api/services")
_TOKEN_PATH = "/realms/{realm}/protocol/openid-connect/token"  # noqa: S105
_DESCRIPTION = (
    "The routes of LTU MediaDB's public guide, over the media of this portal. Administration takes "
    "the private key and a token, a search the public key."
)
_SECURITY = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "The access_token of POST /realms/Production/protocol/openid-connect/token",
    },
    "key": {
        "type": "apiKey",
        "in": "header",
        "name": "api-key",
        "description": "The private key of an application, or its public one for a search",
    },
}


def mount_documents(app: Flask, prefix: str) -> None:
    """Put document and page at `<prefix>/services/openapi.json` and `<prefix>/services/docs/`.

    Below `services` also where the prefix is empty: the root's names are the portal's.
    """
    if apidoc.name not in app.blueprints:  # a portal without a page of restx has not its files
        app.register_blueprint(apidoc)
    blueprint = Blueprint(BLUEPRINT, __name__, url_prefix=f"{prefix}/services")
    blueprint.add_url_rule("/openapi.json", "openapi", lambda: _document(prefix))
    blueprint.add_url_rule("/docs/", "page", _page)
    blueprint.after_request(guard_page)
    blueprint.after_request(allow_browsers)
    app.register_blueprint(blueprint)


def openapi(prefix: str, root: str = "") -> dict[str, Any]:
    """The document. `root`: where the portal is for whoever asks."""
    servers = [{"url": f"{root}{prefix}{base}" or "/"} for base in BASES]
    login = {"servers": servers[:1], "post": _login()}
    paths: dict[str, dict[str, Any]] = {_TOKEN_PATH: login}
    for one in OPERATIONS:
        paths.setdefault(one.path, {})[one.verb] = one.documented()
    return {
        "openapi": VERSION,
        "info": {
            "title": "Media library, LTU dialect",
            "version": "1.0",
            "description": _DESCRIPTION,
            "license": {"name": "MIT"},
        },
        "servers": servers,
        "paths": paths,
        "components": {"schemas": SCHEMAS, "securitySchemes": _SECURITY},
    }


def _login() -> dict[str, Any]:
    name = {"name": "realm", "in": "path", "required": True, "schema": {"type": "string"}}
    answer = {"application/json": {"schema": ref("Token")}}
    wrong = {"application/json": {"schema": ref("TokenError")}}
    return {
        "operationId": "login",
        "summary": "Log in with a name and password, or refresh a token",
        "tags": ["Login"],
        "security": [],
        "parameters": [{**name, "example": "Production"}],
        "requestBody": LOGIN,
        "responses": {
            "200": {"description": "Logged in", "content": answer},
            "400": {"description": "Bad request, or a bad refresh token", "content": wrong},
            "401": {"description": "Wrong name or password", "content": wrong},
            "404": {"description": "A provider outside gives the tokens", "content": wrong},
            "429": {"description": "Too many tries", "content": wrong},
        },
    }


def _document(prefix: str) -> Response:
    """In its own order: the page shows first what comes first, of a body the form."""
    return Response(json.dumps(openapi(prefix, request.script_root)), mimetype="application/json")


def _page() -> Response:
    title = "Media library, LTU dialect"
    specs = url_for(f"{BLUEPRINT}.openapi")
    return make_response(render_template("swagger-ui.html", title=title, specs_url=specs))
