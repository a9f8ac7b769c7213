"""Removing media: many at once, and for good.

A purge marks the media first. From then on it is in no list, no search, no collection and cannot be
restored; whatever a crash leaves carries the mark, and `recovery` finishes it. Files go before the
document, so nothing is left that no document names.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import flask_storage

from ..indexing import log
from ..mongo.clock import now
from ..mongo.documents import durable
from .counts import renew
from .models import ACTIVE, DELETED, PURGED, Media
from .pictures import index_ids, remove_belongings, remove_pictures


def purge_media(storage: flask_storage.Storage, media: Media) -> None:
    """Remove an active or deleted media for good, with its files, signatures and memberships."""
    _mark(media, {"state": {"$in": [ACTIVE, DELETED]}})
    finish_purge(storage, media)


def purge_deleted(storage: flask_storage.Storage, media: Media, before: datetime) -> bool:
    """Remove one for good that was deleted before this moment; False where it was restored."""
    if not _mark(media, {"state": DELETED, "deleted_at": {"$lt": before}}):
        return False
    finish_purge(storage, media)
    return True


def _mark(media: Media, where: Mapping[str, Any]) -> bool:
    """Mark it as purged; False where it is not as `where` says any more."""
    gone = {"$set": {"state": PURGED, "collections": [], "placings": []}}
    marked = durable(Media).update_one({"_id": media.id, **where}, gone).matched_count
    renew([media.application])
    return bool(marked)


def finish_purge(storage: flask_storage.Storage, media: Media) -> None:
    """All of a purge after its mark; may run again, and in two processes at once."""
    documents = durable(Media)
    if documents.find_one({"_id": media.id, "state": PURGED}, {"_id": 1}) is None:
        return  # another process was faster
    log.append(media.application, "discard", [media.id])
    remove_pictures(storage, media.id)
    remove_belongings(storage, media.application, media.id)
    documents.delete_one({"_id": media.id, "state": PURGED})


def delete_many(media: Iterable[Media], at: datetime | None = None) -> None:
    """Soft delete these; one write and one log entry for each application.

    `at`: the moment that is noted, of all that somebody deletes together; None for this one.
    """
    by_application: dict[str, list[str]] = {}
    for one in media:
        by_application.setdefault(one.application, []).append(one.id)
    for application, identifiers in by_application.items():
        _delete_of(application, identifiers, at or now())


def discard_again(application: str, identifiers: Sequence[str]) -> None:
    """The end of `delete_many`, where it was killed before; may run again."""
    if identifiers:
        renew([application])
        log.append(application, "discard", index_ids(application, identifiers))


def _delete_of(application: str, identifiers: Sequence[str], at: datetime) -> None:
    durable(Media).update_many(
        {"_id": {"$in": list(identifiers)}, "application": application, "state": ACTIVE},
        {"$set": {"state": DELETED, "deleted_at": at}},
    )
    renew([application])
    log.append(application, "discard", index_ids(application, identifiers))
