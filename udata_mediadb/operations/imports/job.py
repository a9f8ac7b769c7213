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
from dataclasses import dataclass
from os import cpu_count
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5
from zipfile import ZipFile

from flask import Flask, current_app
from pymongo import ReplaceOne

from ...application.models import Application
from ...collection.actions import find_collection
from ...collection.membership import add_members
from ...errors import MediaDBError, NotFound
from ...jobs.kinds import Failure, JobKind, Step, Task
from ...media.files import current_storage, index_root
from ...mongo.clock import now
from ...mongo.documents import durable
from . import parcels
from .archive import member_bytes, open_archive
from .doing import Importing, Outcome, do_item, do_known
from .items import Item, item_of
from .models import ImportedItem
from .reading import Source, fetched, items_of, kind_of

NAME = "import"
BATCH = 16  # items of a step: about a second on two cores
ITEMS = "items"  # the note that has the list
_LABEL_LENGTH = 1000


@dataclass(frozen=True)
class Archive:
    """The open ZIP of an import; `lock`: one at a time reads from it."""

    opened: ZipFile
    lock: threading.Lock


def steps(task: Task) -> Iterator[Step]:
    """Do an import; see `jobs.kinds`."""
    application = Application.objects(id=task.application).first()
    if application is None:
        raise NotFound("The application is not there any more.")
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
    )
    with ExitStack() as stack:
        pool = stack.enter_context(ThreadPoolExecutor(cpu_count() or 1))
        is_archive = any(item.member is not None for item in items)
        archive = (
            Archive(stack.enter_context(open_archive(path)), threading.Lock())
            if is_archive
            else None
        )
        for start in range(begin, len(items), BATCH):
            batch = list(enumerate(items))[start : start + BATCH]
            yield _done(task, importing, archive, batch, pool)
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
        )
        listed = [item.as_json() for item in items_of(source)]
        kept = json.dumps(listed).encode()
        parcels.add_note(storage, parcel, note, kept)
    return [item_of(one) for one in json.loads(kept)]


def _done(
    task: Task,
    importing: Importing,
    archive: Archive | None,
    batch: Sequence[tuple[int, Item]],
    pool: ThreadPoolExecutor,
) -> Step:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]

    def do(one: tuple[int, Item]) -> Outcome:
        number, item = one
        with app.app_context():
            return _outcome(importing, item, archive, str(uuid5(UUID(task.id), str(number))))

    outcomes = list(pool.map(do, batch))
    added = [one.media for one in outcomes if one.outcome == "added" and one.media]
    if added and task.arguments.get("collection"):
        add_members(find_collection(task.arguments["collection"], importing.application.id), added)
    _report(task.id, batch, outcomes)
    counts: dict[str, int] = {}
    for one in outcomes:
        counts[one.outcome] = counts.get(one.outcome, 0) + 1
    failures = [
        Failure(item.name[:_LABEL_LENGTH], one.reason or "", one.error or "error")
        for (_, item), one in zip(batch, outcomes, strict=True)
        if one.outcome == "failed"
    ]
    return Step(cursor=batch[-1][0] + 1, done=len(batch), counts=counts, failures=failures)


def _outcome(importing: Importing, item: Item, archive: Archive | None, identifier: str) -> Outcome:
    if (known := do_known(importing, item)) is not None:
        return known
    if item.problem is not None:
        word = "ignored" if item.ignored else "failed"
        return Outcome(word, reason=item.problem, error="no-picture")
    try:
        data = _data(item, archive)
    except MediaDBError as exc:
        said: dict[str, Any] = getattr(exc, "errors", None) or {}
        reason = "; ".join(str(why) for why in said.values()) or exc.message
        return Outcome("failed", reason=reason, error=exc.slug)
    return do_item(importing, item, data, identifier)


def _data(item: Item, archive: Archive | None) -> bytes:
    if item.url is not None:
        return fetched(item.url)
    assert archive is not None
    limit = int(current_app.config["MEDIADB_UPLOAD_MAX_BYTES"])
    with archive.lock:
        return member_bytes(archive.opened, item.member or "0", limit)


def _report(job: str, batch: Sequence[tuple[int, Item]], outcomes: Sequence[Outcome]) -> None:
    writes = [
        ReplaceOne(
            {"_id": f"{job}/{number}"},
            {
                "job": job,
                "number": number,
                "item": item.name[:_LABEL_LENGTH],
                "outcome": one.outcome,
                "media": one.media,
                "reason": one.reason and one.reason[:_LABEL_LENGTH],
                "at": now(),
            },
            upsert=True,
        )
        for (number, item), one in zip(batch, outcomes, strict=True)
    ]
    durable(ImportedItem).bulk_write(writes)


__all__ = ["IMPORT", "ITEMS", "NAME", "kind_of", "steps"]
