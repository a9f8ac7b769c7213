"""The media of an id, for the one who asks: what the caller may not read does not exist.

Each is given with its application, which had to be read to know what the caller may.
"""

from ..application.models import Application
from ..authorization.caller import (
    find_application,
    require_allowed,
    require_caller,
    sees_unpublished,
)
from ..errors import NotFound
from .actions import find_media, require_not_deleted
from .files import Kind
from .links import is_signed
from .models import Media
from .visibility import is_held_back, require_not_taken_down


def readable_media(identifier: object, *, file: Kind | None = None) -> tuple[Media, Application]:
    """The media, if the caller may read it, or this request's link to that `file` is signed by us.

    Raises NotFound, also for what is not published; Gone for one that was deleted or taken down.
    """
    media, application = _found(identifier)
    if file is None or not is_signed(media, application, file):
        require_allowed("read", application, _missing(media))
        if is_held_back(media) and not sees_unpublished(application):
            raise _missing(media)
    require_not_deleted(media)
    require_not_taken_down(media)
    return media, application


def editable_media(identifier: object, *, deleted: bool = False) -> tuple[Media, Application]:
    """The media, if the caller may change it; Unauthenticated, NotFound, Forbidden or Gone."""
    require_caller()
    media, application = _found(identifier)
    require_allowed("edit", application, _missing(media))
    if not deleted:
        require_not_deleted(media)
    return media, application


def _found(identifier: object) -> tuple[Media, Application]:
    media = find_media(identifier, deleted=True)
    return media, find_application(media.application)


def _missing(media: Media) -> NotFound:
    return NotFound(f"There is no media {media.id!r}.")
