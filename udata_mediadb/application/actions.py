"""What can be done with applications."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from ..authentication.principal import Principal
from ..collection import models as collections
from ..crypto.keyring import Keyring
from ..errors import Conflict, InvalidFields, NotFound
from ..indexing import log
from ..jobs.queue import forget as forget_jobs
from ..media.models import Media
from ..mongo.clock import now
from ..mongo.documents import durable
from ..search.duplicates import models as duplicates
from ..search.exam.models import Exam
from ..search.models import KeptQuery, SearchCount
from ..search.rules.models import PictureRule
from ..search.watches.models import Watch, WatchEvent
from ..web.arguments import readers
from ..web.readers import read_properties
from .arguments import CHANGEABLE, ORGANIZATION, PUBLISHING_ROLES
from .key_pair import give_private_key
from .models import Application


def create_application(
    properties: Mapping[str, Any],
    principal: Principal,
    *,
    versions: Mapping[str, str],
    keyring: Keyring,
    readable_key: bool = True,
) -> Application:
    """A new application of the principal, or of the organisation that `organization` names.

    `versions`: of the signatures that there are, by name. `readable_key`: owners can be shown the
    private key. Raises InvalidFields for bad properties and for an organisation that the principal
    may not publish for.
    """
    clean = read_properties(properties, _readers(versions))
    organization = clean.pop("organization", None)
    if "name" not in clean:
        raise InvalidFields({"name": "Field is required"})
    may_publish = principal.organizations.get(organization) in PUBLISHING_ROLES
    if organization and not (principal.is_admin or may_publish):
        raise InvalidFields({"organization": "Permission denied for this organization"})
    owner = None if organization else principal.user
    application = Application(owner=owner, organization=organization, **clean)
    application.described_versions = {name: versions[name] for name in application.signatures}
    give_private_key(application, keyring, readable=readable_key)
    return application.save(force_insert=True)


def update_application(
    application: Application, properties: Mapping[str, Any], *, versions: Mapping[str, str]
) -> Application:
    """Change name, public flag, status, options or signatures; other properties are ignored.

    Signatures that come new are described afterwards: see `media.describing`.
    """
    known = _readers(versions)
    del known["organization"]
    clean = read_properties(properties, known)
    if not clean:
        return application
    signatures = clean.pop("signatures", None)
    changes = {"$set": {**clean, "updated_at": now()}}
    return _with_signatures(application, changes, signatures)


def _with_signatures(
    application: Application, changes: Mapping[str, Any], wanted: Sequence[str] | None
) -> Application:
    """One write of all. A signature that comes (back) is not complete, whatever was built once.

    Which ones come is seen by what is there, so the write holds only where that is still so.
    """
    documents = durable(Application)
    while True:
        read = documents.find_one({"_id": application.id}, {"signatures": 1})
        if read is None:
            raise NotFound(f"There is no application {application.id!r}.")
        held = {"_id": application.id, "signatures": read.get("signatures", {"$exists": False})}
        update = dict(changes)
        if wanted is not None:
            update["$set"] = {**update["$set"], "signatures": list(wanted)}
            come = set(wanted) - set(read.get("signatures", ()))
            if come:
                update["$unset"] = {f"built.{name}": 1 for name in come}
        if documents.update_one(held, update).matched_count:
            application.reload()
            return application


def delete_application(application: Application) -> None:
    """Delete an application that holds no media, with its collections; Conflict where it does.

    Said first, so that of an upload and a deletion at the same moment at least one sees the other.
    """
    documents = durable(Application)
    documents.update_one({"_id": application.id}, {"$set": {"closing_at": now()}})
    if Media.objects(application=application.id).first() is not None:
        documents.update_one({"_id": application.id}, {"$unset": {"closing_at": 1}})
        raise Conflict("The application still holds media: delete and purge them first.")
    application.delete()
    for kind in (collections.Collection, collections.SmartCollection, SearchCount, KeptQuery, Exam):
        durable(kind).delete_many({"application": application.id})
    log.forget(application.id)
    forget_jobs(application.id)
    for watch in Watch.objects(application=application.id).scalar("id"):
        durable(WatchEvent).delete_many({"watch": watch})
    for made in (Watch, PictureRule, duplicates.DuplicatePair, duplicates.DuplicateGroup):
        durable(made).delete_many({"application": application.id})
    durable(duplicates.Followed).delete_one({"_id": application.id})


def _readers(versions: Collection[str]) -> dict[str, Callable[[Any], Any]]:
    return {
        **readers(ORGANIZATION, *CHANGEABLE),
        "signatures": lambda value: _read_signatures(value, versions),
    }


def _read_signatures(value: Any, methods: Collection[str]) -> list[str]:
    known = ", ".join(sorted(methods))
    if not isinstance(value, list) or not value:
        raise ValueError(f"a list of one or more of: {known}")
    for name in value:
        if not isinstance(name, str) or name not in methods:
            raise ValueError(f"unknown signature {name!r:.40}; there are: {known}")
    return list(dict.fromkeys(value))
