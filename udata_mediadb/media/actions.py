"""What can be done with stored media."""

from collections.abc import Mapping, Sequence
from typing import Any

from pymongo.errors import DuplicateKeyError

from ..application.models import Application
from ..errors import Conflict, Gone, NotFound
from ..hosts.related import Related, stored
from ..indexing import log
from ..mongo.clock import now
from ..mongo.documents import durable
from ..mongo.ids import hyphened_id
from ..web.readers import read_properties
from .counts import renew
from .duplicates import become_active, external_id_conflict
from .facts import write_with_facts
from .ingest import READERS
from .models import ACTIVE, DELETED, Media
from .publishing import require_complete


def find_media(identifier: object, *, deleted: bool = False) -> Media:
    """The media of this id; NotFound for none, Gone for a deleted one unless `deleted`."""
    key = hyphened_id(identifier)
    media = Media.objects(id=key, state__in=(ACTIVE, DELETED)).first() if key else None
    if media is None:
        raise NotFound(f"There is no media {identifier!r:.60}.")
    if not deleted:
        require_not_deleted(media)
    return media


def require_not_deleted(media: Media) -> None:
    """Raise Gone for a deleted one."""
    if media.state == DELETED:
        raise Gone("This media has been deleted")


def update_media(
    media: Media,
    properties: Mapping[str, Any],
    related: Sequence[Related] | None = None,
    about: Mapping[str, Any] | None = None,
    *,
    as_read: bool = False,
) -> Media:
    """Change name, keywords, metadata or external_id; what is not named stays.

    InvalidFields for bad values, Conflict for an external_id that another media has.

    `related`, `about`: already checked; None leaves it as it is. `as_read`: only where it still is
    what was read, else PreconditionFailed.
    """
    readers = {name: READERS[name] for name in ("name", "keywords", "metadata", "external_id")}
    clean = read_properties(properties, readers)
    if about:
        clean["about"] = dict(about)
        home = Application.objects(id=media.application).first()
        require_complete(home, {**media.about, **about}, about)
    further: dict[str, Any] = {"updated_at": now()}
    if related is not None:
        further["related"] = stored(related)
    if "external_id" in properties:
        further["external_id"] = clean.pop("external_id", None)
    try:
        changed = write_with_facts(
            media.id,
            clean,
            further=further,
            where={"updated_at": media.updated_at} if as_read else None,
        )
    except DuplicateKeyError as exc:
        raise external_id_conflict(further["external_id"]) from exc
    renew([media.application])
    return changed


def delete_media(media: Media) -> None:
    """Soft delete: out of every list and search at once, kept for `restore_media`."""
    changes = {"state": DELETED, "deleted_at": now()}
    changed = durable(Media).find_one_and_update(
        {"_id": media.id, "state": ACTIVE}, {"$set": changes}, {"picture": 1}
    )
    if changed is None:
        raise Gone("This media has been deleted")
    renew([media.application])
    log.append(media.application, "discard", [changed.get("picture", media.id)])


def restore_media(media: Media) -> Media:
    """Undo `delete_media`; Conflict where it is not deleted.

    It stays deleted until the last write. Before that it is logged, and a deleted media with
    `restoring_at` is searchable for workers that read the log (`indexing.descriptions`).
    """
    documents = durable(Media)
    deleted = {"_id": media.id, "state": DELETED}
    begun = documents.find_one_and_update(
        deleted, {"$set": {"restoring_at": now()}}, {"picture": 1}
    )
    if begun is None:
        raise Conflict("This media is not deleted.")
    log.append(media.application, "add", [begun.get("picture", media.id)])
    restored = become_active(media, Application.objects(id=media.application).first())
    renew([media.application])
    if not restored and find_media(media.id, deleted=True).state == DELETED:
        raise Conflict("This media was deleted again meanwhile.")
    return find_media(media.id)
