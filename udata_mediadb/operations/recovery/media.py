"""Naming and mending what a crash leaves behind. May run at any time, while others write.

The documents are the truth. A pending media whose picture is whole is completed, any other is
removed: nobody was told that it is stored.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from ...application.models import Application
from ...imaging import decode
from ...indexing import log
from ...indexing.models import StoredSignature
from ...indexing.versions import to_describe
from ...media import facts, files
from ...media.counts import renew
from ...media.derived import DERIVED, is_missing, make_derived
from ...media.ingest import (
    DECODE_SIDE_PX,
    Ingest,
    activate,
    descriptions_of,
    discard_pending,
    store_signatures,
)
from ...media.models import PENDING, PURGED, Media
from ...media.removal import finish_purge
from ...mongo.documents import durable
from . import collections

Kind = Literal[
    "pending", "original-missing", "original-damaged", "thumbnail-missing", "picture-damaged",
    "facts-stale", "signature-missing", "signature-orphan", "file-orphan", "file-unfinished",
    "application-missing", "purge-unfinished", "collection-lost",
    "collection-without-application", "membership-orphan",
]  # fmt: skip


_MISSING: Mapping[str, Kind] = {"thumbnail": "thumbnail-missing", "media": "picture-damaged"}
UNFINISHED_AFTER_S = 600.0  # no write takes that long: its writer was killed


@dataclass(frozen=True)
class Problem:
    """One thing that is not as it should be.

    `subject`: the id of a media or a collection, or the name of a file.
    """

    kind: Kind
    application: str
    subject: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.subject} (application {self.application})"


def count_media() -> int:
    """How many media `find_problems` will look at; for progress bars."""
    return int(Media.objects.count())


def find_problems(ingest: Ingest, *, deep: bool = False) -> Iterator[Problem | None]:
    """Every problem; one None after each media, for progress bars.

    `deep` also reads every original and compares its checksum.
    """
    applications = {a.id: a for a in Application.objects}
    for media in Media.objects.no_cache():
        yield from _media_problems(ingest, media, applications.get(media.application), deep)
        yield None
    yield from _orphan_signatures()
    yield from _orphan_files(ingest)
    yield from _collection_problems()


def mend(ingest: Ingest, problem: Problem) -> bool:
    """Mend it; False for what cannot be mended from what is stored (a lost or damaged original)."""
    if problem.kind == "signature-orphan":
        durable(StoredSignature).delete_many({"media": problem.subject})
        return True
    if problem.kind in ("file-orphan", "file-unfinished"):
        files.remove(ingest.storage, problem.subject)
        return True
    if problem.kind in _MEND_COLLECTION:
        _MEND_COLLECTION[problem.kind](problem.subject)
        return True
    return _mend_media(ingest, problem)


_MEND_COLLECTION: Mapping[Kind, Callable[[str], None]] = {
    "collection-lost": collections.detach,
    "collection-without-application": collections.drop_without_application,
    "membership-orphan": collections.drop_memberships,
}


def _mend_media(ingest: Ingest, problem: Problem) -> bool:
    media = Media.objects(id=problem.subject).first()
    if media is None:
        return True  # gone meanwhile
    if problem.kind == "purge-unfinished":
        finish_purge(ingest.storage, media)
        return True
    if problem.kind == "facts-stale":
        facts.refresh_facts(media.id)
        renew([media.application])
        return True
    data = _whole_original(ingest, media)
    if data is not None and problem.kind != "application-missing":
        _complete(ingest, media, data)
        return True
    if problem.kind == "pending":
        discard_pending(ingest.storage, media)
        return True
    return False


def _media_problems(
    ingest: Ingest, media: Media, application: Application | None, deep: bool
) -> Iterator[Problem]:
    kinds: list[Kind] = []
    if media.state == PENDING:
        kinds.append("pending")
    elif media.state == PURGED:
        kinds.append("purge-unfinished")
    elif application is None:
        kinds.append("application-missing")
    else:
        kinds += _stored_problems(ingest, media, application, deep)
    for kind in kinds:
        yield Problem(kind, media.application, media.id)


def _stored_problems(
    ingest: Ingest, media: Media, application: Application, deep: bool
) -> Iterator[Kind]:
    original = files.key(media.application, media.id, "original")
    if not files.exists(ingest.storage, original):
        yield "original-missing"
    elif deep and _whole_original(ingest, media) is None:
        yield "original-damaged"
    for kind in DERIVED:
        if is_missing(ingest, media, kind, deep=deep):
            yield _MISSING[kind]
    if facts.are_stale(media):
        yield "facts-stale"
    if _missing_signatures(ingest, media, application):
        yield "signature-missing"


def _missing_signatures(ingest: Ingest, media: Media, application: Application) -> set[str]:
    wanted = set(
        to_describe(ingest.registry, application.described_versions, application.signatures)
    )
    stored = StoredSignature.objects(id__in=[f"{media.id}/{key}" for key in wanted])
    return wanted - {record.signature for record in stored.only("signature")}


def _orphan_signatures() -> Iterator[Problem]:
    for record in StoredSignature.objects.only("media", "application").no_cache():
        if Media.objects(id=record.media).only("id").first() is None:
            yield Problem("signature-orphan", record.application, record.media)


def _orphan_files(ingest: Ingest) -> Iterator[Problem]:
    for name in list(files.list_names(ingest.storage)):
        application, media = (*name.split("/"), "", "")[:2]
        if files.is_unfinished(name):
            if files.age_s(ingest.storage, name) > UNFINISHED_AFTER_S:
                yield Problem("file-unfinished", application, name)
        elif Media.objects(id=media, application=application).only("id").first() is None:
            yield Problem("file-orphan", application, name)


def _collection_problems() -> Iterator[Problem]:
    for application, collection in collections.without_application():
        yield Problem("collection-without-application", application, collection)
    for application, collection in collections.lost_in_tree():
        yield Problem("collection-lost", application, collection)
    for collection in collections.orphan_memberships():
        yield Problem("membership-orphan", "", collection)


def _whole_original(ingest: Ingest, media: Media) -> bytes | None:
    name = files.key(media.application, media.id, "original")
    data = files.read(ingest.storage, name)
    return data if data and hashlib.sha256(data).hexdigest() == media.sha256 else None


def _complete(ingest: Ingest, media: Media, data: bytes) -> None:
    application = Application.objects(id=media.application).first()
    if application is None:
        return
    picture = decode(data, max_pixels=ingest.max_pixels, side=DECODE_SIDE_PX)
    for kind in DERIVED:
        if is_missing(ingest, media, kind, deep=True):
            make_derived(ingest, media, kind)
    store_signatures(media, descriptions_of(ingest.registry, application, picture))
    if media.state == PENDING:
        activate(media)
    else:
        log.append(media.application, "add", [media.id])
