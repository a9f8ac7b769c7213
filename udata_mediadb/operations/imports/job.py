"""An import as a job: its items are listed once, then done in steps.

The list is kept beside what was sent, so that a worker which goes on has the same items in the same
order, whatever a server answers by then. The id of a new media follows from the job and the item's
number, and so does the line of the report: a step that is done twice changes nothing.
"""

import json
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5
from zipfile import ZipFile

from flask import Flask, current_app
from pymongo import ReplaceOne

from ...collection.actions import find_collection
from ...collection.membership import add_members
from ...errors import MediaDBError, NotFound
from ...jobs.kinds import Failure, JobKind, Step, Task
from ...jobs.owning import application_of
from ...media.describing_pool import cores
from ...media.files import current_storage, index_root
from ...mongo.clock import now
from ...mongo.documents import durable
from . import parcels
from .archive import member_bytes, open_archive
from .doing import Importing, Outcome, do_item, do_known
from .entries import FETCHED, Entry
from .groups import Done, Groups
from .items import Item, item_of
from .models import ImportedItem
from .pool import new_pool
from .reading import Source, fetched, items_of, kind_of

NAME = "import"
ITEMS = "items"  # the note that has the list
NO_COLLECTION = "its collection is not there any more"
_LABEL_LENGTH = 1000


@dataclass(frozen=True)
class Archive:
    """The open ZIP of an import; `lock`: one at a time reads from it."""

    opened: ZipFile
    lock: threading.Lock


def steps(task: Task) -> Iterator[Step]:
    """Do an import; see `jobs.kinds`."""
    application = application_of(task.application)
    storage, root = current_storage(), index_root(current_app)
    end = Step(result={"dry_run": bool(task.arguments["dry_run"])})
    if task.total is not None and int(task.cursor or 0) >= task.total:  # the pieces may be gone
        _put_away(task, root)
        yield end
        return
    path = parcels.put_together(storage, task.arguments["parcel"], task.arguments["pieces"], root)
    items = _listed(task, path)
    begin = int(task.cursor or 0)
    yield Step(cursor=begin, total=len(items))
    importing = Importing(
        application,
        task.owner,
        task.arguments["on_duplicate"],
        list(task.arguments["keywords"]),
        bool(task.arguments["dry_run"]),
        names_from_files=bool(task.arguments.get("names_from_files", False)),
    )
    with ExitStack() as stack:
        is_archive = any(item.member is not None for item in items)
        archive = (
            Archive(stack.enter_context(open_archive(path)), threading.Lock())
            if is_archive
            else None
        )
        pool = stack.enter_context(new_pool(len(items) - begin))
        entries = _Entries(task.id, importing, archive)
        for done in Groups(importing, pool, entries.do).done(entries.read(items, begin)):
            begin += len(done)
            yield _step(task, importing, begin, done)
    _put_away(task, root)
    yield end


def _put_away(task: Task, root: Path) -> None:
    """What a dry run looked at stays to be imported, until `sweep`."""
    if task.arguments["dry_run"]:
        parcels.remove_local(task.arguments["parcel"], root)
    else:
        parcels.remove(current_storage(), task.arguments["parcel"], root)


IMPORT = JobKind(NAME, "Bringing in pictures", steps)


def _listed(task: Task, path: Path) -> list[Item]:
    """The items, as the first worker listed them."""
    parcel, storage = task.arguments["parcel"], current_storage()
    note = task.arguments.get("items", ITEMS)
    kept = parcels.read_note(storage, parcel, note)
    if kept is None:
        source = Source(
            path,
            str(task.arguments["name"]),
            task.arguments["source"],
            bool(task.arguments["keywords_from_folders"]),
            bool(task.arguments.get("hidden", False)),
        )
        listed = [item.as_json() for item in items_of(source)]
        kept = json.dumps(listed).encode()
        parcels.add_note(storage, parcel, note, kept)
    return [item_of(one) for one in json.loads(kept)]


@dataclass(frozen=True)
class _Entries:
    """The items of one import, read and done."""

    job: str
    importing: Importing
    archive: Archive | None

    def read(self, items: Sequence[Item], begin: int) -> Iterator[Entry]:
        """Those from `begin` on, in order; some are read at once."""
        app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]

        def read(number: int) -> Entry:
            with app.app_context():
                return self._entry(number, items[number])

        with ThreadPoolExecutor(cores()) as threads:
            for start in range(begin, len(items), FETCHED):
                yield from threads.map(read, range(start, min(start + FETCHED, len(items))))

    def do(self, entry: Entry) -> Outcome:
        """One by itself."""
        if (known := do_known(self.importing, entry.item)) is not None:
            return known
        if entry.data is None:
            entry = self._entry_of_picture(entry.item, entry.identifier)
        return entry.outcome or do_item(self.importing, entry.item, entry.data, entry.identifier)

    def _entry(self, number: int, item: Item) -> Entry:
        identifier = str(uuid5(UUID(self.job), str(number)))
        if item.media is not None:  # the row of an export, which may need no picture
            return Entry(item, identifier)
        return self._entry_of_picture(item, identifier)

    def _entry_of_picture(self, item: Item, identifier: str) -> Entry:
        if item.problem is not None:
            word = "ignored" if item.ignored else "failed"
            outcome = Outcome(word, reason=item.problem, error="no-picture")
            return Entry(item, identifier, outcome=outcome)
        try:
            return Entry(item, identifier, _data(item, self.archive))
        except MediaDBError as exc:
            said: dict[str, Any] = getattr(exc, "errors", None) or {}
            reason = "; ".join(str(why) for why in said.values()) or exc.message
            return Entry(item, identifier, outcome=Outcome("failed", reason=reason, error=exc.slug))


def _step(task: Task, importing: Importing, cursor: int, done: Done) -> Step:
    done = _collected(task.arguments.get("collection"), importing, done)
    _report(task.id, cursor - len(done), done)
    counts: dict[str, int] = {}
    for _, one in done:
        counts[one.outcome] = counts.get(one.outcome, 0) + 1
    failures = [
        Failure(entry.item.name[:_LABEL_LENGTH], one.reason or "", one.error or "error")
        for entry, one in done
        if one.outcome == "failed"
    ]
    return Step(cursor=cursor, done=len(done), counts=counts, failures=failures)


def _collected(collection: str | None, importing: Importing, done: Done) -> Done:
    """What was added, put into the collection; where that is gone meanwhile, each is told so."""
    added = [one.media for _, one in done if one.outcome == "added" and one.media]
    if not (collection and added):
        return done
    try:
        add_members(find_collection(collection, importing.application.id), added)
    except NotFound:
        return [
            (entry, replace(one, reason=NO_COLLECTION) if one.media in added else one)
            for entry, one in done
        ]
    return done


def _data(item: Item, archive: Archive | None) -> bytes:
    if item.url is not None:
        return fetched(item.url)
    assert archive is not None
    limit = int(current_app.config["MEDIADB_UPLOAD_MAX_BYTES"])
    with archive.lock:
        return member_bytes(archive.opened, item.member or "0", limit)


def _report(job: str, first: int, done: Done) -> None:
    writes = [
        ReplaceOne(
            {"_id": f"{job}/{number}"},
            {
                "job": job,
                "number": number,
                "item": entry.item.name[:_LABEL_LENGTH],
                "outcome": one.outcome,
                "media": one.media,
                "reason": one.reason and one.reason[:_LABEL_LENGTH],
                "at": now(),
            },
            upsert=True,
        )
        for number, (entry, one) in enumerate(done, first)
    ]
    durable(ImportedItem).bulk_write(writes)


__all__ = ["IMPORT", "ITEMS", "NAME", "kind_of", "steps"]
