"""What an earlier try of the same item left: a media that counts, or one whose writer was killed.

A media that is pending was acknowledged by nobody. Taken for done, it would be lost: a repair may
take it away. So its writer has the time that any writer has, then it is removed and stored anew.
"""

import time

import flask_storage

from ...errors import Unavailable
from ...media.models import PENDING, Media
from ...media.pending import discard_pending, is_given_up

_PAUSE_S = 0.5


def earlier_media(storage: flask_storage.Storage, identifier: str) -> Media | None:
    """The media of this id, None where there is none any more; waits for who is at it.

    Unavailable where what was left cannot be removed now.
    """
    while (found := Media.objects(id=identifier).first()) is not None and found.state == PENDING:
        if not is_given_up(found):
            time.sleep(_PAUSE_S)
        elif not discard_pending(storage, found) and _is_pending(identifier):
            raise Unavailable("What an earlier try left cannot be removed now. Try again later.")
    return found


def _is_pending(identifier: str) -> bool:
    return Media.objects(id=identifier, state=PENDING).only("id").first() is not None
