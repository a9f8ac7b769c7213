"""What of other media is named with a media: those that the one who asks may learn of."""

from collections.abc import Collection, Sequence
from typing import Any

from ..web.readers import plain
from .models import ACTIVE, Media
from .visibility import hidden_among


def hidden_of(found: Sequence[Media]) -> set[str]:
    """Which of the media that these name are not for the one who asks; of the same application."""
    named = (
        [media.duplicate_of, media.similar_to, *(copy["media"] for copy in media.copies)]
        for media in found
    )
    applications = {media.application for media in found}
    return hidden_among((one for some in named for one in some if one), applications)


def names_others(media: Media) -> bool:
    """Whether what is shown of it follows what becomes of others."""
    return bool(media.duplicate_of or media.similar_to or media.copies)


def copies_of(found: Sequence[Media], hidden: Collection[str]) -> dict[str, list[dict[str, Any]]]:
    """By media, its copies; those that are deleted or `hidden` are left out."""
    named = {copy["media"] for media in found for copy in media.copies}.difference(hidden)
    shown: set[str] = set()
    if named:
        there = Media.objects(id__in=list(named), state=ACTIVE)
        shown = {str(one["_id"]) for one in there.only("id").as_pymongo()}
    return {
        media.id: [plain(copy) for copy in media.copies if copy["media"] in shown]
        for media in found
    }
