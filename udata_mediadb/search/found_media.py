"""From pictures that were found to their media, while pictures are being replaced.

An index knows pictures (`media.pictures`). The documents, which are read last, say whose picture is
whose at that moment. Where one was exchanged in between, the search is done once more.
"""

from collections.abc import Collection, Mapping
from typing import Any

from ..application.models import Application
from ..media.listing import active_in
from ..media.models import Media


def media_of(
    application: Application, wanted: Mapping[str, Any], pictures: Collection[str]
) -> dict[str, Media]:
    """By picture, the active media that are wanted, or whose picture is one of these."""
    found = list(Media.objects(__raw__=active_in(application.id, wanted)))
    if others := set(pictures).difference(media.id for media in found):
        later = {"picture": {"$exists": True, "$in": list(others)}}
        found += Media.objects(__raw__=active_in(application.id, later))
    return {media.picture_id: media for media in {media.id: media for media in found}.values()}


def media_that_had(application: Application, pictures: Collection[str]) -> dict[str, Media]:
    """By picture, the active media that had one of these before."""
    wanted = {"earlier.picture": {"$in": list(pictures)}, "picture": {"$exists": True}}
    return {
        one["picture"]: media
        for media in Media.objects(__raw__=active_in(application.id, wanted))
        for one in media.earlier
        if one["picture"] in pictures
    }
