"""How much an application may hold."""

from dataclasses import dataclass

from ..errors import QuotaExceeded
from ..media.models import Media
from .models import Application


@dataclass(frozen=True)
class Quotas:
    """What an application may hold that has no quotas of its own; None: any amount."""

    media: int | None = None
    size_bytes: int | None = None


def require_room(application: Application, size: int, usual: Quotas) -> None:
    """Raise QuotaExceeded where a picture of `size` bytes would be one too many.

    Deleted media count until they are purged: their files are still there. Requests at the same
    moment may each pass, so a quota can be exceeded by as many pictures as there are threads.
    """
    media = usual.media if application.quota_media is None else application.quota_media
    room = usual.size_bytes if application.quota_bytes is None else application.quota_bytes
    if media is not None and Media.objects(application=application.id).count() >= media:
        raise QuotaExceeded(f"The application may hold {media} media, and does.")
    if room is not None and held_bytes(application) + size > room:
        raise QuotaExceeded(f"The application may hold {room} bytes; this would be more.")


def held_bytes(application: Application) -> int:
    """Bytes of all originals; read from the index on (application, size) alone."""
    stages = [
        {"$match": {"application": application.id}},
        {"$group": {"_id": None, "held": {"$sum": "$size"}}},
    ]
    found = next(iter(Media._get_collection().aggregate(stages)), None)
    return int(found["held"]) if found else 0
