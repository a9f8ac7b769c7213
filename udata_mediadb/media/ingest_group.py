"""Storing many new pictures at once, with the promise of `ingest`: each step for all of them.

The order is the same: pending documents, files, stored signatures, one log entry, then pending ->
active. A crash leaves pending documents, of which nobody was told; a hundred pictures wait for the
disk a dozen times in place of eight hundred times. What is not simply new (the same bytes or the
same external_id are there, or come at this moment) is left to `ingest.add_media`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pymongo.errors import BulkWriteError, PyMongoError

from ..application.models import Application
from ..errors import NotFound, Unavailable
from ..indexing import log
from ..indexing.models import StoredSignature
from ..mongo.documents import durable
from ..recognition.registered import dump_descriptions
from . import files
from .counts import renew
from .described import Described
from .ingest import (
    DELETED_MEANWHILE,
    Ingest,
    signature_writes,
    signatures_of_now,
    store_signatures,
)
from .models import ACTIVE, PENDING, Media
from .new_document import new_document
from .pending import discard_pending
from .pictures import remove_belongings
from .removal import purge_media

_DUPLICATE_KEY = 11000


@dataclass(frozen=True)
class NewPicture:
    """A picture that is to be stored. `clean`: as `new_document.with_proposals` gives it.

    `identifier`: a UUID that no media has.
    """

    data: bytes
    described: Described
    clean: Mapping[str, Any]
    filename: str | None
    owner: str | None
    identifier: str


Made = tuple[Media, NewPicture]


def add_group(
    ingest: Ingest, application: Application, pictures: Sequence[NewPicture]
) -> list[Media | None]:
    """Store pictures of one application; each Media is active when this returns.

    None: not stored, add it by itself, which says why or does it. Where this raises (the storage or
    MongoDB is away, NotFound for an application that is being deleted), none is stored.
    """
    made = [(_pending(application, picture), picture) for picture in pictures]
    ours = _inserted(ingest, made)
    try:
        _store(ingest, ours)
        active = _activate(application, [media for media, _ in ours])
    except (*files.STORAGE_ERRORS, PyMongoError, Unavailable):
        _discard(ingest, ours)
        raise
    for media, _ in ours:
        if media.id not in active:  # a repair took the document away while we were writing
            remove_belongings(ingest.storage, media.application, media.id)
    _describe_for_changed(ingest, application, [one for one in ours if one[0].id in active])
    return [media if media.id in active else None for media, _ in made]


def _pending(application: Application, picture: NewPicture) -> Media:
    media = new_document(
        application, picture.data, picture.described, picture.clean, picture.identifier
    )
    media.filename, media.owner, media.first = picture.filename, picture.owner, True
    return media


def _inserted(ingest: Ingest, made: Sequence[Made]) -> list[Made]:
    """Those that are pending now; the others are no first ones, or their external_id is taken."""
    documents = [media.to_mongo().to_dict() for media, _ in made]
    try:
        if documents:
            durable(Media).insert_many(documents, ordered=False)
    except BulkWriteError as exc:
        errors = exc.details.get("writeErrors", [])
        refused = {one["index"] for one in errors}
        ours = [one for number, one in enumerate(made) if number not in refused]
        is_foreseen = all(one.get("code") == _DUPLICATE_KEY for one in errors)
        if is_foreseen and not exc.details.get("writeConcernErrors"):
            return ours
        _discard(ingest, ours)
        raise
    except PyMongoError:
        _discard(ingest, made)
        raise
    return list(made)


def _store(ingest: Ingest, stored: Sequence[Made]) -> None:
    contents: dict[str, bytes] = {}
    for media, picture in stored:
        contents[files.key(media.application, media.id, "original")] = picture.data
        small = picture.described.thumbnail
        contents[files.key(media.application, media.id, "thumbnail")] = small
    files.write_many(ingest.storage, contents)
    writes = [
        write
        for media, picture in stored
        for write in signature_writes(media, picture.described.descriptions)
    ]
    if writes:
        durable(StoredSignature).bulk_write(writes, ordered=False)


def _activate(application: Application, media: Sequence[Media]) -> set[str]:
    """The ids of those that are active, logged before."""
    ids = [one.id for one in media]
    if not ids:
        return set()
    log.append(application.id, "add", ids)
    documents = durable(Media)
    ours = {"_id": {"$in": ids}, "state": PENDING}
    changed = documents.update_many(ours, {"$set": {"state": ACTIVE}}).matched_count
    renew([application.id])
    for one in media:
        one.state = ACTIVE
    if changed == len(ids):
        return set(ids)
    found = documents.find({"_id": {"$in": ids}, "state": ACTIVE}, {"_id": 1})
    return {str(one["_id"]) for one in found}


def _discard(ingest: Ingest, made: Sequence[Made]) -> None:
    for media, _ in made:
        discard_pending(ingest.storage, media)


def _describe_for_changed(ingest: Ingest, application: Application, stored: Sequence[Made]) -> None:
    """As `ingest.describe_for_changed`, of all."""
    wanted = signatures_of_now(ingest, application) if stored else {}
    if wanted is None:
        for media, _ in stored:
            purge_media(ingest.storage, media)
        raise NotFound(DELETED_MEANWHILE)
    for media, picture in stored:
        known = picture.described.descriptions
        if lacking := {key: wanted[key] for key in wanted if key not in known}:
            pixels = ingest.decode_stored(picture.data)
            store_signatures(media, dump_descriptions(lacking, pixels))
            log.append(media.application, "add", [media.id])
