"""The versions of a media that are shown with it: those that are there for everybody to see."""

from collections.abc import Sequence
from typing import Any

from ..web.readers import plain
from .models import ACTIVE, Media


def copies_of(found: Sequence[Media]) -> dict[str, list[dict[str, Any]]]:
    """By media, its copies; those that are deleted or not published are left out."""
    named = {copy["media"] for media in found for copy in media.copies}
    shown: set[str] = set()
    if named:
        there = Media.objects(id__in=list(named), state=ACTIVE, restricted__ne=True)
        shown = {str(one["_id"]) for one in there.only("id").as_pymongo()}
    return {
        media.id: [plain(copy) for copy in media.copies if copy["media"] in shown]
        for media in found
    }
