"""Routes of an application's keys, udata dialect."""

from collections.abc import Mapping
from typing import Any

from flask import Response, after_this_request
from flask_restx import Model, fields

from ..authentication.key_limits import READERS, SCOPES, KeyLimits, changed_limits
from ..authentication.keyring import current_keyring
from ..authorization.caller import require_application, require_principal
from ..authorization.resource import MediaDBResource
from ..errors import Forbidden, InvalidFields, NotFound
from ..web.arguments import find
from ..web.bodies import read_object
from ..web.declaring import takes
from ..web.namespace import SECURITY, ns
from ..web.page_fields import nullable
from .arguments import IN_PATH, KEY_GRACE, KEY_IN_PATH, KEY_KIND, KEY_LIMITS
from .key_pair import revoke_key, rotate_key
from .key_reading import are_keys_readable, reveal_private_key
from .models import KEY_KINDS, NAMED, Application, NamedKey, RetiredKey
from .named_keys import add_named_key, change_limits, find_named_key

GRACE_S = 24 * 3600  # time to bring the new key to every client

key_fields = Model(
    "MediaDBApplicationKey",
    {
        "id": fields.String(description="public, private, or the id of a named or retired key"),
        "kind": fields.String(enum=[*KEY_KINDS, NAMED]),
        "name": nullable(fields.String, description="What it is for"),
        "scopes": nullable(
            fields.List,
            cls_or_instance=fields.String(enum=list(SCOPES)),
            description="What it may be used for; null: all that its kind may",
        ),
        "allow": nullable(
            fields.List,
            cls_or_instance=fields.String,
            description="Addresses and networks that it may be used from; null: any",
        ),
        "key": nullable(fields.String, description="The public key; a private one when asked for"),
        "since": nullable(fields.DateTime),
        "used_at": nullable(fields.DateTime, description="Last use, to five minutes"),
        "ends_at": nullable(fields.DateTime, description="Until when it is good; null: for ever"),
        "retired": fields.Boolean(description="It was replaced or revoked"),
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

    @takes(path=(IN_PATH,), body=(KEY_KIND, KEY_GRACE, *KEY_LIMITS), errors=(403, 404, 409, 423))
    @ns.doc("rotate_mediadb_application_key", security=SECURITY)
    @ns.marshal_with(key_fields, code=201)
    def post(self, application: str) -> tuple[dict[str, Any], int]:
        """Make a new key: one more with limits of its own, or one in place of the old one.

        The key itself is shown here; that of a named one nowhere else. Of the pair, the old key
        stays good for `grace_s` seconds, and the new one has the limits of the old one, unless
        others are given.
        """
        found = _administered(application)
        asked = _known_names(read_object())
        usual = NAMED if set(asked) & set(READERS) else "private"
        kind = asked.setdefault("kind", usual)
        after_this_request(_never_stored)
        if kind == NAMED:
            if "grace_s" in asked:
                raise InvalidFields({"grace_s": "a named key replaces none"})
            named, key = add_named_key(found, asked, current_keyring())
            return {**_named(named), "key": key}, 201
        return _rotated(found, asked), 201


@ns.route(
    "/applications/<string:application>/keys/<string:key>/", endpoint="mediadb_application_key"
)
class ApplicationKeyAPI(MediaDBResource):
    """One key of an application."""

    @takes(path=(IN_PATH, KEY_IN_PATH), errors=(403, 404))
    @ns.doc("get_mediadb_application_key", security=SECURITY)
    @ns.marshal_with(key_fields)
    def get(self, application: str, key: str) -> dict[str, Any]:
        """Get a key, of the pair with the key itself; this is noted in the audit record."""
        found = _administered(application)
        after_this_request(_never_stored)
        if key not in KEY_KINDS:
            return _named(find_named_key(found, key))
        if key == "public":
            return _one(found, key)
        if not are_keys_readable():
            raise Forbidden("Private keys are shown once here, when they are made: rotate it.")
        value = reveal_private_key(found, current_keyring())
        if value is None:
            raise NotFound("There is no private key that could be shown: rotate it.")
        return {**_one(found, key), "key": value}

    @takes(path=(IN_PATH, KEY_IN_PATH), body=KEY_LIMITS, errors=(403, 404, 423))
    @ns.doc("limit_mediadb_application_key", security=SECURITY)
    @ns.marshal_with(key_fields)
    def patch(self, application: str, key: str) -> dict[str, Any]:
        """Change what a key is for, its scopes, addresses and end; null lifts one."""
        found = _administered(application)
        change_limits(found, key, _known_names(read_object()))
        return _one(found, key) if key in KEY_KINDS else _named(find_named_key(found, key))

    @takes(path=(IN_PATH, KEY_IN_PATH), errors=(403, 404, 409, 423))
    @ns.doc("revoke_mediadb_application_key", security=SECURITY, responses={204: "Revoked"})
    def delete(self, application: str, key: str) -> tuple[str, int]:
        """End a key at once."""
        revoke_key(_administered(application), key, current_keyring())
        return "", 204


def _administered(identifier: str) -> Application:
    """The application, for a user who may edit it: no key opens the keys by itself."""
    require_principal("administer")
    return require_application("administer", identifier)


def _known_names(asked: Mapping[str, Any]) -> dict[str, Any]:
    """By our names of the arguments; InvalidFields for one that is given twice."""
    named: dict[str, Any] = {}
    for name, value in asked.items():
        argument = find(KEY_LIMITS, name)
        ours = argument.name if argument else name
        if ours in named:
            raise InvalidFields({name: f"the same as {ours}: give one of them"})
        named[ours] = value
    return named


def _rotated(application: Application, asked: Mapping[str, Any]) -> dict[str, Any]:
    grace_s = asked.get("grace_s", GRACE_S)
    if not isinstance(grace_s, int) or isinstance(grace_s, bool):
        raise InvalidFields({"grace_s": "a whole number of seconds"})
    kind = asked["kind"]
    if kind not in KEY_KINDS:
        raise InvalidFields({"kind": f"one of {', '.join((*KEY_KINDS, NAMED))}"})
    key = rotate_key(
        application,
        kind,
        current_keyring(),
        grace_s=grace_s,
        readable=are_keys_readable(),
        limits=changed_limits(getattr(application, f"{kind}_key_limits"), asked),
    )
    return {**_one(application, kind), "key": key}


def _listed(application: Application) -> list[dict[str, Any]]:
    kinds = [kind for kind in KEY_KINDS if kind == "public" or application.private_key_hash]
    pair = [_one(application, kind) for kind in kinds]
    retired = [_retired(key) for key in application.retired_keys]
    return pair + [_named(key) for key in application.named_keys] + retired


def _one(application: Application, kind: str) -> dict[str, Any]:
    return {
        **_limits(getattr(application, f"{kind}_key_limits")),
        "id": kind,
        "kind": kind,
        "key": application.public_key if kind == "public" else None,
        "since": getattr(application, f"{kind}_key_since"),
        "used_at": getattr(application, f"{kind}_key_used_at"),
        "retired": False,
    }


def _named(key: NamedKey) -> dict[str, Any]:
    return {
        **_limits(key.limits),
        "id": key.id,
        "kind": NAMED,
        "since": key.since,
        "used_at": key.used_at,
        "retired": False,
    }


def _retired(key: RetiredKey) -> dict[str, Any]:
    found = {**_limits(key.limits), "ends_at": key.ends_at}
    return {**found, "id": key.id, "kind": key.kind, "retired": True}


def _limits(limits: KeyLimits | None) -> dict[str, Any]:
    return (limits or KeyLimits()).as_answered()


def _never_stored(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
