"""What an earlier try of the same picture left: a media that counts, or one that is unfinished.

A media that is pending was acknowledged by nobody, and one that is marked for removal goes at the
next repair. Taken for done, either would be lost. So a writer has the time that any writer has,
then what is left of it is removed, and the picture is stored anew.
"""

import time

import flask_storage
from pymongo.errors import PyMongoError

from ..errors import Unavailable
from .files import STORAGE_ERRORS
from .models import ACTIVE, DELETED, PENDING, PURGED, Media
from .pending import discard_pending, is_given_up
from .removal import finish_purge

_PAUSE_S = 0.5
_LATER = "What an earlier try left cannot be removed now. Try again later."


def earlier_media(storage: flask_storage.Storage, identifier: str) -> Media | None:
    """The media of this id, active or deleted; None where there is none any more.

    Waits for who is at it. Unavailable where what was left cannot be removed now.
    """
    while (found := Media.objects(id=identifier).first()) is not None:
        if found.state == PURGED:
            _remove(storage, found)
        elif found.state != PENDING:
            return found
        elif not is_given_up(found):
            time.sleep(_PAUSE_S)
        elif not discard_pending(storage, found) and _is_pending(identifier):
            raise Unavailable(_LATER)
    return None


def counted_media(identifier: str) -> Media | None:
    """The same as it is at this moment: changes nothing and waits for nobody."""
    found: Media | None = Media.objects(id=identifier, state__in=(ACTIVE, DELETED)).first()
    return found


def _is_pending(identifier: str) -> bool:
    return Media.objects(id=identifier, state=PENDING).only("id").first() is not None


def _remove(storage: flask_storage.Storage, media: Media) -> None:
    try:
        finish_purge(storage, media)
    except (*STORAGE_ERRORS, PyMongoError) as exc:
        raise Unavailable(_LATER) from exc
