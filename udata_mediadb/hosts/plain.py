"""The Host for any Flask app: an API of our own at /api/1, users and keys in our collections."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Flask, request
from flask_restx import Api, Namespace

from ..auth.keys import key_hash
from ..auth.principal import Principal
from ..errors import Unauthenticated
from ..secret import current_secret
from .plain_models import ApiKey, Organization, User

KEY_HEADER = "X-API-KEY"
BLUEPRINT = "mediadb_api"


class PlainHost:
    """Mounts on an Api of its own, or on the portal's where one is given.

    `api`: a flask-restx Api of the portal, already bound to the app or to a blueprint.
    """

    name = "plain"

    def __init__(self, api: Api | None = None, prefix: str = "/api/1") -> None:
        self._api = api
        self._prefix = prefix

    def init_app(self, app: Flask) -> None:
        if self._api is None:
            app.config.setdefault("RESTX_MASK_SWAGGER", False)

    def add_namespace(self, app: Flask, namespace: Namespace) -> tuple[str, str]:
        api = self._api
        if api is None:
            blueprint = Blueprint(BLUEPRINT, __name__, url_prefix=self._prefix)
            api = Api(blueprint, title="Media library", doc="/", authorizations=AUTHORIZATIONS)
            api.add_namespace(namespace)
            app.register_blueprint(blueprint)
            return self._prefix + namespace.path, f"{BLUEPRINT}."
        api.add_namespace(namespace)
        if api.blueprint is not None:
            return f"{api.blueprint.url_prefix or ''}{namespace.path}", f"{api.blueprint.name}."
        return f"{api.prefix}{namespace.path}", ""

    def current_principal(self) -> Principal | None:
        key = request.headers.get(KEY_HEADER)
        if not key:
            return None
        record = ApiKey.objects(hash=key_hash(key, current_secret())).first()
        if record is None:
            raise Unauthenticated("Invalid API token")
        if record.revoked_at is not None:
            raise Unauthenticated("Revoked API token")
        user = User.objects(id=record.user, active=True).first()
        if user is None:
            raise Unauthenticated("Revoked API token")
        return principal_of(user)

    def user_refs(self, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
        users = User.objects(id__in=list(ids))
        return {u.id: {"class": "User", "id": u.id, "name": u.name} for u in users}

    def organization_refs(self, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
        found = Organization.objects(id__in=list(ids))
        return {o.id: {"class": "Organization", "id": o.id, "name": o.name} for o in found}


AUTHORIZATIONS = {"apikey": {"type": "apiKey", "in": "header", "name": KEY_HEADER}}


def principal_of(user: User) -> Principal:
    """The principal of a plain user, with the roles in all of their organisations."""
    organizations = Organization.objects(members__user=user.id)
    roles = {o.id: m.role for o in organizations for m in o.members if m.user == user.id}
    return Principal(user=user.id, organizations=roles, is_admin=user.admin)
