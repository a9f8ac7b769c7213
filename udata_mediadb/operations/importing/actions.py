"""Bringing the pictures of a portal into one application, as often as one likes.

The id of an imported media is made of its origin and its bytes. So a picture that is there already
is found again, whatever an earlier run was killed at, and two runs at once store nothing twice.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID, uuid5

from pymongo.errors import DuplicateKeyError

from ...application.models import Application
from ...errors import TooLarge
from ...hosts.portal_picture import PortalPicture
from ...hosts.related import stored
from ...media.earlier import earlier_media
from ...media.ingest import Ingest, add_media
from ...media.models import ACTIVE, PENDING, PURGED, Media
from ...media.pending import discard_pending
from ...media.removal import delete_many, purge_media
from ...mongo.clock import now
from ...mongo.documents import durable
from ...web.readers import NAME_LENGTH
from ..recovery.mending import mend
from ..recovery.problems import Problem

Outcome = Literal["added", "replaced", "unchanged"]
Held = Mapping[str, Sequence[Media]]  # by origin


@dataclass(frozen=True)
class Importing:
    """What an import needs. `held`: by origin, as `held_media` found it at the start."""

    ingest: Ingest
    application: Application
    max_bytes: int
    held: Held = field(default_factory=dict)


def held_media(application: Application) -> dict[str, list[Media]]:
    """All that earlier runs brought in, deleted and unfinished media too, by origin."""
    held: dict[str, list[Media]] = {}
    imported = Media.objects(application=application.id, origin__exists=True, state__ne=PURGED)
    for media in imported.only("application", "origin", "sha256", "state", "related").no_cache():
        held.setdefault(media.origin, []).append(media)
    return held


def import_picture(run: Importing, picture: PortalPicture, read: Callable[[], bytes]) -> Outcome:
    """Store the picture unless it is held; what it replaces goes for good.

    One that somebody deleted here stays deleted. Raises what `read` and `add_media` raise; the
    earlier picture stays then.
    """
    if picture.size is not None and picture.size > run.max_bytes:
        raise TooLarge(f"{picture.size} bytes are over the limit of {run.max_bytes}.")
    data = read()
    if len(data) > run.max_bytes:
        raise TooLarge(f"{len(data)} bytes are over the limit of {run.max_bytes}.")
    digest = hashlib.sha256(data).hexdigest()
    earlier = run.held.get(picture.origin, ())
    same = next((media for media in earlier if media.sha256 == digest), None)
    if same is None or not _is_whole(run, same):
        _add(run, picture, data, digest)
    elif same.related != stored(picture.related):
        _relate(same, picture)
    outdated = [media for media in earlier if media.sha256 != digest]
    for media in outdated:
        _remove(run, media)
    if outdated:
        return "replaced"
    return "added" if same is None or same.state == PENDING else "unchanged"


def foresee(run: Importing, picture: PortalPicture, read: Callable[[], bytes]) -> Outcome:
    """What `import_picture` would do; changes nothing, and raises the same."""
    data = read()
    if len(data) > run.max_bytes:
        raise TooLarge(f"{len(data)} bytes are over the limit of {run.max_bytes}.")
    digest = hashlib.sha256(data).hexdigest()
    earlier = run.held.get(picture.origin, ())
    if not any(media.sha256 == digest and media.state != PENDING for media in earlier):
        run.ingest.decode_upload(data)
        return "replaced" if any(media.sha256 != digest for media in earlier) else "added"
    return "replaced" if any(media.sha256 != digest for media in earlier) else "unchanged"


def delete_gone(run: Importing, origins: set[str]) -> int:
    """Delete, so that they can be restored, those whose origin is not among these; how many."""
    gone = [
        media
        for origin, held in run.held.items()
        for media in held
        if origin not in origins and media.state == ACTIVE
    ]
    delete_many(gone)
    return len(gone)


def is_held(run: Importing, origin: str) -> bool:
    """Whether an earlier run stored a picture of this origin, all of it."""
    return any(media.state != PENDING for media in run.held.get(origin, ()))


def _remove(run: Importing, media: Media) -> None:
    if media.state == PENDING:
        discard_pending(run.ingest.storage, media)
    else:
        purge_media(run.ingest.storage, media)


def _is_whole(run: Importing, media: Media) -> bool:
    """Whether it is stored; what a killed run left is completed, or taken away."""
    if media.state == PENDING:
        mend(run.ingest, Problem("pending", media.application, media.id))
    return Media.objects(id=media.id, state__nin=(PENDING, PURGED)).first() is not None


def _add(run: Importing, picture: PortalPicture, data: bytes, digest: str) -> None:
    identifier = str(uuid5(UUID(run.application.id), f"{picture.origin} {digest}"))
    if earlier_media(run.ingest.storage, identifier) is not None:
        return  # another run was faster
    try:
        add_media(
            run.ingest,
            run.application,
            data,
            {"name": picture.name.strip()[:NAME_LENGTH] or picture.origin},
            filename=picture.filename,
            owner=run.application.owner,
            related=picture.related,
            origin=picture.origin,
            identifier=identifier,
        )
    except DuplicateKeyError:
        return  # another run is at it


def _relate(media: Media, picture: PortalPicture) -> None:
    changes = {"related": stored(picture.related), "updated_at": now()}
    durable(Media).update_one({"_id": media.id, "state": ACTIVE}, {"$set": changes})
