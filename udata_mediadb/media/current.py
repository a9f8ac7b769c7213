"""Where a request meets the storing of its picture."""

import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app
from pymongo.errors import PyMongoError

from ..application.models import Application
from ..errors import Conflict, MediaDBError
from ..hosts.related import Related
from ..indexing.current import current_catalogs
from ..mongo.documents import durable
from ..web.arguments import readers
from ..web.bodies import Upload, image_of
from ..web.readers import read_properties
from .arguments import DUPLICATES
from .describer import describe_if_due
from .duplicates import stored_as
from .earlier import earlier_media
from .files import current_storage
from .ingest import Ingest, add_media
from .models import ACTIVE, Media

logger = logging.getLogger(__name__)
_MODES = readers(DUPLICATES)


def current_ingest() -> Ingest:
    """What storing a picture needs, for the current app."""
    ingest: Ingest = current_app.extensions["mediadb"].new_ingest()
    return ingest


@dataclass(frozen=True)
class Added:
    """The media of an upload; `is_new`: False for one that was there (`duplicates: return`)."""

    media: Media
    is_new: bool = True


def add_upload(
    application: Application,
    upload: Upload,
    properties: Mapping[str, Any],
    owner: str | None,
    related: Sequence[Related] = (),
    about: Mapping[str, Any] | None = None,
    *,
    identifier: str | None = None,
) -> Added:
    """Store the picture of a request; raises what `image_of` and `add_media` raise.

    `identifier`: the media's id, a UUID. Where there is such a media it is that of an earlier try,
    whose answer was never written; what that left unfinished is stored anew (`earlier`).
    """
    if identifier and (found := earlier_media(current_storage(), identifier)) is not None:
        return Added(found)
    data = image_of(upload)
    mode = duplicates_mode(application, properties)
    if mode == "return" and (found := _stored(application, data)) is not None:
        return Added(found, is_new=False)
    try:
        media = add_media(
            current_ingest(),
            application,
            data,
            properties,
            filename=upload.filename,
            owner=owner,
            related=related,
            about=about,
            identifier=identifier,
            duplicates="allow" if mode == "allow" else "reject",
        )
    except Conflict:
        if mode == "return" and (found := _stored(application, data)) is not None:
            return Added(found, is_new=False)  # it came meanwhile
        raise
    follow_added(application, [media])
    return Added(media)


def follow_added(application: Application, added: Sequence[Media]) -> None:
    """What comes after media are stored: indexes are kept up, and what is similar is noted."""
    describe_if_due(application)
    for media in added:
        current_catalogs().note_added(application.id, application.signatures)
        if application.default_option("similar_to", False):
            _note_similar(application, media)


def _note_similar(application: Application, media: Media) -> None:
    """Keep what shows the same best; the media is stored, so nothing of this may fail it."""
    try:
        media.similar_to = current_app.extensions["mediadb"].similar_to(application, media)
        if media.similar_to is not None:
            noted = {"$set": {"similar_to": media.similar_to}}
            durable(Media).update_one({"_id": media.id}, noted)
    except (MediaDBError, PyMongoError) as exc:
        logger.warning("What %s is similar to was not found out: %s", media.id, exc)


def duplicates_mode(application: Application, properties: Mapping[str, Any]) -> str:
    """What the request wants for bytes that are stored, but nothing laxer than the application."""
    usual = str(application.default_option("duplicates", "allow"))
    if properties.get("duplicates") is None:
        return usual
    asked = read_properties(properties, _MODES)["duplicates"]
    return usual if asked == "allow" else str(asked)


def _stored(application: Application, data: bytes) -> Media | None:
    found = stored_as(application.id, hashlib.sha256(data).hexdigest())
    return Media.objects(id=found, state=ACTIVE).first() if found else None
