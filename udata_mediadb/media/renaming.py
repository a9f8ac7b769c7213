"""Keywords renamed and merged over a whole application: a job, since there may be a million media.

A media is read and written by itself, as every change is, so what others change meanwhile stays.
Doing one twice changes nothing more: the job may be killed at any line and goes on.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..application.models import Application
from ..errors import Gone, InvalidFields, MediaDBError
from ..filters.terms import keyword_term
from ..jobs.kinds import Failure, JobKind, Step, Task, failure_of
from ..jobs.models import Job
from ..jobs.workers import start
from ..mongo.clock import now
from ..web.readers import read_keywords
from ..web.text import folded
from .counts import renew
from .facts import write_with_facts
from .models import ACTIVE, DELETED, Media

NAME = "keywords-rename"
BATCH = 50  # each is a read and a durable write: a quarter of a second
_STATES = (ACTIVE, DELETED)


def rename_keywords(
    application: Application, keywords: Sequence[str], to: str | None, owner: str | None
) -> Job:
    """Begin to put `to` in the place of each of these; several are merged, None takes them away.

    Compared as filters do: without regard to case and Unicode forms. InvalidFields where there is
    nothing to do.
    """
    if not keywords:
        raise InvalidFields({"keywords": "name one or more"})
    to = next(iter(read_keywords([to] if to is not None else [])), None)
    if to is not None and "," in to:
        raise InvalidFields({"to": "one keyword, without commas"})
    return start(
        NAME,
        application=application.id,
        owner=owner,
        arguments={"keywords": list(keywords), "to": to},
        total=Media.objects(__raw__=_having(application.id, keywords)).count(),
        only_one=f"{NAME} {application.id} {sorted(map(folded, keywords))} {to}",
    )


def renamed(keywords: Sequence[str], former: Sequence[str], to: str | None) -> list[str]:
    """The keywords of a media afterwards: `to` stands where the first of the former ones stood."""
    gone = {folded(word) for word in former} | ({folded(to)} if to is not None else set())
    first = next((n for n, word in enumerate(keywords) if folded(word) in gone), len(keywords))
    kept = [word for word in keywords if folded(word) not in gone]
    before = sum(folded(word) not in gone for word in keywords[:first])
    return kept if to is None else [*kept[:before], to, *kept[before:]]


def _steps(task: Task) -> Iterator[Step]:
    application, former = str(task.application), list(task.arguments["keywords"])
    to, cursor = task.arguments["to"], task.cursor or ""
    while batch := _batch(application, former, cursor):
        failures = [one for media in batch if (one := _write(media, former, to)) is not None]
        renew([application])
        cursor = batch[-1]
        changed = len(batch) - len(failures)
        yield Step(cursor=cursor, done=len(batch), counts={"changed": changed}, failures=failures)


def _write(media: str, former: Sequence[str], to: str | None) -> Failure | None:
    def changes(stored: Mapping[str, Any]) -> dict[str, Any]:
        return {"keywords": renamed(stored.get("keywords", []), former, to)}

    try:
        write_with_facts(media, changes, further={"updated_at": now()}, states=_STATES)
    except Gone:
        return None  # purged meanwhile
    except MediaDBError as exc:
        return failure_of(media, exc)
    return None


def _batch(application: str, keywords: Sequence[str], after: str) -> list[str]:
    wanted = {**_having(application, keywords), "_id": {"$gt": after}}
    found = Media._get_collection().find(wanted, {"_id": 1}).sort("_id", 1).limit(BATCH)
    return [media["_id"] for media in found]


def _having(application: str, keywords: Sequence[str]) -> dict[str, Any]:
    terms = [keyword_term(word) for word in keywords]
    return {"application": application, "state": {"$in": _STATES}, "terms": {"$in": terms}}


RENAMING = JobKind(NAME, "Renaming keywords", _steps)
