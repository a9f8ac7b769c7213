"""The route of the applications and their keys."""

from typing import Any

from flask import Response, request

from ...application.key_reading import reveal_private_key
from ...application.models import Application
from ...authentication.keyring import current_keyring
from ...authentication.principal import Principal
from ...authorization.caller import applications_of, require_principal
from ...authorization.permissions import may
from ...errors import Forbidden
from ...hosts.current import current_host
from .answers import answer
from .fields import stamp
from .signatures import version_of

HIDDEN = "mdp...**"  # in the shape of LTU's sample; of a key that is not shown again


def list_applications() -> Response:
    """The caller's applications, `owner=<name>` for those of one of their organisations."""
    principal = require_principal()
    names = _names_of_owners(principal)
    found = applications_of(principal)
    wanted = request.args.get("owner", "").strip()
    if wanted:
        owners = {owner for owner, name in names.items() if _alike(wanted, owner, name)}
        if not owners:
            raise Forbidden(f"You do not belong to {wanted!r:.60}.")
        found = [application for application in found if _owner(application) in owners]
    results = [_item(application, names, principal) for application in found]
    return answer({"count": len(results), "results": results})


def _names_of_owners(principal: Principal) -> dict[str, str]:
    """Names of the caller and of the caller's organisations, by id."""
    host = current_host()
    refs = {
        **host.user_refs([principal.user]),
        **host.organization_refs(principal.organizations),
    }
    return {identifier: _name(ref) for identifier, ref in refs.items()}


def _name(ref: dict[str, Any]) -> str:
    """Of an organisation or a user; udata's users have their names in two parts."""
    parts = (ref.get("first_name"), ref.get("last_name"))
    return str(ref.get("name") or " ".join(part for part in parts if part))


def _alike(wanted: str, owner: str, name: str) -> bool:
    return wanted.casefold() in (name.casefold(), owner.casefold())


def _owner(application: Application) -> str:
    return str(application.organization or application.owner)


def _item(application: Application, names: dict[str, str], principal: Principal) -> dict[str, Any]:
    return {
        "id": application.id,
        "public_key": application.public_key,
        "private_key": _private_key(application, principal),
        "status": application.status,
        "owner": names.get(_owner(application), _owner(application)),
        "name": application.name,
        "created_at": stamp(application.created_at),
        "updated_at": stamp(application.updated_at),
        "signatures": [version_of(name) for name in application.signatures],
        "signature_names": list(application.signatures),
        "medias_type": "Image",
        "options": application.to_mongo().get("options", {}),
        "public": application.public,
    }


def _private_key(application: Application, principal: Principal) -> str:
    """The key, for those who may administer the application."""
    if not may(principal, "administer", application):
        return HIDDEN
    return reveal_private_key(application, current_keyring()) or HIDDEN
