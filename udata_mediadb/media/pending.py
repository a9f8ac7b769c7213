"""A media that is being stored: taking it away again, and telling whether anybody is at it."""

from datetime import timedelta

import flask_storage
from pymongo.errors import PyMongoError

from ..errors import Unavailable
from ..mongo.clock import now, utc
from ..mongo.documents import durable
from . import files
from .models import PENDING, PURGED, Media
from .removal import finish_purge

# Storing takes a second under load. A writer that is still at it after this notices that its media
# was taken away, and stores it anew (docs/decisions/0002), so nothing is lost by being wrong.
GIVEN_UP_AFTER = timedelta(seconds=30)


def discard_pending(storage: flask_storage.Storage, media: Media) -> bool:
    """Remove a pending media with all that belongs to it; False where it was not pending.

    Best effort after a failure: what cannot be removed now carries a mark, for `recovery`. The
    document goes last, so that no file is left that no document names.
    """
    try:
        taken = durable(Media).update_one(
            {"_id": media.id, "state": PENDING}, {"$set": {"state": PURGED}}
        )
        if taken.matched_count:
            finish_purge(storage, media)
    except (*files.STORAGE_ERRORS, PyMongoError, Unavailable):
        return False
    return bool(taken.matched_count)


def is_given_up(media: Media) -> bool:
    """Whether its writer was killed, as far as the time can tell."""
    return now() - utc(media.created_at) > GIVEN_UP_AFTER
