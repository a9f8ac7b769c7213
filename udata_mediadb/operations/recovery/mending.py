"""Mending what `finding` names. May run at any time, while others write.

A pending media whose picture is whole is completed, any other is taken away: nobody was told that
it is stored. Whatever belongs to nothing is moved out of the way, never removed: the document that
named it may be the thing that was lost.
"""

from collections.abc import Callable, Mapping

from ...application.models import Application
from ...indexing import log
from ...indexing.models import StoredSignature
from ...media import facts, files
from ...media.counts import renew
from ...media.derived import DERIVED, is_missing, make_derived
from ...media.ingest import (
    Ingest,
    activate,
    descriptions_of,
    store_signatures,
)
from ...media.models import PENDING, PICTURE, Media
from ...media.pending import discard_pending
from ...media.pictures import is_named
from ...media.removal import finish_purge
from ...media.replacing import discard_picture, finish_replacement
from ...media.versions import finish_removals
from ...mongo.documents import durable
from . import collections, orphans, set_aside
from .finding import whole_original
from .problems import Kind, Problem


def mend(ingest: Ingest, problem: Problem) -> bool:
    """Mend it; False for what cannot be mended from what is stored, or is for a person to say."""
    if problem.kind in _COLLECTION:
        return _COLLECTION[problem.kind](problem.subject)
    if problem.kind == "signature-orphan":
        set_aside.keep_documents(StoredSignature, problem.kind, {"media": problem.subject})
        return True
    if problem.kind == "file-unfinished":
        files.remove(ingest.storage, problem.subject)
        return True
    if problem.kind == "file-orphan":
        return _set_file_aside(ingest, problem)
    media = Media.objects(id=problem.subject).first()
    return media is None or _MEDIA.get(problem.kind, _restore_from_original)(ingest, media)


_COLLECTION: Mapping[Kind, Callable[[str], bool]] = {
    "collection-lost": collections.detach,
    "collection-without-application": collections.set_without_application_aside,
    "membership-orphan": collections.set_memberships_aside,
}


def _set_file_aside(ingest: Ingest, problem: Problem) -> bool:
    """Not what lies in the folder of an application that there is not: it may be the next one's."""
    if Application.objects(id=problem.application).only("id").first() is None:
        return False
    orphans.set_aside(ingest.storage, problem.subject)
    return True


def _refresh_facts(_ingest: Ingest, media: Media) -> bool:
    facts.refresh_facts(media.id)
    renew([media.application])
    return True


def _finish_purge(ingest: Ingest, media: Media) -> bool:
    finish_purge(ingest.storage, media)
    finish_removals(ingest.storage, media)
    return True


def _finish_replacement(ingest: Ingest, media: Media) -> bool:
    """Of a media, what comes behind its exchange; of a picture that no media names, keep the file:
    the document that named it may be the thing that was lost."""
    if media.state != PICTURE:
        finish_replacement(media)
    elif is_named(media):
        durable(Media).update_one({"_id": media.id}, {"$unset": {"replaced_at": ""}})
    else:
        original = files.key(media.application, media.id, "original")
        if files.exists(ingest.storage, original):
            orphans.set_aside(ingest.storage, original)
        discard_picture(ingest.storage, media)
    return True


def _make_derived(ingest: Ingest, media: Media) -> bool:
    if whole_original(ingest, media) is None:
        return False
    for kind in DERIVED:
        if is_missing(ingest, media, kind, deep=True):
            make_derived(ingest, media, kind)
    return True


def _finish_pending(ingest: Ingest, media: Media) -> bool:
    if whole_original(ingest, media) is not None:
        return _restore_from_original(ingest, media)
    damaged = files.key(media.application, media.id, "original")
    if files.exists(ingest.storage, damaged):
        orphans.set_aside(ingest.storage, damaged)
    discard_pending(ingest.storage, media)
    return True


def _restore_from_original(ingest: Ingest, media: Media) -> bool:
    """Make what is made from the original, where that and the application are there."""
    data = whole_original(ingest, media)
    application = Application.objects(id=media.application).first()
    if data is None or application is None:
        return False
    _make_derived(ingest, media)
    picture = ingest.decode_stored(data)
    store_signatures(media, descriptions_of(ingest.registry, application, picture))
    if media.state == PENDING:
        activate(media)
    else:
        log.append(media.application, "add", [media.picture_id])
    return True


_MEDIA: Mapping[Kind, Callable[[Ingest, Media], bool]] = {
    "pending": _finish_pending,
    "purge-unfinished": _finish_purge,
    "replacement-unfinished": _finish_replacement,
    "earlier-missing": lambda _ingest, _media: False,
    "facts-stale": _refresh_facts,
    "thumbnail-missing": _make_derived,
    "picture-damaged": _make_derived,
    "application-missing": lambda _ingest, _media: False,
}
