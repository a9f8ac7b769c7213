"""P10: applications, who may do what with one, and its keys."""

import hashlib
from collections.abc import Mapping
from typing import Any

from flask import Response, redirect, request, url_for

from ...application.actions import create_application
from ...application.key_pair import revoke_key, rotate_key
from ...application.key_reading import are_keys_readable
from ...application.models import KEY_KINDS, NAMED, Application
from ...application.named_keys import USUAL_SCOPES, add_named_key
from ...application.quotas import held_bytes
from ...authentication.key_limits import SCOPES, Scope
from ...authentication.keyring import current_keyring
from ...authentication.principal import Principal
from ...authorization.caller import applications_of, current_caller, require_principal
from ...authorization.read_only import require_writable
from ...errors import Conflict, InvalidFields, Unauthenticated
from ...hosts.current import current_host, endpoint_prefix
from ...indexing.current import current_registry
from ...indexing.versions import versions_of
from ...media.describing import progress_of
from ...media.models import ACTIVE, Media
from .csrf import require_own_form
from .languages import gettext, marked
from .rendering import page
from .visitor import administrable, current_visitor
from .wording import signature_word

SCOPE_WORDS: Mapping[Scope, str] = {
    "search": marked("search by image"),
    "read": marked("look"),
    "write": marked("change pictures and collections"),
    "admin": marked("everything, keys as well"),
}
GRACE_S = 24 * 3600  # time to bring the new key to every client


def applications() -> str:
    """The visitor's own libraries, and a form for a new one."""
    principal = _signed_in()
    return page(
        "applications.html",
        section="keys",
        own=applications_of(principal),
        organizations=_organizations(),
        signatures={name: signature_word(name) for name in sorted(versions_of(current_registry()))},
    )


def create() -> Response:
    """A new library; to its keys."""
    require_own_form()
    _signed_in()
    principal = require_principal("administer")
    require_writable(current_caller())
    chosen = request.form.getlist("signatures")
    if not chosen:
        raise InvalidFields({"signatures": gettext("Choose at least one way to search.")})
    sent: dict[str, Any] = {
        "name": request.form.get("name", ""),
        "public": request.form.get("public") == "on",
        "signatures": chosen,
    }
    if request.form.get("organization"):
        sent["organization"] = request.form["organization"]
    made = create_application(
        sent,
        principal,
        versions=versions_of(current_registry()),
        keyring=current_keyring(),
        readable_key=are_keys_readable(),
    )
    return redirect(url_for(".keys", application=made.id), 303)  # type: ignore[return-value]


def keys(application: str) -> str:
    """What a library is, who may do what, and its keys without the secret ones."""
    return _shown(administrable(application), None)


def change(application: str) -> Response | str:
    """A new key, shown this once; or the end of one, whose name was typed."""
    require_own_form()
    library = administrable(application)
    if request.form.get("seen", seen := _seen(library)) != seen:
        raise Conflict(
            gettext("The keys have changed since this page was shown. A new one is shown once.")
        )
    kind, keyring = request.form.get("kind", ""), current_keyring()
    if request.form.get("do") == "new":
        grace_s = 0 if request.form.get("at_once") == "on" else GRACE_S
        fresh = rotate_key(library, kind, keyring, grace_s=grace_s, readable=are_keys_readable())
        return _shown(library, {"kind": kind, "key": fresh})
    if request.form.get("do") == "named":
        limits = {"name": request.form.get("name", ""), "scopes": request.form.getlist("scopes")}
        _, fresh = add_named_key(library, limits, keyring)
        return _shown(library, {"kind": NAMED, "key": fresh})
    if kind in KEY_KINDS and request.form.get("confirm", "").strip() != library.name:
        raise InvalidFields({"confirm": gettext("Type the name of the library to end its key.")})
    revoke_key(library, kind, keyring)
    return redirect(url_for(".keys", application=library.id), 303)  # type: ignore[return-value]


def _shown(library: Application, fresh: dict[str, str] | None) -> str:
    return page(
        "keys.html",
        library=library,
        section="keys",
        fresh=fresh,
        seen=_seen(library),
        scopes={name: gettext(SCOPE_WORDS[name]) for name in SCOPES},
        usual=USUAL_SCOPES,
        owner=_owner(library),
        searched_by={name: signature_word(name) for name in library.signatures},
        media=Media.objects(application=library.id, state=ACTIVE).count(),
        held_bytes=held_bytes(library),
        describing=progress_of(current_registry(), library),
        api_url=url_for(endpoint_prefix() + "mediadb_search", _external=True),
    )


def _seen(library: Application) -> str:
    """Another text for other keys: a form that is sent again makes no second one."""
    named = [str(key.id) for key in library.named_keys]
    known = [library.public_key, library.private_key_hash or "", *named]
    return hashlib.sha256(" ".join(known).encode()).hexdigest()[:16]


def _owner(library: Application) -> str:
    if library.organization:
        found = current_host().organization_refs([library.organization]).get(library.organization)
    else:
        found = current_host().user_refs([library.owner or ""]).get(library.owner or "")
    known = found or {}
    name = known.get("name") or f"{known.get('first_name', '')} {known.get('last_name', '')}"
    return name.strip() or gettext("somebody who is gone")


def _organizations() -> list[dict[str, str]]:
    """Those that the visitor may publish for."""
    held = _signed_in().organizations
    refs = current_host().organization_refs(held)
    return [{"id": key, "name": str(ref.get("name", key))} for key, ref in refs.items()]


def _signed_in() -> Principal:
    principal = current_visitor().principal
    if principal is None:
        raise Unauthenticated(gettext("Sign in to see your libraries."))
    return principal
