"""A media as pages show it."""

from collections.abc import Sequence
from typing import Any

from ...application.models import Application
from ...media.links import links
from ...media.models import Media
from ...web.readers import plain

_SHOWN = ("id", "name", "width", "height", "format", "size", "created_at")


def presented(found: Sequence[Media], library: Application) -> list[dict[str, Any]]:
    """What is known of each, with its links; all of one library."""
    linked = links(found, {library.id: library})
    return [
        {
            **{name: getattr(media, name) for name in _SHOWN},
            "keywords": list(media.keywords),
            "metadata": plain(media.metadata) if media.metadata else {},
            **linked[media.id],
        }
        for media in found
    ]
