"""The pictures that a media had and has, once its file was replaced.

Files and descriptions lie under the id of a picture, and the index knows pictures by it. The first
picture of a media has the media's own id. A later one has an id of its own and a document with
state `PICTURE`, whose `picture_of` is the media; `Media.picture` says which one counts. So to
exchange a picture is one write of one document, whatever was stored before it (`replacing`).
"""

from collections.abc import Iterable, Sequence
from typing import Any

import flask_storage

from ..indexing import log
from ..indexing.models import StoredSignature
from ..mongo.documents import durable
from . import files
from .models import PICTURE, Media


def index_ids(application: str, media: Iterable[str]) -> list[str]:
    """Under which ids these media of an application may be in an index."""
    wanted = list(media)
    return [*wanted, *pictures_of(application, wanted).values()]


def pictures_of(application: str, media: Sequence[str] | None = None) -> dict[str, str]:
    """The pictures of those media that were replaced, by media; `media`: None for all."""
    where: dict[str, Any] = {"application": application, "picture": {"$exists": True}}
    if media is not None:
        where["_id"] = {"$in": list(media)}
    found = Media._get_collection().find(where, {"picture": 1})
    return {str(one["_id"]): str(one["picture"]) for one in found}


def later_pictures(application: str, among: Sequence[str] | None = None) -> dict[str, str]:
    """Pictures with ids of their own, each with its media; `among`: only of these ids."""
    where: dict[str, Any] = {"application": application, "state": PICTURE}
    if among is not None:
        where["_id"] = {"$in": list(among)}
    found = Media._get_collection().find(where, {"picture_of": 1})
    return {str(one["_id"]): str(one["picture_of"]) for one in found}


def is_named(picture: Media) -> bool:
    """Whether the media of this picture has it or had it: else its writer was killed."""
    named = {"$or": [{"picture": picture.id}, {"earlier.picture": picture.id}]}
    return durable(Media).find_one({"_id": picture.picture_of, **named}, {"_id": 1}) is not None


def remove_pictures(storage: flask_storage.Storage, media: str) -> None:
    """Remove all pictures with ids of their own of a media that is being purged."""
    for picture in Media.objects(picture_of=media):
        remove_picture(storage, picture)


def remove_picture(storage: flask_storage.Storage, picture: Media) -> None:
    """Remove a picture with an id of its own, its document last; may run again."""
    log.append(picture.application, "discard", [picture.id])
    remove_belongings(storage, picture.application, picture.id)
    durable(Media).delete_one({"_id": picture.id, "state": PICTURE})


def remove_belongings(storage: flask_storage.Storage, application: str, picture: str) -> None:
    """Remove the descriptions and the files of a picture."""
    durable(StoredSignature).delete_many({"media": picture})
    files.remove(storage, files.folder(application, picture))
