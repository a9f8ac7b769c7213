"""The pictures that a media had before: read, and removed for good.

A removal marks the entry first, then files and descriptions go, then the entry. Whatever a crash
leaves carries the mark, is in no list, and `recovery` finishes it.
"""

from collections.abc import Mapping
from typing import Any

import flask_storage

from ..errors import NotFound
from ..mongo.documents import durable
from .models import Media
from .pictures import remove_belongings, remove_picture


def earlier_pictures(media: Media) -> list[dict[str, Any]]:
    """What was said of each, the newest first."""
    return [dict(one) for one in reversed(media.earlier) if not one.get("removing")]


def find_earlier(media: Media, picture: str) -> dict[str, Any]:
    """The one of this id; NotFound."""
    for one in earlier_pictures(media):
        if one["picture"] == picture:
            return one
    raise NotFound(f"This media has no earlier picture {picture!r:.60}.")


def remove_earlier(storage: flask_storage.Storage, media: Media, picture: str) -> None:
    """Remove an earlier picture for good; NotFound where there is none of this id."""
    find_earlier(media, picture)
    entry = {"_id": media.id, "earlier.picture": picture}
    marked = durable(Media).update_one(entry, {"$set": {"earlier.$.removing": True}})
    if not marked.matched_count:
        raise NotFound(f"This media has no earlier picture {picture!r:.60}.")
    _finish(storage, media, {**find_earlier(media, picture), "removing": True})


def finish_removals(storage: flask_storage.Storage, media: Media) -> None:
    """What killed removals left of this media."""
    for one in media.earlier:
        if one.get("removing"):
            _finish(storage, media, one)


def _finish(storage: flask_storage.Storage, media: Media, earlier: Mapping[str, Any]) -> None:
    """The entry goes once, with its bytes; two who do so at once count them once."""
    picture = earlier["picture"]
    own = Media.objects(id=picture, picture_of=media.id).first()
    if own is not None:
        remove_picture(storage, own)
    else:
        remove_belongings(storage, media.application, picture)
    durable(Media).update_one(
        {"_id": media.id, "earlier.picture": picture},
        {"$pull": {"earlier": {"picture": picture}}, "$inc": {"earlier_bytes": -earlier["size"]}},
    )
