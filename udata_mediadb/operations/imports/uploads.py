"""Uploads that can be resumed, as tus 1.0.0 has them (https://tus.io/protocols)."""

from datetime import datetime
from typing import Any

import flask_storage

from ...application.models import Application
from ...authorization.caller import require_allowed, require_caller
from ...errors import Conflict, InvalidFields, NotFound, TooLarge
from ...mongo.clock import now, utc
from ...mongo.documents import durable
from . import parcels
from .models import UPLOADS_KEPT, ResumableUpload

VERSION = "1.0.0"
MAX_BYTES = 20 * 1024**3  # 100,000 pictures of 200 KB


def begin(
    application: str, length: int, name: str | None, metadata: str | None = None
) -> ResumableUpload:
    """A new one; TooLarge above `MAX_BYTES`. `metadata`: as its client said it."""
    if length > MAX_BYTES:
        raise TooLarge(f"An upload has at most {MAX_BYTES} bytes.")
    upload = ResumableUpload(application=application, length=length, name=name, metadata=metadata)
    return upload.save(force_insert=True)


def find(identifier: str) -> ResumableUpload:
    """The upload of this id, for who may change its application; else NotFound."""
    require_caller()
    missing = NotFound(f"There is no upload {identifier!r:.60}.")
    found: ResumableUpload | None = ResumableUpload.objects(id=identifier).first()
    application = found and Application.objects(id=found.application).first()
    if found is None or application is None or ends_at(found) <= now():
        raise missing
    require_allowed("edit", application, missing)
    return found


def ends_at(upload: ResumableUpload) -> datetime:
    """When it is given up, should nobody go on with it."""
    return utc(upload.touched_at) + UPLOADS_KEPT


def add(storage: flask_storage.Storage, upload: ResumableUpload, offset: int, data: bytes) -> None:
    """Keep what comes at this offset, which moves on. Conflict for another offset."""
    if offset != upload.offset:
        raise Conflict(f"This upload is at offset {upload.offset}.")
    if offset + len(data) > upload.length:
        raise InvalidFields({"Upload-Offset": f"the upload has {upload.length} bytes"})
    piece = parcels.add_piece(storage, upload.id, data)
    new = {"offset": offset + len(data), "touched_at": now()}
    change: dict[str, Any] = {"$set": new, "$push": {"pieces": piece}}
    held = {"_id": upload.id, "offset": offset}
    if not durable(ResumableUpload).update_one(held, change).matched_count:
        parcels.remove_piece(storage, upload.id, piece)
        raise Conflict("Another request has sent this part.")
    upload.offset, upload.touched_at = new["offset"], new["touched_at"]


def forget(upload: str) -> None:
    """Its pieces are an import's by now, or are removed; nothing where there is none such."""
    durable(ResumableUpload).delete_one({"_id": upload})
