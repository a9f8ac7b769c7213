"""How much an application may hold."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import QuotaExceeded
from ..media.models import PICTURE, Media
from .models import Application


@dataclass(frozen=True)
class Quotas:
    """What an application may hold that has no quotas of its own; None: any amount."""

    media: int | None = None
    size_bytes: int | None = None


@dataclass(frozen=True)
class Left:
    """Of one kind: the limit, what is used of it, and what is left; None without a limit."""

    limit: int | None = None
    used: int | None = None
    left: int | None = None


def quota_left(application: Application, usual: Quotas) -> dict[str, Left]:
    """Of `media` and `bytes`; what has no limit is not counted."""
    media, room = _limits(application, usual)
    return {
        "media": _left(media, lambda: held_media(application)),
        "bytes": _left(room, lambda: held_bytes(application)),
    }


def _left(limit: int | None, count: Callable[[], int]) -> Left:
    if limit is None:
        return Left()
    used = count()
    return Left(limit, used, max(0, limit - used))


def _limits(application: Application, usual: Quotas) -> tuple[int | None, int | None]:
    media = usual.media if application.quota_media is None else application.quota_media
    room = usual.size_bytes if application.quota_bytes is None else application.quota_bytes
    return media, room


def require_room(
    application: Application, size: int, usual: Quotas, *, is_new: bool = True
) -> None:
    """Raise QuotaExceeded where a picture of `size` bytes would be one too many.

    `is_new`: it would be a media of its own, not the picture of one that is there.
    Deleted media count until they are purged: their files are still there. Requests at the same
    moment may each pass, so a quota can be exceeded by as many pictures as there are threads.
    """
    media, room = _limits(application, usual)
    if is_new and media is not None and held_media(application) >= media:
        raise QuotaExceeded(f"The application may hold {media} media, and does.")
    if room is not None and held_bytes(application) + size > room:
        raise QuotaExceeded(f"The application may hold {room} bytes; this would be more.")


def held_media(application: Application) -> int:
    """How many media there are, deleted ones with them."""
    return int(Media.objects(application=application.id, state__ne=PICTURE).count())


def held_bytes(application: Application) -> int:
    """Bytes of all originals, those of earlier pictures with them; read from indexes alone."""
    return _sum(application, "size", {}) + _sum(
        application, "earlier_bytes", {"earlier_bytes": {"$exists": True}}
    )


def _sum(application: Application, name: str, where: Mapping[str, Any]) -> int:
    stages = [
        {"$match": {"application": application.id, **where}},
        {"$group": {"_id": None, "held": {"$sum": f"${name}"}}},
    ]
    found = next(iter(Media._get_collection().aggregate(stages)), None)
    return int(found["held"]) if found else 0
