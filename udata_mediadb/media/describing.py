"""Signatures that an application got after its pictures: described from the stored originals.

What is missing is read from MongoDB, so a run that ends at any line is resumed by the next one.
Uploads meanwhile describe by the application's signatures of that moment (`ingest`).
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from mongoengine.queryset import QuerySet

from ..application.models import Application
from ..errors import MediaDBError
from ..indexing import log
from ..indexing.descriptions import batches
from ..indexing.models import StoredSignature
from ..indexing.versions import by_key, is_incomplete, to_describe, unbuilt
from ..mongo.documents import durable
from ..recognition.registered import RegisteredSignature, dump_descriptions
from ..recognition.signature import Signature
from . import files
from .ingest import Ingest, store_signatures
from .models import PICTURE, PURGED, Media

logger = logging.getLogger(__name__)

BATCH = 32  # pictures per entry of the log: a second of work
Progress = Callable[[int], None]


def describe_missing(
    ingest: Ingest, application_id: str, progress: Progress = lambda _: None
) -> int:
    """Compute what is missing, switch to it, remove what is not used; the number that failed.

    `progress` is called with the number of media described. A picture whose original is lost or
    damaged is logged and left out; `check` names it.
    """
    failed = 0
    application = Application.objects(id=application_id).first()
    while application is not None and is_incomplete(
        ingest.registry, application.described_versions, application.signatures
    ):
        names = unbuilt(ingest.registry, application.described_versions, application.signatures)
        wanted = by_key(ingest.registry[name] for name in names)
        described, failed = _pass(ingest, application, wanted, progress) if wanted else (0, 0)
        if not described:
            _switch(application, [registered.signature for registered in wanted.values()])
        application = Application.objects(id=application_id).first()
        if not described and application is not None:
            drop_unused(ingest.registry, application)
    return failed


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


def _described(application: str) -> QuerySet:
    """All but purged ones: deleted ones can be restored, and are pending for that moment.

    Of pictures only those that media have at present.
    """
    return Media.objects(application=application, state__nin=(PURGED, PICTURE))


def _pass(
    ingest: Ingest,
    application: Application,
    wanted: Mapping[str, RegisteredSignature],
    progress: Progress,
) -> tuple[int, int]:
    """Look at all media once: how many were described, how many could not be.

    `wanted`: what to describe by, by the keys of the signatures.
    """
    described = failed = 0
    found = _described(application.id).scalar("id", "picture")
    pictures = (picture or media for media, picture in found.no_cache().batch_size(BATCH))
    for batch in batches(pictures, BATCH):
        done = []
        for media, lacking in _lacking(batch, wanted):
            if _describe(ingest, application.id, media, lacking):
                done.append(media)
            else:
                failed += 1
        if done:
            log.append(application.id, "add", done)
            _remove_of_purged(done)
        described += len(done)
        progress(len(done))
    return described, failed


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
) -> bool:
    media = Media.objects(id=identifier).first()
    data = files.read(ingest.storage, files.key(application, identifier, "original"))
    if media is None or data is None:
        return False
    try:
        picture = ingest.decode_stored(data)
    except MediaDBError as exc:
        logger.warning("Media %s cannot be described: %s", identifier, exc)
        return False
    store_signatures(media, dump_descriptions(lacking, picture))
    return True


def _remove_of_purged(media: Sequence[str]) -> None:
    """A purge may have removed the descriptions before we stored one more."""
    there = set(Media.objects(id__in=list(media), state__ne=PURGED).scalar("id"))
    if gone := [one for one in media if one not in there]:
        durable(StoredSignature).delete_many({"media": {"$in": gone}})


def _switch(application: Application, signatures: Sequence[Signature[Any]]) -> None:
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
