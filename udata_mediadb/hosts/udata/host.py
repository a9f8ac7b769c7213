"""The Host for udata, from version 16 on."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from typing import Any

from bson import ObjectId
from flask import Flask, current_app, g, request, url_for
from flask_restx import Namespace, marshal
from flask_security import password_changed, password_reset
from kombu.exceptions import OperationalError
from pymongo.errors import ConnectionFailure, ExecutionTimeout
from udata.api import api
from udata.app import csrf
from udata.core.dataset.models import License
from udata.core.organization.models import Organization
from udata.core.user.models import User
from werkzeug.exceptions import Unauthorized

from ...authentication.credentials import NO_CREDENTIALS
from ...authentication.principal import ExternalIdentity, Principal
from ...authentication.sessions import revoke_all_of
from ...errors import MediaDBError, NotFound, Unauthenticated
from ...web.answers import error_response
from ..licences import Licence
from ..portal_picture import PortalPicture
from ..related import Related
from .bodies import read_bodies_first
from .identity import (
    find_user,
    is_usable,
    preferred_language,
    principal_of,
    realm,
    requested_principal,
    session_principal,
)
from .metrics import show_metrics
from .passwords import user_of_password
from .pictures import pictures
from .related import CLASSES, related_refs
from .tasks import work


class UdataHost:
    """Mounts on udata's `/api/1`; documents live in udata's own database (reference/udata.md)."""

    name = "udata"
    reads_bearer_tokens = True
    related_classes: Sequence[str] | None = CLASSES
    has_own_accounts = False
    answers_routing_errors = False  # as everywhere below /api/1, udata does

    def init_app(self, app: Flask) -> None:
        """Sessions that our token endpoint opened end with the user's password."""
        for signal in (password_changed, password_reset):
            signal.connect(_end_sessions, app)
        show_metrics()

    def add_namespace(self, app: Flask, namespace: Namespace) -> tuple[str, str]:
        """Mount on the app that udata's Api was last registered on, which must be this one.

        The Api is one for the whole process and puts new routes on one app only, so this is
        called for each.
        """
        if api.blueprint_setup.app is not app:
            raise MediaDBError("Another udata app was made since this one: mount each at once.")
        before = set(app.view_functions)
        api.add_namespace(namespace)
        for endpoint in set(app.view_functions) - before:
            view = app.view_functions[endpoint]
            if getattr(getattr(view, "view_class", None), "asks_nobody", False):
                view = _without_credentials(view)
            app.view_functions[endpoint] = _answering_an_absent_database(view)
        prefix = f"{api.blueprint_setup.url_prefix}{namespace.path}"
        ltu = app.config["MEDIADB_LTU_PREFIX"].rstrip("/")  # empty: among udata's own paths
        read_bodies_first(app, tuple(f"{path}/" for path in (prefix, ltu) if path))
        return prefix, f"{api.blueprint.name}."

    def exempt_csrf(self, app: Flask, blueprints: Iterable[str]) -> None:
        for name in blueprints:
            csrf.exempt(app.blueprints[name])

    def sign_in_url(self, after: str) -> str | None:
        return url_for("security.login", next=after)

    def wake_workers(self) -> None:
        """Ask a Celery worker, where udata has such; without its broker, ours do the work."""
        if current_app.config.get("CELERY_TASK_ALWAYS_EAGER"):
            return
        try:
            work.apply_async(retry=False)
        except (OperationalError, OSError) as exc:
            current_app.logger.warning("No Celery worker was told of a job: %s", exc)

    def sign_out_url(self) -> str | None:
        return url_for("security.logout")

    def session_principal(self) -> Principal | None:
        return session_principal()

    def language(self) -> str | None:
        """What the visitor chose in udata."""
        return preferred_language()

    def licences(self) -> Mapping[str, Licence]:
        """udata's own, read once for each request."""
        if "mediadb_licences" not in g:
            g.mediadb_licences = {
                str(one.id): Licence(str(one.id), one.title, one.url) for one in License.objects
            }
        found: Mapping[str, Licence] = g.mediadb_licences
        return found

    def in_own_words(self, error: MediaDBError) -> MediaDBError:
        return _UdataUnauthenticated(error.message) if type(error) is Unauthenticated else error

    def is_read_only(self, principal: Principal | None) -> bool:
        """READ_ONLY_MODE of udata: for all but the portal's administrators."""
        is_admin = principal is not None and principal.is_admin
        return bool(current_app.config.get("READ_ONLY_MODE")) and not is_admin

    def current_principal(self) -> Principal | None:
        return requested_principal()

    def principal(self, user: str) -> Principal | None:
        found = find_user(user)
        return principal_of(found) if found else None

    def find_principal(self, identifier: str) -> Principal:
        user = find_user(identifier) or User.objects(email__iexact=identifier).first()
        if user is None or not is_usable(user):
            raise NotFound(f"There is no user {identifier!r:.60}.")
        return principal_of(user)

    def find_organization(self, identifier: str) -> str:
        wanted: list[dict[str, Any]] = [{"slug": identifier}, {"name": identifier}]
        wanted += [{"_id": found} for found in _object_ids([identifier])]
        found = Organization.objects(__raw__={"$or": wanted, "deleted": None}).only("id").first()
        if found is None:
            raise NotFound(f"There is no organisation {identifier!r:.60}.")
        return str(found.id)

    def check_password(self, login: str, password: str) -> str | None:
        return user_of_password(login, password)

    def external_user(self, identity: ExternalIdentity) -> Principal | None:
        """The user with the email that the provider verified. None is made, and no role given:
        accounts and members are udata's own matter."""
        if identity.email is None:
            return None
        user = User.objects(email__iexact=identity.email).first()
        return principal_of(user) if user is not None and is_usable(user) else None

    def account(self, user: str) -> dict[str, str]:
        found = User.objects.get(id=user)
        return {"name": found.fullname, "email": found.email or ""}

    def user_refs(self, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
        return _refs(User, ids)

    def organization_refs(self, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
        return _refs(Organization, ids)

    def related_refs(
        self, related: Iterable[Related], principal: Principal | None
    ) -> dict[Related, dict[str, Any]]:
        return related_refs(related, principal)

    def has_pictures(self) -> bool:
        return True

    def pictures(self, *, avatars: bool) -> Sequence[PortalPicture] | None:
        return pictures(avatars=avatars)


def _end_sessions(app: Flask, user: Any, **others: Any) -> None:
    revoke_all_of(str(user.id))


def _without_credentials(view: Callable[..., Any]) -> Callable[..., Any]:
    """udata looks up the key or token of a request in the database before every route."""

    @wraps(view)
    def asked_by_nobody(*args: Any, **kwargs: Any) -> Any:
        for header in ("HTTP_X_API_KEY", "HTTP_AUTHORIZATION"):
            request.environ.pop(header, None)
        return view(*args, **kwargs)

    return asked_by_nobody


def _answering_an_absent_database(view: Callable[..., Any]) -> Callable[..., Any]:
    """The view with our 503 also where it is udata that cannot read who asks."""

    @wraps(view)
    def answering(*args: Any, **kwargs: Any) -> Any:
        try:
            return view(*args, **kwargs)
        except (ConnectionFailure, ExecutionTimeout) as exc:
            return error_response(exc)

    return answering


class _UdataUnauthenticated(Unauthenticated):
    """In udata's words, which are werkzeug's, and with its realm."""

    def __init__(self, message: str) -> None:
        super().__init__(str(Unauthorized.description) if message == NO_CREDENTIALS else message)

    def headers(self) -> dict[str, str]:
        return {"WWW-Authenticate": f'Bearer realm="{realm()}"'}


def _refs(document: Any, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """References in udata's own form, by id, in one query; deleted ones are left out.

    Ids that are none of udata's, such as those of a plain portal that moved here, are nobody's.
    """
    found = document.objects(id__in=_object_ids(ids), deleted=None)
    return {str(one.id): dict(marshal(one, document.__ref_fields__)) for one in found}


def _object_ids(ids: Iterable[str]) -> list[ObjectId]:
    return [ObjectId(value) for value in ids if ObjectId.is_valid(value)]
