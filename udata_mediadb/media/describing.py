"""Signatures that an application got after its pictures: described from the stored originals.

What is missing is read from MongoDB, so a run that ends at any line is resumed by the next one.
Uploads meanwhile describe by the application's signatures of that moment (`ingest`). Who does it
when: `describing_job`.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from mongoengine.queryset import QuerySet

from ..application.models import Application
from ..errors import MediaDBError
from ..indexing import log
from ..indexing.models import StoredSignature
from ..indexing.versions import to_describe, unbuilt
from ..jobs.kinds import Failure, failure_of
from ..mongo.documents import durable
from ..recognition.registered import RegisteredSignature, dump_descriptions
from ..recognition.signature import Signature
from . import files
from .ingest import Ingest, store_signatures
from .models import PICTURE, PURGED, Media

logger = logging.getLogger(__name__)

BATCH = 32  # pictures per entry of the log: a second of work


def describe_among(
    ingest: Ingest,
    application: str,
    media: Sequence[tuple[str, str | None]],
    wanted: Mapping[str, RegisteredSignature],
    beside: Callable[[], None] = lambda: None,
) -> tuple[int, list[Failure]]:
    """Describe those of these media that lack it: how many, and which could not be.

    `media`: ids with those of their pictures; `wanted`: what to describe by, by the keys of the
    signatures. `beside` is called after each one.
    """
    pictures = {picture or identifier: identifier for identifier, picture in media}
    done: list[str] = []
    failures = []
    for one, lacking in _lacking(list(pictures), wanted):
        failure = _describe(ingest, application, one, lacking)
        if failure is None:
            done.append(one)
        else:
            logger.warning("Media %s cannot be described: %s", pictures[one], failure.reason)
            failures.append(Failure(pictures[one], failure.reason, failure.error))
        beside()
    if done:
        log.append(application, "add", done)
        _remove_of_purged(done)
    return len(done), failures


def switch(application: Application, signatures: Sequence[Signature[Any]]) -> None:
    """From now on searches use these versions; forget those of signatures that were taken away."""
    documents = durable(Application)
    for one in signatures:
        documents.update_one(
            {"_id": application.id, "signatures": one.name},
            {"$set": {f"built.{one.name}": one.version}},
        )
    for name in set(application.described_versions) - set(application.signatures):
        documents.update_one(
            {"_id": application.id, "signatures": {"$ne": name}}, {"$unset": {f"built.{name}": 1}}
        )


def drop_unused(registry: Mapping[str, RegisteredSignature], application: Application) -> None:
    """Remove the descriptions of signatures and versions that the application does not use."""
    keys = list(to_describe(registry, application.described_versions, application.signatures))
    durable(StoredSignature).delete_many(
        {"application": application.id, "signature": {"$nin": keys}}
    )


def media_to_describe(application: Application) -> int:
    """How many media a run looks at; for progress bars."""
    return int(_described(application.id).count())


def progress_of(
    registry: Mapping[str, RegisteredSignature], application: Application
) -> dict[str, int]:
    """How many descriptions there are by now, for each signature that is not complete."""
    names = unbuilt(registry, application.described_versions, application.signatures)
    keys = {name: registry[name].key for name in names}
    stored = StoredSignature.objects(application=application.id)
    return {name: stored.filter(signature=key).count() for name, key in keys.items()}


def ids_after(application: str, after: str, until: str | None = None) -> list[tuple[str, str]]:
    """The next media that a pass looks at, in the order of ids: each with its picture.

    `until`: all that there are now up to this id, else a stretch of them.
    """
    found = _described(application).filter(id__gt=after).order_by("id")
    found = found.limit(BATCH) if until is None else found.filter(id__lte=until)
    return list(found.scalar("id", "picture").no_cache())


def _described(application: str) -> QuerySet:
    """All but purged ones: deleted ones can be restored, and are pending for that moment.

    Of pictures only those that media have at present.
    """
    return Media.objects(application=application, state__nin=(PURGED, PICTURE))


def _lacking(
    media: Sequence[str], wanted: Mapping[str, RegisteredSignature]
) -> Iterator[tuple[str, dict[str, RegisteredSignature]]]:
    """Which media lack which descriptions."""
    ids = [f"{one}/{key}" for one in media for key in wanted]
    there = set(StoredSignature.objects(id__in=ids).scalar("id"))
    for one in media:
        lacks = {
            key: registered for key, registered in wanted.items() if f"{one}/{key}" not in there
        }
        if lacks:
            yield one, lacks


def _describe(
    ingest: Ingest, application: str, identifier: str, lacking: Mapping[str, RegisteredSignature]
) -> Failure | None:
    media = Media.objects(id=identifier).first()
    if media is None:
        return None  # purged meanwhile
    data = files.read(ingest.storage, files.key(application, identifier, "original"))
    if data is None:
        return Failure(identifier, "Its original is lost.", "original-missing")
    try:
        picture = ingest.decode_stored(data)
    except MediaDBError as exc:
        return failure_of(identifier, exc)
    store_signatures(media, dump_descriptions(lacking, picture))
    return None


def _remove_of_purged(media: Sequence[str]) -> None:
    """A purge may have removed the descriptions before we stored one more."""
    there = set(Media.objects(id__in=list(media), state__ne=PURGED).scalar("id"))
    if gone := [one for one in media if one not in there]:
        durable(StoredSignature).delete_many({"media": {"$in": gone}})
