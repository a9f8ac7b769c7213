"""`mediadb import ZIP --whole`: the file is sent as it is, in parts, and the portal unpacks it.

A note beside it knows the upload, and then the job: however often this is killed, the same line
again sends the rest, and looks at the same job.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from ... import MediaDB, MediaDBClientError, NotFound
from ..._sync.collections import OneCollection
from ...requests import given, readable
from ...values import Job
from ..following import follow
from ..running import Run
from .uploads import Options, Result

NAME = ".mediadb-upload.json"
_ID = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_FRUITLESS = ("failed", "cancelled")


def import_whole(run: Run, source: Path, options: Options, collection: str | None, *,
                 resume: bool) -> list[Result]:  # fmt: skip
    """What became of each picture of the archive."""
    if source.is_dir() or options.properties:
        raise click.UsageError("--whole is of one file; --set is not for it.")
    note = _Note(run, source, is_dry=options.dry_run)
    if not resume:
        note.path.unlink(missing_ok=True)
    job = _earlier_job(run, note)
    if job is None:
        job = _begun(run, source, note, _said(run, options, collection))
    follow(run, job, "Importing", f"mediadb jobs show {job.id}")
    names = ("item", "outcome", "media", "reason")
    items = run.db.imports.items(job)
    return [Result(*(one[name] for name in names)) for one in items]


@dataclass(frozen=True)
class _Note:
    """What is known of this very file, portal and application."""

    run: Run
    source: Path
    is_dry: bool

    @property
    def path(self) -> Path:
        return self.source.with_name(f".{self.source.name}{NAME}")

    def read(self, *, of_dry_run: bool | None = None) -> dict[str, str]:
        """`upload` or `job`, of an import as this one is, or of a dry run."""
        try:
            told = json.loads(self.path.read_text())
        except (OSError, ValueError):
            return {}
        head = self._head(self.is_dry if of_dry_run is None else of_dry_run)
        if not isinstance(told, dict) or any(told.get(k) != v for k, v in head.items()):
            return {}
        return {name: str(told[name]) for name in ("upload", "job") if name in told}

    def write(self, **known: str) -> None:
        aside = self.path.with_suffix(".new")
        aside.write_text(json.dumps({**self._head(self.is_dry), **known}))
        aside.replace(self.path)

    def _head(self, is_dry: bool) -> Mapping[str, Any]:
        told, db = self.source.stat(), self.run.db
        stamp = f"{told.st_size} {told.st_mtime_ns}"
        return {"portal": db.url, "application": db.application, "stamp": stamp, "dry_run": is_dry}


def _earlier_job(run: Run, note: _Note) -> Job | None:
    """The job that an earlier run began, also where it is done."""
    try:
        job = run.db.jobs.get(known) if (known := note.read().get("job")) else None
    except NotFound:
        return None
    if job is None or job.state in _FRUITLESS:
        return None
    if job.has_ended:
        run.say("It was brought in before: --anew sends it again.")
    return job


def _begun(run: Run, source: Path, note: _Note, said: Mapping[str, Any]) -> Job:
    def start(**what: str) -> Job:
        """By a key: where an earlier answer was lost, that is given again."""
        (key,) = what.values()
        job = run.db.imports.start(idempotency_key=f"import-{key}", **what, **said)
        note.write(job=job.id)
        return job

    checked = "" if note.is_dry else note.read(of_dry_run=True).get("job", "")
    sent = note.read().get("upload", "")
    if (job := _tried(start, checked=checked)) is not None:  # nothing of it is sent again
        return job
    if sent and not _is_there(run, sent):
        if (job := _tried(start, upload=sent)) is not None:
            return job
        run.say("What was sent before is no longer there: it is sent again.")
        sent = ""
    if not sent:
        sent = run.db.uploads.begin(source.stat().st_size, readable(source.name)).id
        note.write(upload=sent)
    _send(run, source, sent)
    return start(upload=sent)


def _tried(start: Callable[..., Job], **what: str) -> Job | None:
    """None where there is no such thing any more."""
    try:
        return start(**what) if all(what.values()) else None
    except MediaDBClientError as exc:
        if exc.status is None or exc.status >= 500 or exc.status in (401, 403):
            raise
        return None


def _is_there(run: Run, upload: str) -> bool:
    try:
        run.db.uploads.get(upload)
    except NotFound:
        return False
    return True


def _send(run: Run, source: Path, upload: str) -> None:
    there = run.db.uploads.get(upload)
    with run.counter(there.length, "Sending") as bar:
        bar.update(there.offset)
        for now in run.db.uploads.send(upload, source):
            bar.update(now.offset - bar.pos)


def _said(run: Run, options: Options, collection: str | None) -> dict[str, Any]:
    """What the portal is to do with it."""
    return given({
        "on_duplicate": options.on_duplicate,
        "keywords_from_folders": options.keywords_from_folders or None,
        "hidden": options.hidden or None,
        "dry_run": options.dry_run or None,
        "collection": _collection(run, collection) if collection and not options.dry_run else None,
    })  # fmt: skip


def find_collection(db: MediaDB, named: str) -> OneCollection | None:
    """That of this id or name; None where it is to be made. NotFound for an id that there is not:
    it would become the name of a new one."""
    own = (one for one in db.collections.list() if named in (one.id, one.name))
    found = next(own, None)
    return db.collections.get(named) if found is None and _ID.fullmatch(named) else found


def _collection(run: Run, named: str) -> str:
    return (find_collection(run.db, named) or run.db.collections.create(named)).id
