"""What MongoDB says: which media are searchable, and their descriptions."""

import logging
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from ..media.models import ACTIVE, DELETED, PENDING, Media
from ..mongo.documents import durable
from ..recognition.signature import Signature
from .models import StoredSignature
from .pictures import counting_pictures, still_counting
from .shards.share import Share

logger = logging.getLogger(__name__)
D = TypeVar("D")

BATCH = 256  # descriptions in memory at once while loading: some 20 MB

# A pending media is searchable once it is logged, and so is a deleted one that is being restored;
# answers show active ones only.
_SEARCHABLE = {
    "$or": [
        {"state": {"$in": [ACTIVE, PENDING]}},
        {"state": DELETED, "restoring_at": {"$exists": True}},
    ]
}


def searchable(
    application: str, media: Sequence[str] | None = None, leaving: Collection[str] = ()
) -> set[str]:
    """Which media count, of these or of all; of replaced ones, the ids of their pictures.

    `leaving`: those that an entry of the log takes out; see `pictures`.
    """
    found = Media.objects(application=application, __raw__=_SEARCHABLE)
    if media is not None:
        found = found.filter(id__in=list(media))
    # a document costs 68 us each, what the driver gives 1 us
    live = {str(one["_id"]) for one in found.only("id").no_cache().as_pymongo()}
    counting = counting_pictures(application, _SEARCHABLE, media)
    if media is None:
        return live.difference(counting) | {one for one in counting if counting[one]}
    return live.difference(counting) | still_counting(counting, media, leaving)


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


def described_of(
    application: str,
    key: str,
    media: Sequence[str] | None,
    live: Collection[str],
    share: Share,
) -> Iterator[list[StoredSignature]]:
    """Batches of the stored descriptions of these media, or of all, that are live and in the share.

    Of a part of all, only that is read.
    """
    if media is None and not share.is_whole:
        media = sorted(share.of(live))
    some = [None] if media is None else batches(media, BATCH)
    for asked in some:
        for batch in described(application, key, asked):
            yield [one for one in batch if one.media in live]


def stored_data(key: str, media: Sequence[str]) -> dict[str, bytes]:
    """The stored descriptions of these media by the signature of this key, as far as there are."""
    wanted = {"_id": {"$in": [f"{one}/{key}" for one in media]}}
    found = durable(StoredSignature).find(wanted, {"media": 1, "data": 1})
    return {record["media"]: record["data"] for record in found}


def decoded(
    records: Sequence[StoredSignature], signature: Signature[D]
) -> tuple[list[str], list[D]]:
    """Media and their descriptions; a damaged one is logged and left out, it harms no other."""
    media: list[str] = []
    descriptions: list[D] = []
    for record in records:
        try:
            descriptions.append(signature.loads(bytes(record.data)))
        except ValueError as exc:
            logger.warning("The description of media %s cannot be used: %s", record.media, exc)
        else:
            media.append(str(record.media))
    return media, descriptions


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
