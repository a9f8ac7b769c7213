"""Routes of an application's key pair, udata dialect."""

from typing import Any

from flask import Response, after_this_request
from flask_restx import Model, fields

from ..authentication.keyring import current_keyring
from ..authorization.caller import require_application, require_principal
from ..authorization.resource import MediaDBResource
from ..errors import Forbidden, InvalidFields, NotFound
from ..web.bodies import read_object
from ..web.declaring import takes
from ..web.namespace import SECURITY, ns
from ..web.page_fields import nullable
from .arguments import IN_PATH, KEY_GRACE, KEY_IN_PATH, KEY_KIND
from .key_pair import revoke_key, rotate_key
from .key_reading import are_keys_readable, reveal_private_key
from .models import KEY_KINDS, Application

GRACE_S = 24 * 3600  # time to bring the new key to every client

key_fields = Model(
    "MediaDBApplicationKey",
    {
        "id": fields.String(description="public, private, or the id of a retired key"),
        "kind": fields.String(enum=list(KEY_KINDS)),
        "key": nullable(fields.String, description="The public key; a private one when asked for"),
        "since": nullable(fields.DateTime),
        "used_at": nullable(fields.DateTime, description="Last use, to five minutes"),
        "ends_at": nullable(fields.DateTime, description="Of a retired key: until when it is good"),
    },
)
ns.add_model(key_fields.name, key_fields)


@ns.route("/applications/<string:application>/keys/", endpoint="mediadb_application_keys")
class ApplicationKeysAPI(MediaDBResource):
    """The keys of an application."""

    @takes(path=(IN_PATH,), errors=(403, 404))
    @ns.doc("list_mediadb_application_keys", security=SECURITY)
    @ns.marshal_list_with(key_fields)
    def get(self, application: str) -> list[dict[str, Any]]:
        """List the keys; the private ones are not shown."""
        return _listed(_administered(application))

    @takes(path=(IN_PATH,), body=(KEY_KIND, KEY_GRACE), errors=(403, 404, 409, 423))
    @ns.doc("rotate_mediadb_application_key", security=SECURITY)
    @ns.marshal_with(key_fields, code=201)
    def post(self, application: str) -> tuple[dict[str, Any], int]:
        """Make a new key of this `kind`; the old one stays good for `grace_s` seconds."""
        found = _administered(application)
        asked = {"kind": "private", "grace_s": GRACE_S, **read_object()}
        if not isinstance(asked["grace_s"], int) or isinstance(asked["grace_s"], bool):
            raise InvalidFields({"grace_s": "a whole number of seconds"})
        readable = are_keys_readable()
        key = rotate_key(
            found, asked["kind"], current_keyring(), grace_s=asked["grace_s"], readable=readable
        )
        after_this_request(_never_stored)
        return {**_one(found, asked["kind"]), "key": key}, 201


@ns.route(
    "/applications/<string:application>/keys/<string:key>/", endpoint="mediadb_application_key"
)
class ApplicationKeyAPI(MediaDBResource):
    """One key of an application."""

    @takes(path=(IN_PATH, KEY_IN_PATH), errors=(403, 404))
    @ns.doc("get_mediadb_application_key", security=SECURITY)
    @ns.marshal_with(key_fields)
    def get(self, application: str, key: str) -> dict[str, Any]:
        """Get a key, `public` or `private`; this is noted in the audit record."""
        found = _administered(application)
        if key not in KEY_KINDS:
            raise NotFound("Of the keys only public and private can be read.")
        after_this_request(_never_stored)
        if key == "public":
            return _one(found, key)
        if not are_keys_readable():
            raise Forbidden("Private keys are shown once here, when they are made: rotate it.")
        value = reveal_private_key(found, current_keyring())
        if value is None:
            raise NotFound("There is no private key that could be shown: rotate it.")
        return {**_one(found, key), "key": value}

    @takes(path=(IN_PATH, KEY_IN_PATH), errors=(403, 404, 409, 423))
    @ns.doc("revoke_mediadb_application_key", security=SECURITY, responses={204: "Revoked"})
    def delete(self, application: str, key: str) -> tuple[str, int]:
        """End a key at once."""
        revoke_key(_administered(application), key, current_keyring())
        return "", 204


def _administered(identifier: str) -> Application:
    """The application, for a user who may edit it: no key opens the keys by itself."""
    require_principal()
    return require_application("edit", identifier)


def _listed(application: Application) -> list[dict[str, Any]]:
    kinds = [kind for kind in KEY_KINDS if kind == "public" or application.private_key_hash]
    retired = [
        {
            "id": key.id,
            "kind": key.kind,
            "key": None,
            "since": None,
            "used_at": None,
            "ends_at": key.ends_at,
        }
        for key in application.retired_keys
    ]
    return [_one(application, kind) for kind in kinds] + retired


def _one(application: Application, kind: str) -> dict[str, Any]:
    return {
        "id": kind,
        "kind": kind,
        "key": application.public_key if kind == "public" else None,
        "since": getattr(application, f"{kind}_key_since"),
        "used_at": getattr(application, f"{kind}_key_used_at"),
        "ends_at": None,
    }


def _never_stored(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
