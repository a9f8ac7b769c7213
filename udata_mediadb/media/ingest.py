"""Storing a picture so that a crash at any line loses nothing that was acknowledged.

Order: pending document, files, stored signatures, log entry, then pending -> active, and only then
the answer. A crash leaves a pending document, which is in no list and which `recovery` completes or
removes. Recovery may run at any moment: the last step changes the state only where it still is
pending, so a writer whose document was taken away notices and writes again (decisions/0002).
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import flask_storage
from pymongo import ReplaceOne
from pymongo.errors import PyMongoError

from ..application.models import Application
from ..application.quotas import Quotas, require_room
from ..errors import NotFound, Unavailable
from ..hosts.related import Related, stored
from ..imaging import WHOLE, DecodingBudget, Picture, Region, decode, thumbnail
from ..imaging.embedded import Facts, read_facts
from ..imaging.opening import open_image
from ..indexing import log
from ..indexing.models import StoredSignature
from ..indexing.versions import to_describe
from ..mongo.clock import now, utc
from ..mongo.documents import durable
from ..recognition.registered import RegisteredSignature, dump_descriptions, dumping
from ..recognition.side_by_side import side_by_side
from ..web.arguments import readers
from ..web.readers import read_properties
from ..web.stages import stage
from . import files
from .arguments import EXTERNAL_ID, KEYWORDS, MD5, METADATA, NAME, SHA256
from .counts import renew
from .described import DECODE_SIDE_PX
from .duplicates import insert_in_order, refuse_stored
from .models import ACTIVE, PENDING, Media
from .new_document import check_sums, new_document, with_proposals
from .pending import discard_pending
from .removal import purge_media

READERS = readers(NAME, KEYWORDS, METADATA, MD5, SHA256, EXTERNAL_ID)
ATTEMPTS = 3
CLOSING = timedelta(minutes=1)  # a deletion takes some milliseconds
DELETED_MEANWHILE = "The application is being deleted."
# Of the worker's memory for decoding, for one picture that is searched by, for which nobody needs
# an account: 23 megapixels of PNG, 7 of WebP, all that a JPEG may have (reference/settings.md).
QUERY_SHARE = 0.4


@dataclass(frozen=True)
class Ingest:
    """What storing a picture needs of its surroundings."""

    storage: flask_storage.Storage
    registry: Mapping[str, RegisteredSignature]
    max_pixels: int
    thumbnail_side_px: int
    served_side_px: int
    quotas: Quotas = field(default_factory=Quotas)
    budget: DecodingBudget = field(default_factory=DecodingBudget)
    propose: Callable[[Facts], dict[str, Any]] = lambda facts: {}

    def decode_upload(self, data: bytes) -> Picture:
        """The picture as it is described; raises what `decode` does."""
        with stage("decode"):
            return decode(
                data,
                max_pixels=self.max_pixels,
                side=DECODE_SIDE_PX,
                room=self.budget.room_for,
                max_bytes=self.budget.total_bytes,
                about=True,
            )

    def proposals(self, data: bytes) -> dict[str, Any]:
        """What a file that was decoded says of itself: as `Media.about`, and keywords."""
        return self.proposed(read_facts(open_image(data, max_pixels=self.max_pixels)))

    def proposed(self, facts: Facts) -> dict[str, Any]:
        """The same of what was read of the file before."""
        keywords = list(facts.keywords)
        return {**self.propose(facts), **({"keywords": keywords} if keywords else {})}

    def decode_query(
        self, data: bytes, *, region: Region = WHOLE, side: int = DECODE_SIDE_PX
    ) -> Picture:
        """The same of a picture that is only searched by: it may take less memory.

        Of a JPEG that was cut off, what is there.
        """
        return decode(
            data,
            max_pixels=self.max_pixels,
            side=side,
            lenient=True,
            room=self.budget.room_for,
            max_bytes=int(self.budget.total_bytes * QUERY_SHARE),
            region=region,
            about=side == DECODE_SIDE_PX,
        )

    def decode_stored(
        self, data: bytes, *, in_request: bool = False, region: Region = WHOLE
    ) -> Picture:
        """The same of an original that is stored; where nobody waits, as soon as there is room."""
        return decode(
            data,
            max_pixels=self.max_pixels,
            side=DECODE_SIDE_PX,
            room=self.budget.room_for if in_request else self.budget.room_in_the_end,
            region=region,
            about=True,
        )


def add_media(
    ingest: Ingest,
    application: Application,
    data: bytes,
    properties: Mapping[str, Any],
    *,
    filename: str | None,
    owner: str | None,
    about: Mapping[str, Any] | None = None,
    related: Sequence[Related] = (),
    origin: str | None = None,
    identifier: str | None = None,
    duplicates: str | None = None,
) -> Media:
    """Check, store and index one picture; the Media is active when this returns.

    `about`, `related`: already checked. `origin`: what it was imported from. `identifier`: a UUID,
    else a new one; pymongo's DuplicateKeyError where there is such a media. `duplicates`: allow or
    reject the same bytes again, whatever the application says.

    Raises InvalidFields (properties, checksums), QuotaExceeded, UnsupportedImage, TooLarge, and
    Conflict for an external_id that is taken and for bytes that are rejected; then nothing is
    stored.
    """
    clean = read_properties(properties, READERS)
    check_sums(data, clean)
    rejects = application.rejects_duplicates if duplicates is None else duplicates == "reject"
    if rejects:
        refuse_stored(application, hashlib.sha256(data).hexdigest())
    require_room(application, len(data), ingest.quotas)
    picture = ingest.decode_upload(data)
    clean = with_proposals(application, clean, about, ingest.proposals(data))
    descriptions, small = descriptions_and_thumbnail(ingest, application, picture)
    contents: dict[files.Kind, bytes] = {"original": data, "thumbnail": small}
    for _ in range(ATTEMPTS):
        media = new_document(application, data, picture, clean, identifier or str(uuid4()))
        media.filename, media.owner, media.origin = filename, owner, origin
        media.related = stored(related) if related else []
        insert_in_order(ingest.storage, media, reject=rejects)
        with stage("store"):
            is_stored = _store(ingest.storage, media, contents, descriptions)
        if is_stored:
            describe_for_changed(ingest, application, media, picture, descriptions)
            return media
    raise Unavailable("The picture could not be stored while a repair is running. Try again.")


def store_signatures(media: Media, descriptions: Mapping[str, bytes]) -> None:
    """Store descriptions by signature key; a second time changes nothing (recovery does so)."""
    if writes := signature_writes(media, descriptions):
        durable(StoredSignature).bulk_write(writes)


def signature_writes(
    media: Media, descriptions: Mapping[str, bytes]
) -> list[ReplaceOne[dict[str, Any]]]:
    """The same, for one bulk with those of other media."""
    about = {"application": media.application, "media": media.picture_id}
    records = {
        f"{media.picture_id}/{key}": {**about, "signature": key, "data": data}
        for key, data in descriptions.items()
    }
    return [ReplaceOne({"_id": key}, record, upsert=True) for key, record in records.items()]


def activate(media: Media) -> bool:
    """Log a pending media whose files and signatures are stored, then make it active.

    False where it is neither pending nor active any more: someone removed it meanwhile.
    """
    log.append(media.application, "add", [media.id])
    documents = durable(Media)
    pending = {"_id": media.id, "state": PENDING}
    is_ours = documents.update_one(pending, {"$set": {"state": ACTIVE}}).matched_count
    renew([media.application])
    if not is_ours and documents.find_one({"_id": media.id, "state": ACTIVE}, {"_id": 1}) is None:
        return False
    media.state = ACTIVE
    return True


def descriptions_of(
    registry: Mapping[str, RegisteredSignature], application: Application, picture: Picture
) -> dict[str, bytes]:
    """The stored descriptions of a picture by all signatures of the application, by key."""
    with stage("describe"):
        return dump_descriptions(
            to_describe(registry, application.described_versions, application.signatures), picture
        )


def descriptions_and_thumbnail(
    ingest: Ingest, application: Application, picture: Picture
) -> tuple[dict[str, bytes], bytes]:
    """The same, and the thumbnail beside them."""
    wanted = to_describe(ingest.registry, application.described_versions, application.signatures)

    def shrink() -> bytes:
        return thumbnail(picture, side=ingest.thumbnail_side_px)[0]

    with stage("describe"):
        *dumped, small = side_by_side([*dumping(wanted, picture), shrink])
    return dict(zip(wanted, dumped, strict=True)), small


def describe_for_changed(
    ingest: Ingest,
    application: Application,
    media: Media,
    picture: Picture,
    descriptions: Mapping[str, bytes],
) -> None:
    """Describe by what the application got while we stored, which `describing` may have missed.

    NotFound, and nothing is stored, where it is being deleted.
    """
    wanted = signatures_of_now(ingest, application)
    if wanted is None:
        purge_media(ingest.storage, media)  # of a later picture, nothing: its media is there
        raise NotFound(DELETED_MEANWHILE)
    if lacking := {key: wanted[key] for key in wanted if key not in descriptions}:
        store_signatures(media, dump_descriptions(lacking, picture))
        log.append(media.application, "add", [media.picture_id])


def signatures_of_now(
    ingest: Ingest, application: Application
) -> dict[str, RegisteredSignature] | None:
    """Those by which it is described at this moment, where they are others than it was read with,
    else none; None where it is being deleted."""
    built = Application.described_versions.db_field
    shown = {"signatures": 1, built: 1, "closing_at": 1}
    read = durable(Application).find_one({"_id": application.id}, shown)
    if read is None or _is_closing(read.get("closing_at")):
        return None
    described, names = read.get(built, {}), read["signatures"]
    if (described, names) == (application.described_versions, application.signatures):
        return {}
    return to_describe(ingest.registry, described, names)


def _is_closing(since: datetime | None) -> bool:
    """Whether somebody is deleting it; who said so long ago was killed."""
    return since is not None and now() - utc(since) < CLOSING


def _store(
    storage: flask_storage.Storage,
    media: Media,
    contents: Mapping[files.Kind, bytes],
    descriptions: Mapping[str, bytes],
) -> bool:
    try:
        files.write_all(storage, media.application, media.id, contents)
        store_signatures(media, descriptions)
        if activate(media):
            return True
    except (*files.STORAGE_ERRORS, PyMongoError, Unavailable):
        discard_pending(storage, media)
        raise
    _remove_belongings(storage, media)  # a repair took the document away while we were writing
    return False


def _remove_belongings(storage: flask_storage.Storage, media: Media) -> None:
    durable(StoredSignature).delete_many({"media": media.id})
    files.remove(storage, files.folder(media.application, media.id))
