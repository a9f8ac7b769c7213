"""What can be done with stored media."""

from collections.abc import Mapping
from typing import Any

from mongoengine.queryset import QuerySet

from .. import criteria
from ..clock import now
from ..errors import Conflict, Gone, InvalidFields, NotFound
from ..ids import hyphened_id
from ..indexing import log
from ..indexing.durability import durable
from ..properties import read_properties
from .ingest import READERS, activate, index_facts
from .models import ACTIVE, DELETED, PENDING, Media

SORT_KEYS = ("created_at", "updated_at", "name", "size")
DEFAULT_SORT = "-created_at"


def find_media(identifier: object, *, deleted: bool = False) -> Media:
    """The media of this id; NotFound for none, Gone for a deleted one unless `deleted`."""
    key = hyphened_id(identifier)
    media = Media.objects(id=key, state__ne=PENDING).first() if key else None
    if media is None:
        raise NotFound(f"There is no media {identifier!r:.60}.")
    if media.state == DELETED and not deleted:
        raise Gone("This media has been deleted")
    return media


def list_media(
    applications: list[str],
    *,
    keywords: list[str],
    metadata: Mapping[str, Any],
    text: str | None = None,
    sort: str | None = None,
) -> QuerySet:
    """Active media of these applications that meet all criteria, sorted.

    `text`: every word of it begins a word of name, keywords or metadata. Raises InvalidFields for
    an unknown sort key.
    """
    clauses = [criteria.query(keywords, metadata), criteria.text_query(text or "")]
    found = Media.objects(application__in=applications, state=ACTIVE)
    wanted = [clause for clause in clauses if clause]
    if wanted:
        found = found.filter(__raw__={"$and": wanted})
    return found.order_by(*_order(sort or DEFAULT_SORT))


def update_media(media: Media, properties: Mapping[str, Any]) -> Media:
    """Change name, keywords or metadata; what is not named stays. InvalidFields for bad values."""
    readers = {name: READERS[name] for name in ("name", "keywords", "metadata")}
    clean = read_properties(properties, readers)
    for field, value in clean.items():
        setattr(media, field, value)
    changes = {**clean, **index_facts(media), "updated_at": now()}
    found = durable(Media).update_one({"_id": media.id, "state": ACTIVE}, {"$set": changes})
    if not found.matched_count:
        raise Gone("This media has been deleted")
    return find_media(media.id)


def delete_media(media: Media) -> None:
    """Soft delete: out of every list and search at once, kept for `restore_media`."""
    changes = {"state": DELETED, "deleted_at": now()}
    changed = durable(Media).update_one({"_id": media.id, "state": ACTIVE}, {"$set": changes})
    if not changed.matched_count:
        raise Gone("This media has been deleted")
    log.append(media.application, "discard", [media.id])


def restore_media(media: Media) -> Media:
    """Undo `delete_media`; Conflict where it is not deleted."""
    changes = {"$set": {"state": PENDING}, "$unset": {"deleted_at": ""}}
    changed = durable(Media).update_one({"_id": media.id, "state": DELETED}, changes)
    if not changed.matched_count:
        raise Conflict("This media is not deleted.")
    activate(media)
    return find_media(media.id)


def _order(sort: str) -> tuple[str, str]:
    key = sort.removeprefix("-")
    if key not in SORT_KEYS:
        raise InvalidFields({"sort": f"one of {', '.join(SORT_KEYS)}, with - for descending"})
    sign = "-" if sort.startswith("-") else "+"
    return f"{sign}{key}", f"{sign}id"
