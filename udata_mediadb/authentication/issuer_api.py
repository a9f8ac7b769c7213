"""Routes of the embedded issuer, at the paths where Keycloak has them."""

from flask import Blueprint, Flask, Response, current_app, jsonify, request, url_for
from pymongo.errors import PyMongoError
from werkzeug.exceptions import RequestEntityTooLarge

from ..errors import MediaDBError, TooManyRequests
from ..web.answers import error_response
from .accounts import current_accounts
from .address import caller_address
from .issuer import GRANTS, SCOPES, Issuer, TokenRequest, TokenServer
from .keyring import current_keyring
from .limits import current_rates
from .sessions import Lifetimes
from .signing import ALGORITHM, public_keys

BLUEPRINT = "mediadb_openid"
FORM_MAX_BYTES = 64 * 1024


def register(app: Flask, prefix: str) -> None:
    """Mount the issuer's routes at `<prefix>/realms/<realm>/`."""
    blueprint = Blueprint(BLUEPRINT, __name__, url_prefix=f"{prefix}/realms/<string:realm>")
    server = TokenServer()
    protocol = "/protocol/openid-connect"
    blueprint.add_url_rule(
        f"{protocol}/token", "token", lambda realm: _token(server, realm), methods=["POST"]
    )
    blueprint.add_url_rule(f"{protocol}/certs", "certs", _certs)
    blueprint.add_url_rule("/.well-known/openid-configuration", "discovery", _discovery)
    blueprint.register_error_handler(MediaDBError, error_response)
    blueprint.register_error_handler(PyMongoError, error_response)
    app.register_blueprint(blueprint)


def _token(server: TokenServer, realm: str) -> Response:
    try:
        current_rates().check("login", [f"address {caller_address()}"])
        response: Response = _refusal() or server.create_token_response(
            TokenRequest(request.form.to_dict(), _issuer(realm))
        )
    except TooManyRequests as exc:
        response = _error("temporarily_unavailable", exc.message, 429)
        response.headers.update(exc.headers())
    response.headers["Cache-Control"] = "no-store"
    response.headers["Pragma"] = "no-cache"
    return response


def _refusal() -> Response | None:
    """What is wrong with the request as a whole, None where nothing is."""
    if not _is_on():
        return _error("invalid_request", "Tokens are issued by the OpenID provider, not here", 404)
    request.max_content_length = FORM_MAX_BYTES
    try:
        fault = _fault_of_form()
    except RequestEntityTooLarge:
        return _error("invalid_request", f"The form is over {FORM_MAX_BYTES} bytes", 413)
    return _error("invalid_request", fault) if fault else None


def _fault_of_form() -> str | None:
    """RFC 6749, 3.2 and 5.2: invalid_request."""
    if request.mimetype not in ("application/x-www-form-urlencoded", "multipart/form-data"):
        return "Send the parameters as application/x-www-form-urlencoded"
    if set(request.args) & {"password", "refresh_token", "username", "client_secret"}:
        return "Send the parameters in the body, not in the URL"
    if any(len(values) > 1 for _name, values in request.form.lists()):
        return "A parameter was sent more than once"
    return None if request.form.get("grant_type") else "The parameter grant_type is missing"


def _certs(realm: str) -> Response:
    return jsonify(public_keys(current_keyring()))


def _discovery(realm: str) -> Response:
    """OpenID Connect Discovery 1.0, 3."""
    return jsonify(
        {
            "issuer": _issuer(realm).url,
            "token_endpoint": url_for(f"{BLUEPRINT}.token", realm=realm, _external=True),
            "jwks_uri": url_for(f"{BLUEPRINT}.certs", realm=realm, _external=True),
            "grant_types_supported": list(GRANTS),
            "response_types_supported": [],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [ALGORITHM],
            "token_endpoint_auth_methods_supported": ["none"],
            "scopes_supported": list(SCOPES),
            "claims_supported": ["sub", "iss", "name", "preferred_username", "email"],
        }
    )


def _issuer(realm: str) -> Issuer:
    config = current_app.config
    certs = url_for(f"{BLUEPRINT}.certs", realm=realm, _external=True)
    return Issuer(
        url=certs.removesuffix("/protocol/openid-connect/certs"),
        accounts=current_accounts(),
        keyring=current_keyring(),
        lifetimes=Lifetimes(
            access_s=int(config["MEDIADB_TOKEN_ACCESS_S"]),
            refresh_s=int(config["MEDIADB_TOKEN_REFRESH_S"]),
        ),
    )


def _is_on() -> bool:
    """Not beside an outside provider, unless the portal says so: passwords belong there then."""
    wanted = current_app.config["MEDIADB_TOKEN_ENDPOINT"]
    if wanted is None:
        return not current_app.config["MEDIADB_OPENID_PROVIDERS"]
    return bool(wanted)


def _error(error: str, description: str, status: int = 400) -> Response:
    response = jsonify({"error": error, "error_description": description})
    response.status_code = status
    return response
