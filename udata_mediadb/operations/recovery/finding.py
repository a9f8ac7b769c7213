"""Naming what a crash, a lost file or another database leaves behind. Changes nothing.

May run at any time, while others write. The documents are the truth.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta

from ...application.models import Application
from ...indexing.descriptions import batches
from ...indexing.models import StoredSignature
from ...indexing.versions import to_describe
from ...media import facts, files
from ...media.derived import DERIVED, is_missing
from ...media.ingest import Ingest
from ...media.models import PENDING, PICTURE, PURGED, Media
from ...media.pictures import is_named
from ...mongo.clock import now, utc
from ...mongo.documents import durable
from . import collections
from .orphans import find_orphans
from .problems import Kind, Problem

MISSING: Mapping[str, Kind] = {"thumbnail": "thumbnail-missing", "media": "picture-damaged"}
REPLACED_BEFORE = timedelta(minutes=10)  # likewise
UNFINISHED_AFTER_S = 600.0  # no write takes that long: its writer was killed
BATCH = 1000  # ids per query


def count_media() -> int:
    """How many media `find_problems` will look at; for progress bars."""
    return int(durable(Media).count_documents({}))  # not the estimate, which a kill makes wrong


def find_problems(ingest: Ingest, *, deep: bool = False) -> Iterator[Problem | None]:
    """Every problem; one None after each media, for progress bars.

    `deep` also reads every original and compares its checksum.
    """
    applications = _applications()
    for media in Media.objects.no_cache():
        yield from _problems_of(ingest, media, applications, deep)
        yield None
    yield from problems_beside(ingest)


def problems_of(ingest: Ingest, media: Iterable[Media], *, deep: bool = False) -> Iterator[Problem]:
    """Those of these media."""
    applications = _applications()
    for one in media:
        yield from _problems_of(ingest, one, applications, deep)


def problems_beside(ingest: Ingest) -> Iterator[Problem]:
    """Those that are of no media: what belongs to nothing."""
    yield from _orphan_signatures()
    yield from _orphan_files(ingest)
    yield from _collection_problems()


def whole_original(ingest: Ingest, media: Media) -> bytes | None:
    """The bytes of the original where they are those that were stored, else None."""
    name = files.key(media.application, media.picture_id, "original")
    data = files.read(ingest.storage, name)
    return data if data and hashlib.sha256(data).hexdigest() == media.sha256 else None


def _applications() -> dict[str, Application]:
    return {one.id: one for one in Application.objects}


def _problems_of(
    ingest: Ingest, media: Media, applications: Mapping[str, Application], deep: bool
) -> Iterator[Problem]:
    application = applications.get(media.application) or _newer_application(media)
    kinds: list[Kind] = []
    if media.state == PENDING:
        kinds.append("pending")
    elif media.state == PURGED or any(one.get("removing") for one in media.earlier):
        kinds.append("purge-unfinished")
    elif media.replaced_at and utc(media.replaced_at) < now() - REPLACED_BEFORE:
        kinds.append("replacement-unfinished")
    elif media.state == PICTURE:  # looked at with its media, where there is one
        is_old = utc(media.created_at) < now() - REPLACED_BEFORE
        kinds += ["replacement-unfinished"] if is_old and not is_named(media) else []
    elif application is None:
        kinds.append("application-missing")
    else:
        kinds += _stored_problems(ingest, media, application, deep)
    if kinds and not Media.objects(id=media.id, state=media.state).only("id").first():
        return  # changed while we looked
    for kind in kinds:
        yield Problem(kind, media.application, media.id)


def _newer_application(media: Media) -> Application | None:
    """One that was made while we looked."""
    found: Application | None = Application.objects(id=media.application).first()
    return found


def _stored_problems(
    ingest: Ingest, media: Media, application: Application, deep: bool
) -> Iterator[Kind]:
    original = files.key(media.application, media.picture_id, "original")
    if not files.exists(ingest.storage, original):
        yield "original-missing"
    elif deep and whole_original(ingest, media) is None:
        yield "original-damaged"
    for kind in DERIVED:
        if is_missing(ingest, media, kind, deep=deep):
            yield MISSING[kind]
    if any(_earlier_missing(ingest, media, one, deep) for one in media.earlier):
        yield "earlier-missing"
    if facts.are_stale(media):
        yield "facts-stale"
    if _missing_signatures(ingest, media, application):
        yield "signature-missing"


def _earlier_missing(ingest: Ingest, media: Media, earlier: Mapping[str, str], deep: bool) -> bool:
    name = files.key(media.application, earlier["picture"], "original")
    if not deep:
        return not files.exists(ingest.storage, name)
    data = files.read(ingest.storage, name)
    return not data or hashlib.sha256(data).hexdigest() != earlier["sha256"]


def _missing_signatures(ingest: Ingest, media: Media, application: Application) -> set[str]:
    wanted = set(
        to_describe(ingest.registry, application.described_versions, application.signatures)
    )
    stored = StoredSignature.objects(id__in=[f"{media.picture_id}/{key}" for key in wanted])
    return wanted - {record.signature for record in stored.only("signature")}


def _orphan_signatures() -> Iterator[Problem]:
    """The records first, then the media: a purge removes its media last."""
    records = StoredSignature.objects.only("media", "application").no_cache()
    for batch in batches(records, BATCH):
        named = {record.media: record.application for record in batch}
        for media in sorted(set(named) - set(Media.objects(id__in=list(named)).scalar("id"))):
            if StoredSignature.objects(media=media).only("id").first() is not None:
                yield Problem("signature-orphan", named[media], media)


def _orphan_files(ingest: Ingest) -> Iterator[Problem]:
    for orphan in list(find_orphans(ingest.storage)):
        if files.exists(ingest.storage, orphan.name):  # else a purge was at it
            yield Problem("file-orphan", orphan.application, orphan.name)
    for name in list(files.list_names(ingest.storage)):
        if files.is_unfinished(name) and files.age_s(ingest.storage, name) > UNFINISHED_AFTER_S:
            yield Problem("file-unfinished", name.split("/")[0], name)


def _collection_problems() -> Iterator[Problem]:
    for application, collection in collections.without_application():
        yield Problem("collection-without-application", application, collection)
    for application, collection in collections.lost_in_tree():
        yield Problem("collection-lost", application, collection)
    for collection in collections.orphan_memberships():
        yield Problem("membership-orphan", "", collection)
