"""Which of several media with the same bytes was the first: decided once, by a unique index.

`Media.first` is true for one media of an application and a checksum, and an index lets no second
one in. Whoever comes second stores the id of the first beside the media, so every later reading
says what the first answer said. What was deleted is no first any more.
"""

import time
from typing import Any

import flask_storage
from pymongo.collection import Collection
from pymongo.errors import DuplicateKeyError

from ..application.models import Application
from ..errors import Conflict, Unavailable
from ..mongo.documents import durable
from .models import ACTIVE, DELETED, PENDING, PURGED, Media
from .pending import discard_pending, is_given_up

WAIT_S = 10.0  # for one that is being stored at this moment, which takes some 0.1 s
_PAUSE_S = 0.02


def refuse_stored(application: Application, sha256: str) -> None:
    """Raise Conflict where these bytes are stored: spares the work for what will be refused."""
    found = stored_as(application.id, sha256)
    if found is not None:
        raise _conflict(found)


def insert_in_order(storage: flask_storage.Storage, media: Media, *, reject: bool) -> None:
    """Insert a pending media, as the first of its bytes or with the id of the first.

    Waits for one that is being stored: whether it will be there decides. Raises Conflict with
    `reject` where there is a first; DuplicateKeyError where there is a media of this id.
    """
    documents = durable(Media)
    end = time.monotonic() + WAIT_S
    while time.monotonic() < end:
        older = _first(documents, media.application, media.sha256)
        if older is not None and reject:
            raise _conflict(older)
        media.first, media.duplicate_of = (True, None) if older is None else (None, older)
        try:
            documents.insert_one(media.to_mongo().to_dict())
        except DuplicateKeyError as exc:
            if is_external_id_taken(exc):
                raise external_id_conflict(media.external_id) from exc
            if "first" not in str((exc.details or {}).get("errmsg", exc)):
                raise
            if not release(storage, media.application, media.sha256):
                time.sleep(_PAUSE_S)
        else:
            return
    raise Unavailable("The same picture is being stored at this moment. Try again.")


def is_external_id_taken(error: DuplicateKeyError) -> bool:
    """Whether it is the external_id that another media of the application has."""
    return "external_id" in (error.details or {}).get("keyPattern", {})


def external_id_conflict(external_id: str) -> Conflict:
    return Conflict(f"Another media of the application has the external_id {external_id!r:.60}.")


def become_active(media: Media, application: Application | None) -> bool:
    """Make a deleted media that is being restored active, in its place among those of its bytes.

    False where it is not being restored any more. Raises Conflict where the application takes the
    same bytes once only and has them.
    """
    documents = durable(Media)
    wanted = {"_id": media.id, "state": DELETED, "restoring_at": {"$exists": True}}
    gone = {"deleted_at": "", "restoring_at": ""}
    older = stored_as(media.application, media.sha256)
    if older is None:
        release(None, media.application, media.sha256)
        whole = {"$set": {"state": ACTIVE, "first": True}, "$unset": {**gone, "duplicate_of": ""}}
        try:
            return bool(documents.update_one(wanted, whole).matched_count)
        except DuplicateKeyError:
            older = stored_as(media.application, media.sha256)
    if application is not None and application.rejects_duplicates:
        raise _conflict(older or "another")
    whole = {"$set": {"state": ACTIVE, "duplicate_of": older}, "$unset": {**gone, "first": ""}}
    return bool(documents.update_one(wanted, whole).matched_count)


def stored_as(application: str, sha256: str, *, without: str | None = None) -> str | None:
    """The first active one of these bytes, or the oldest that an earlier version stored.

    `without`: a media that does not count.
    """
    return _first(durable(Media), application, sha256, without)


def require_no_first(application: Application, sha256: str, media: str) -> None:
    """Raise Conflict where another one than this media has these bytes."""
    found = stored_as(application.id, sha256, without=media)
    if found is not None:
        raise _conflict(found)


def _first(
    documents: Collection[dict[str, Any]],
    application: str,
    sha256: str,
    without: str | None = None,
) -> str | None:
    same: dict[str, Any] = {"application": application, "state": ACTIVE, "sha256": sha256}
    if without is not None:
        same["_id"] = {"$ne": without}
    order = [("created_at", 1), ("_id", 1)]
    found = list(documents.find(same, {"first": 1}, sort=order, limit=100))
    found.sort(key=lambda media: not media.get("first"))
    return str(found[0]["_id"]) if found else None


def release(storage: flask_storage.Storage | None, application: str, sha256: str) -> bool:
    """Take the place of the first from one that is no more; False where it is being stored."""
    holder = Media.objects(application=application, sha256=sha256, first=True).first()
    if holder is None:
        return True
    if holder.state in (DELETED, PURGED):
        durable(Media).update_one(
            {"_id": holder.id, "state": {"$in": [DELETED, PURGED]}}, {"$unset": {"first": ""}}
        )
        return True
    if storage is not None and holder.state == PENDING and is_given_up(holder):
        return discard_pending(storage, holder)
    return False


def _conflict(identifier: str) -> Conflict:
    return Conflict(f"This picture is stored already, as {identifier}.")
