"""The media of an id, for the one who asks: what the caller may not read does not exist."""

from ..application.models import Application
from ..authorization.caller import (
    find_application,
    require_allowed,
    require_caller,
    require_visible,
)
from ..errors import NotFound
from .actions import find_media
from .models import Media


def readable_media(identifier: object, *, signed: bool = False) -> Media:
    """The media, if the caller may read it or (`signed`) holds a link that we signed.

    Raises NotFound, and Gone for a deleted one.
    """
    media = find_media(identifier, deleted=True)
    if not signed:
        _require_visible(media, find_application(media.application))
    return find_media(identifier)


def editable_media(identifier: object, *, deleted: bool = False) -> Media:
    """The media, if the caller may change it; Unauthenticated, NotFound, Forbidden or Gone."""
    require_caller()
    media = find_media(identifier, deleted=True)
    application = find_application(media.application)
    _require_visible(media, application)
    require_allowed("edit", application)
    return find_media(identifier, deleted=deleted)


def _require_visible(media: Media, application: Application) -> None:
    require_visible(application, NotFound(f"There is no media {media.id!r}."))
