"""Files that no document names: found, moved out of the way with their age, brought back.

They may be the only copy of a picture whose document was lost, so no repair removes one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import flask_storage

from ...application.models import Application
from ...indexing.descriptions import batches
from ...media import files
from ...media.models import Media
from ...mongo.clock import now, utc
from .identity import accepted_after

PREFIX = f"{files.OWN_PREFIX}set-aside/"
_STAMP = "%Y%m%dT%H%M%SZ"
BATCH = 1000  # ids per query


@dataclass(frozen=True)
class Orphan:
    """A file that no document names. `known`: there is an application of that id."""

    name: str
    application: str
    media: str
    known: bool

    @property
    def is_original(self) -> bool:
        return self.name.endswith("/original")


@dataclass(frozen=True)
class Kept:
    """A file that was moved out of the way: where it is, since when, and where it was."""

    place: str
    since: datetime
    name: str


def find_orphans(storage: flask_storage.Storage) -> Iterator[Orphan]:
    """All of them. The names are read first: a document comes before its files, and goes last."""
    names = [name for name in files.list_names(storage) if not files.is_unfinished(name)]
    for batch in batches(names, BATCH):
        parts = {name: (*name.split("/"), "", "")[:2] for name in batch}
        there = Media.objects(id__in=sorted({media for _, media in parts.values()}))
        held = set(there.scalar("application", "id"))
        known = set(
            Application.objects(id__in=sorted({one for one, _ in parts.values()})).scalar("id")
        )
        for name, (application, media) in parts.items():
            if (application, media) not in held:
                yield Orphan(name, application, media, application in known)


def newer_than_database(storage: flask_storage.Storage, orphans: list[Orphan]) -> int:
    """How many originals were stored after everything that the database knows: is it an older one?

    None count that were there when a person said that all belongs together.
    """
    newest = Media.objects.order_by("-created_at").only("created_at").first()
    count = 0
    for orphan in orphans:
        if orphan.is_original and orphan.known:
            stored = now() - timedelta(seconds=files.age_s(storage, orphan.name))
            is_newer = newest is None or stored > utc(newest.created_at)
            count += is_newer and not accepted_after(stored)
    return count


def set_aside(storage: flask_storage.Storage, name: str) -> Kept:
    """Move a file out of the way; its age is in its new name."""
    kept = _kept(name)
    files.move(storage, name, kept.place)
    return kept


def keep_copy(storage: flask_storage.Storage, name: str, content: bytes) -> Kept:
    """Keep what a file holds, while something else is tried with it."""
    kept = _kept(name)
    files.write(storage, kept.place, content)
    return kept


def list_kept(storage: flask_storage.Storage) -> Iterator[Kept]:
    """What was moved out of the way, in no order."""
    for place in files.list_names(storage, own=True):
        stamp, _, name = place.removeprefix(PREFIX).partition("/")
        if place.startswith(PREFIX) and name:
            yield Kept(place, datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC), name)


def bring_back(storage: flask_storage.Storage, kept: Kept) -> bool:
    """Move it to where it was; False where there is such a file again."""
    if files.exists(storage, kept.name):
        return False
    files.move(storage, kept.place, kept.name)
    return True


def _kept(name: str) -> Kept:
    since = datetime.now(UTC)
    return Kept(f"{PREFIX}{since.strftime(_STAMP)}/{name}", since, name)
