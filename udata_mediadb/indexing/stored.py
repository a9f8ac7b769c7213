"""What MongoDB says: which media are searchable, and their descriptions."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ..media.models import ACTIVE, PENDING, Media
from .models import StoredSignature

BATCH = 256  # descriptions in memory at once while loading: some 20 MB

# A pending media is searchable once it is logged; answers show active ones only.
SEARCHABLE = (ACTIVE, PENDING)


def searchable(application: str, media: Sequence[str] | None = None) -> set[str]:
    """Which media count, of these or of all."""
    found = Media.objects(application=application, state__in=SEARCHABLE)
    if media is not None:
        found = found.filter(id__in=list(media))
    return {str(identifier) for identifier in found.scalar("id").no_cache()}


def count_up_to(application: str, key: str, limit: int = 0) -> int:
    """How many descriptions there are, at most `limit`; 0: all."""
    found = StoredSignature.objects(application=application, signature=key)
    return int(found.limit(limit).count(with_limit_and_skip=True))


def described(
    application: str, key: str, media: Sequence[str] | None = None
) -> Iterator[list[StoredSignature]]:
    """Batches of the stored descriptions of these media, or of all."""
    if media is None:
        found = StoredSignature.objects(application=application, signature=key)
    else:
        found = StoredSignature.objects(id__in=[f"{one}/{key}" for one in media])
    return batches(found.no_cache().batch_size(BATCH), BATCH)


def batches(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """Lists of `size` items, the last one shorter."""
    batch: list[Any] = []
    for item in items:
        batch.append(item)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
