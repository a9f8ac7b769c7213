"""Replacing the picture of a media, so that a search finds the earlier one or the new one.

Order: a document for the new picture, its files, its descriptions, the log. Then one write of the
media's document exchanges the picture and all that is said of it; the earlier one is kept in
`Media.earlier`. Then the rest: the earlier picture leaves the index, and what had the same bytes as
it names another first one. A crash before the exchange leaves a picture that no media names, one
behind it a media with `replaced_at`; `operations.recovery` finishes both (decisions/0022).
"""

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import flask_storage
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError, PyMongoError

from ..application.models import Application
from ..application.quotas import require_room
from ..errors import Gone, Unavailable
from ..indexing import log
from ..mongo.clock import now
from ..mongo.documents import durable
from . import files
from .counts import renew
from .duplicates import release, require_no_first, stored_as
from .ingest import Ingest, describe_for_changed, descriptions_and_thumbnail, store_signatures
from .models import ACTIVE, PICTURE, Media
from .new_document import check_sums
from .pictures import is_named, remove_picture

GIVE_UP_S = 10.0  # several who replace one picture: each exchange is one write
_PAUSE_S = 0.02
# What a media says of its picture; kept of an earlier one.
OF_PICTURE = ("md5", "sha256", "size", "width", "height", "format", "filename", "embedded")


@dataclass(frozen=True)
class NewPicture:
    """What a client sent. `sums`: of the file, md5 and sha256, as far as they were said."""

    data: bytes
    filename: str | None
    sums: Mapping[str, str]
    rejects: bool = False


def replace_picture(
    ingest: Ingest,
    application: Application,
    media: Media,
    new: NewPicture,
    identifier: str | None = None,
) -> Media:
    """The media with the new picture; unchanged where its picture has these very bytes.

    `identifier`: a UUID for the picture; where the media has or had that one already, an earlier
    try stored it. Raises InvalidFields, QuotaExceeded, UnsupportedImage, TooLarge, Conflict where
    `rejects` and another media has these bytes, and Gone; then nothing is changed.
    """
    check_sums(new.data, new.sums)
    sha256 = hashlib.sha256(new.data).hexdigest()
    if sha256 == media.sha256 or (identifier and identifier in _known(media)):
        return media
    if new.rejects:
        require_no_first(application, sha256, media.id)
    require_room(application, len(new.data), ingest.quotas, is_new=False)
    decoded = ingest.decode_upload(new.data)
    picture = _document(ingest, media, new, sha256, identifier or str(uuid4()))
    picture.width, picture.height, picture.format = decoded.width, decoded.height, decoded.format
    descriptions, small = descriptions_and_thumbnail(ingest, application, decoded)
    contents: dict[files.Kind, bytes] = {"original": new.data, "thumbnail": small}
    try:
        durable(Media).replace_one({"_id": picture.id}, picture.to_mongo().to_dict(), upsert=True)
        files.write_all(ingest.storage, picture.application, picture.id, contents)
        store_signatures(picture, descriptions)
        log.append(picture.application, "add", [picture.id])
        changed = _exchange(ingest.storage, application, picture, len(new.data), new.rejects)
    except BaseException:
        discard_picture(ingest.storage, picture)
        raise
    finish_replacement(changed)
    describe_for_changed(ingest, application, picture, decoded, descriptions)
    return changed


def finish_replacement(media: Media) -> None:
    """All of a replacement after its exchange; may run again."""
    before = media.earlier[-1] if media.earlier else None
    if before is not None:
        log.append(media.application, "discard", [before["picture"]])
        _name_another_first(media, before["sha256"])
    durable(Media).update_one({"_id": media.picture}, {"$unset": {"replaced_at": ""}})
    done = {"_id": media.id, "picture": media.picture}
    durable(Media).update_one(done, {"$unset": {"replaced_at": ""}})
    renew([media.application])


def discard_picture(storage: flask_storage.Storage, picture: Media) -> bool:
    """Remove a picture that no media names; best effort, `recovery` finds what stays."""
    try:
        if is_named(picture):
            return False
        remove_picture(storage, picture)
    except (*files.STORAGE_ERRORS, PyMongoError, Unavailable):
        return False
    return True


def _known(media: Media) -> set[str]:
    return {media.picture_id, *(one["picture"] for one in media.earlier)}


def _document(ingest: Ingest, media: Media, new: NewPicture, sha256: str, identifier: str) -> Media:
    """`size` 0: the media counts its bytes, now or as those of an earlier one. `replaced_at`: until
    all is done, for `recovery`."""
    return Media(
        id=identifier,
        state=PICTURE,
        picture_of=media.id,
        application=media.application,
        name=media.name,
        filename=new.filename,
        embedded=ingest.proposals(new.data),
        md5=hashlib.md5(new.data, usedforsecurity=False).hexdigest(),
        sha256=sha256,
        size=0,
        replaced_at=now(),
    )


def _exchange(
    storage: flask_storage.Storage,
    application: Application,
    picture: Media,
    size: int,
    rejects: bool,
) -> Media:
    """The one write. It holds where the media still has the picture that was read."""
    documents = durable(Media)
    end = time.monotonic() + GIVE_UP_S
    while time.monotonic() < end:
        read = documents.find_one({"_id": picture.picture_of, "state": ACTIVE})
        if read is None:
            raise Gone("This media has been deleted")
        if read.get("replaced_at"):  # its writer is at it, or was killed: the mark is ours now
            finish_replacement(Media._from_son(read))
        if rejects:
            require_no_first(application, picture.sha256, picture.picture_of)
        first = stored_as(application.id, picture.sha256, without=picture.picture_of)
        held = {"_id": read["_id"], "state": ACTIVE}
        held["picture"] = read.get("picture", {"$exists": False})
        try:
            found = documents.find_one_and_update(
                held, _change(read, picture, size, first), return_document=ReturnDocument.AFTER
            )
        except DuplicateKeyError:  # these bytes are being stored, or were in a media that is gone
            if not release(storage, picture.application, picture.sha256):
                time.sleep(_PAUSE_S)
            continue
        if found is not None:
            changed: Media = Media._from_son(found)
            return changed
    raise Unavailable("This picture is being replaced by others. Try again.")


def _change(
    read: Mapping[str, Any], picture: Media, size: int, first: str | None
) -> dict[str, dict[str, Any]]:
    kept = {name: read[name] for name in OF_PICTURE if name in read}
    kept |= {"picture": read.get("picture", read["_id"]), "replaced_at": now()}
    said = {name: getattr(picture, name) for name in OF_PICTURE}
    new = {**said, "size": size, "picture": picture.id, "updated_at": now(), "replaced_at": now()}
    order: dict[str, Any] = {"first": True} if first is None else {"duplicate_of": first}
    gone = {"duplicate_of": ""} if first is None else {"first": ""}
    gone |= {name: "" for name, value in said.items() if value is None}
    return {
        "$set": {name: value for name, value in {**new, **order}.items() if value is not None},
        "$unset": gone,
        "$push": {"earlier": kept},
        "$inc": {"earlier_bytes": int(read["size"])},
    }


def _name_another_first(media: Media, sha256: str) -> None:
    """What named this media as the first of its former bytes names the oldest of themselves."""
    documents = durable(Media)
    same = {"application": media.application, "sha256": sha256, "duplicate_of": media.id}
    others = list(documents.find(same, {"_id": 1}, sort=[("created_at", 1), ("_id", 1)]))
    if not others:
        return
    oldest, rest = others[0]["_id"], [one["_id"] for one in others[1:]]
    documents.update_many({**same, "_id": {"$in": rest}}, {"$set": {"duplicate_of": oldest}})
    documents.update_one({**same, "_id": oldest}, {"$unset": {"duplicate_of": ""}})
