"""The Host for any Flask app: an API of our own at /api/1, users and keys in our collections."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import Blueprint, Flask, current_app, g, request
from flask_restx import Api, Namespace

from ..authentication.credentials import NAMED_KEY_PREFIX
from ..authentication.key_limits import KeyLimits
from ..authentication.keyring import current_keyring
from ..authentication.principal import ExternalIdentity, Principal
from ..errors import MediaDBError, Unauthenticated
from ..web.browsers import guard_page
from .licences import Licence, usual_licences
from .plain_accounts import (
    external_user,
    find_key,
    find_organization,
    find_user,
    normal_email,
    note_use,
)
from .plain_models import PlainOrganization, PlainUser
from .plain_passwords import verify_password
from .portal_picture import PortalPicture
from .related import Related

KEY_HEADER = "X-API-KEY"
BLUEPRINT = "mediadb_api"


class PlainHost:
    """Mounts on an Api of its own, or on the portal's where one is given.

    `api`: a flask-restx Api of the portal, already bound to the app or to a blueprint.
    """

    name = "plain"
    reads_bearer_tokens = False
    has_own_accounts = True
    answers_routing_errors = True
    related_classes: Sequence[str] | None = None

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
            api = _PlainApi(blueprint, title="Media library", doc="/", license="MIT")
            api.add_namespace(namespace)
            blueprint.after_request(guard_page)
            app.register_blueprint(blueprint)
            return self._prefix + namespace.path, f"{BLUEPRINT}."
        api.add_namespace(namespace)
        if api.blueprint is not None:
            return f"{api.blueprint.url_prefix or ''}{namespace.path}", f"{api.blueprint.name}."
        return f"{api.prefix}{namespace.path}", ""

    def exempt_csrf(self, app: Flask, blueprints: Iterable[str]) -> None:
        """Such a portal exempts them itself (docs/how-to/mount-in-a-flask-portal.md)."""

    def sign_in_url(self, after: str) -> str | None:
        return None

    def wake_workers(self) -> None:
        """There are none beside ours, which look by themselves."""

    def sign_out_url(self) -> str | None:
        return None

    def session_principal(self) -> Principal | None:
        """Nobody: sessions of pages are ours here (`dialects/pages/visitor.py`)."""
        return None

    def language(self) -> str | None:
        return None

    def licences(self) -> Mapping[str, Licence]:
        return usual_licences(current_app.config["MEDIADB_LICENCES"])

    def in_own_words(self, error: MediaDBError) -> MediaDBError:
        return error

    def is_read_only(self, principal: Principal | None) -> bool:
        return False

    def current_principal(self) -> Principal | None:
        key = request.headers.get(KEY_HEADER)
        if not key or key.strip().startswith(NAMED_KEY_PREFIX):
            return None
        record = find_key(key, current_keyring())
        if record is None:
            raise Unauthenticated("Invalid API token")
        if record.revoked_at is not None:
            raise Unauthenticated("Revoked API token")
        user = PlainUser.objects(id=record.user, active=True).first()
        if user is None:
            raise Unauthenticated("Revoked API token")
        g.mediadb_plain_user = user
        note_use(record)
        limits = record.limits or KeyLimits()
        limits.name = record.name
        return replace(principal_of(user), limits=limits)

    def principal(self, user: str) -> Principal | None:
        found = PlainUser.objects(id=user, active=True).first()
        return principal_of(found) if found else None

    def find_principal(self, identifier: str) -> Principal:
        return principal_of(find_user(identifier))

    def find_organization(self, identifier: str) -> str:
        found: str = find_organization(identifier).id
        return found

    def check_password(self, login: str, password: str) -> str | None:
        user = PlainUser.objects(email=normal_email(login), active=True).first()
        stored = user.password_hash if user else None
        return user.id if verify_password(password, stored) and user else None

    def external_user(self, identity: ExternalIdentity) -> Principal | None:
        user = external_user(identity.issuer, identity.subject, identity.name, identity.email)
        if not user.active:
            return None
        own = principal_of(user)
        named = dict(identity.groups)
        organizations = PlainOrganization.objects(
            __raw__={"$or": [{"name": {"$in": list(named)}}, {"_id": {"$in": list(named)}}]}
        )
        roles = {o.id: named.get(o.name) or named[o.id] for o in organizations}
        return Principal(own.user, {**roles, **own.organizations}, own.is_admin)

    def account(self, user: str) -> dict[str, str]:
        found = PlainUser.objects.get(id=user)
        return {"name": found.name, "email": found.email or ""}

    def user_refs(self, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
        asking, wanted = g.get("mediadb_plain_user"), set(ids)
        users = [asking] if asking is not None and asking.id in wanted else []  # most often
        if others := wanted - {one.id for one in users}:
            users += PlainUser.objects(id__in=list(others))
        return {u.id: {"class": "User", "id": u.id, "name": u.name} for u in users}

    def organization_refs(self, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
        found = PlainOrganization.objects(id__in=list(ids))
        return {o.id: {"class": "Organization", "id": o.id, "name": o.name} for o in found}

    def related_refs(
        self, related: Iterable[Related], principal: Principal | None
    ) -> dict[Related, dict[str, Any]]:
        """All of them, as they are named: what a plain portal has is its own matter."""
        return {one: dict(one.bare()) for one in related}

    def has_pictures(self) -> bool:
        return False

    def pictures(self, *, avatars: bool) -> Sequence[PortalPicture] | None:
        """None: nobody tells us of any."""
        return None


class _PlainApi(Api):
    """An Api whose document names the path of whoever asks: a proxy may add a prefix to it."""

    @property
    def __schema__(self) -> dict[str, Any]:
        """restx makes it once, with the path of the first request."""
        return {**super().__schema__, "basePath": self.base_path.rstrip("/") or "/"}


def principal_of(user: PlainUser) -> Principal:
    """The principal of a plain user, with the roles in all of their organisations."""
    organizations = PlainOrganization.objects(members__user=user.id)
    roles = {o.id: m.role for o in organizations for m in o.members if m.user == user.id}
    return Principal(user=user.id, organizations=roles, is_admin=user.admin)
