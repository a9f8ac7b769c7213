"""One picture after another into the portal: what becomes of each."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from ... import MediaDB, MediaDBClientError
from ...requests import Picture
from .journal import Journal
from .patience import Patience, ends_all
from .sources import Item
from .walking import unread

OnDuplicate = Literal["skip", "add", "update"]
# The words of the imports of the API; of a dry run, what would have become of it.
Outcome = Literal["added", "skipped", "updated", "ignored", "failed"]


@dataclass(frozen=True)
class Result:
    """What became of one item."""

    item: str
    outcome: Outcome
    media: str | None = None
    reason: str | None = None

    @property
    def raw(self) -> dict[str, Any]:
        """For `--json` and the report, with the fields of an item of `imports/`."""
        return asdict(self)


@dataclass(frozen=True)
class Options:
    """How an import treats all of its items."""

    on_duplicate: OnDuplicate = "skip"
    keywords_from_folders: bool = False
    properties: Mapping[str, Any] = field(default_factory=dict)
    dry_run: bool = False
    hidden: bool = False

    def said(self, item: Item) -> dict[str, Any]:
        """The properties that are sent with it."""
        words = list(item.properties.get("keywords", ()))
        if self.keywords_from_folders:
            words += [folder for folder in item.folders if folder not in words]
        return {**self.properties, **item.properties, **({"keywords": words} if words else {})}


def upload(
    db: MediaDB, item: Item, options: Options, journal: Journal | None, patience: Patience
) -> Result:
    """Add one; an error of this item is a failure, one of the whole portal is raised."""
    try:
        picture = _read(item.read())
        sha256 = _sha256(picture)
        if options.dry_run or journal is None:
            return patience(lambda: _tried(db, item, sha256, options, journal))
        return patience(lambda: _added(db, item, (picture, sha256), options, journal))
    except MediaDBClientError as exc:
        if ends_all(exc):
            raise
        return Result(item.path, "failed", reason=exc.message)
    except (OSError, ValueError) as exc:
        reason = unread(exc) if isinstance(exc, OSError) else str(exc)
        return Result(item.path, "failed", reason=reason)


def _added(
    db: MediaDB, item: Item, read: tuple[Picture, str], options: Options, journal: Journal
) -> Result:
    picture, sha256 = read
    said = options.said(item)
    known = journal.done_with(item.path, sha256)
    if known is None and journal.is_forgotten(item.path):
        known = _found(db, sha256, item)
    if known is not None:
        journal.ended(item, sha256, known, "skipped")
        return Result(item.path, "skipped", known)
    journal.sending(item.path, sha256)
    duplicates = "allow" if options.on_duplicate == "add" else "return"
    media, is_new = db.media.add_or_find(
        _named(item, picture),
        idempotency_key=journal.key(item.path, sha256),
        duplicates=duplicates,
        **said,
    )
    outcome: Outcome = "added" if is_new else "skipped"
    if not is_new and options.on_duplicate == "update" and said:
        db.media.edit(media, **said)
        outcome = "updated"
    journal.ended(item, sha256, media.id, outcome)
    return Result(item.path, outcome, media.id)


def _tried(
    db: MediaDB, item: Item, sha256: str, options: Options, journal: Journal | None
) -> Result:
    """What would become of it; nothing is sent but the question."""
    if journal is not None and (done := journal.done_with(item.path, sha256)) is not None:
        return Result(item.path, "skipped", done)
    found = _found(db, sha256)
    if found is None or options.on_duplicate == "add":
        return Result(item.path, "added", found)
    outcome: Outcome = "updated" if options.on_duplicate == "update" else "skipped"
    return Result(item.path, outcome, found)


def _found(db: MediaDB, sha256: str, item: Item | None = None) -> str | None:
    """The id of a media with these bytes; of `item`, one that was sent under its name."""
    if not sha256:
        return None
    for media in db.media.list(sha256=sha256, sort="-created_at"):
        if item is None or media.filename == _filename(item):
            return media.id
    return None


def _read(picture: Picture) -> Picture:
    return picture.read_bytes() if isinstance(picture, Path) else picture


def _sha256(picture: Picture) -> str:
    """Of bytes; an address has none that we know."""
    return hashlib.sha256(picture).hexdigest() if isinstance(picture, bytes) else ""


def _named(item: Item, picture: Picture) -> Picture:
    """With the name of its file, where there is one."""
    return (_filename(item), picture) if isinstance(picture, bytes) else picture


def _filename(item: Item) -> str:
    return item.filename or Path(item.path).name
