"""The route that says who asks and what they may, udata dialect."""

from collections.abc import Sequence
from typing import Any

from flask import current_app
from flask_restx import Model, fields

from ..authentication.credentials import APPLICATION_KEY_HEADER, NO_CREDENTIALS
from ..authentication.key_limits import SCOPES
from ..authorization.caller import Caller, applications_of, current_caller, is_allowed
from ..authorization.permissions import SCOPE_OF
from ..authorization.resource import MediaDBResource
from ..errors import Unauthenticated
from ..hosts.current import current_host
from ..web.declaring import takes
from ..web.namespace import SECURITY, ns
from ..web.page_fields import nullable, reference
from .models import Application
from .quotas import Quotas, quota_left

APPLICATIONS_MAX = 100  # each may be counted

_amount_fields = Model(
    "MediaDBQuotaLeft",
    {
        "limit": nullable(fields.Integer, description="null: any amount"),
        "used": nullable(fields.Integer, description="Counted only where there is a limit"),
        "left": nullable(fields.Integer),
    },
)
_quota_fields = Model(
    "MediaDBQuota",
    {"media": fields.Nested(_amount_fields), "bytes": fields.Nested(_amount_fields)},
)
_own_fields = Model(
    "MediaDBOwnApplication",
    {
        "id": fields.String,
        "name": fields.String,
        "public": fields.Boolean,
        "status": fields.String(enum=["Active", "Inactive"]),
        "rights": fields.List(
            fields.String(enum=list(SCOPES)), description="What this request may do with it"
        ),
        "quota": fields.Nested(_quota_fields),
    },
)
_key_fields = Model(
    "MediaDBSentKey",
    {
        "header": fields.String(description="X-API-KEY or api-key"),
        "id": nullable(fields.String, description="Of an application's key, as in its list"),
        "kind": fields.String(enum=["user", "public", "private", "named"]),
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
        "ends_at": nullable(fields.DateTime, description="Until when it is good; null: for ever"),
    },
)
me_fields = Model(
    "MediaDBMe",
    {
        "user": reference(description="The user who asks; null for a key of an application alone"),
        "is_admin": fields.Boolean(description="An administrator of the portal"),
        "keys": fields.List(fields.Nested(_key_fields), description="Those that were sent"),
        "applications": fields.List(
            fields.Nested(_own_fields),
            description="Those that you own or share, the first hundred; with an api-key its own",
        ),
    },
)
for _model in (_amount_fields, _quota_fields, _own_fields, _key_fields, me_fields):
    ns.add_model(_model.name, _model)


@ns.route("/me/", endpoint="mediadb_me")
class MeAPI(MediaDBResource):
    """Who asks."""

    @takes()
    @ns.doc("get_mediadb_me", security=SECURITY)
    @ns.marshal_with(me_fields)
    def get(self) -> dict[str, Any]:
        """Who am I: the user, the keys that were sent, applications with rights and quota left."""
        caller = current_caller()
        if caller == Caller(None, None):
            raise Unauthenticated(NO_CREDENTIALS)
        user = caller.principal.user if caller.principal else None
        return {
            "user": current_host().user_refs([user]).get(user) if user else None,
            "is_admin": caller.principal is not None and caller.principal.is_admin,
            "keys": _keys(caller),
            "applications": [_own(one) for one in _applications(caller)],
        }


def _applications(caller: Caller) -> Sequence[Application]:
    if caller.key is not None:
        return [caller.key.application]
    return applications_of(caller.principal)[:APPLICATIONS_MAX] if caller.principal else []


def _keys(caller: Caller) -> list[dict[str, Any]]:
    found = []
    if caller.principal is not None and caller.principal.limits is not None:
        told = caller.principal.limits.as_answered()
        found.append({"header": "X-API-KEY", "kind": "user", **told})
    if caller.key is not None:
        told = caller.key.limits.as_answered() if caller.key.limits is not None else {}
        about = {"header": APPLICATION_KEY_HEADER, "id": caller.key.id, "kind": caller.key.kind}
        found.append({**about, **told})
    return found


def _own(application: Application) -> dict[str, Any]:
    config = current_app.config
    usual = Quotas(config["MEDIADB_QUOTA_MEDIA"], config["MEDIADB_QUOTA_BYTES"])
    return {
        "id": application.id,
        "name": application.name,
        "public": application.public,
        "status": application.status,
        "rights": [scope for action, scope in SCOPE_OF.items() if is_allowed(action, application)],
        "quota": quota_left(application, usual),
    }
