"""What watches see: a new media that meets one's rule, and a new use of a media."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from pymongo.errors import BulkWriteError, DuplicateKeyError

from ...application.models import Application
from ...indexing.current import current_catalogs
from ...jobs.kinds import JobKind, Step, Task
from ...jobs.queue import enqueue
from ...media.models import ACTIVE as STORED
from ...media.models import Media
from ...mongo.clock import now, utc
from ...mongo.documents import durable
from ..duplicates.following import Follower
from ..rules.judging import found_between, judge
from ..rules.models import PictureRule
from .models import ACTIVE, MEDIA, SEEN, USE, WAITING, Watch, WatchEvent

_SLACK = timedelta(seconds=5)  # between the times that several machines write
_AT_ONCE = 200


def _is_watched(application: str) -> bool:
    return Watch.objects(application=application, event=MEDIA, state=ACTIVE).first() is not None


def _came(application: Application, media: Media) -> None:
    for watch in Watch.objects(application=application.id, event=MEDIA, state=ACTIVE):
        if utc(media.created_at) < utc(watch.created_at):
            continue  # it was there before: restored, or described anew
        rule = PictureRule.objects(owner=watch.id).first()
        found = judge(rule, application, media, current_catalogs()) if rule else None
        if found is not None:
            _note(watch, f"{watch.id}/{media.id}", media, found_between(found))


WATCHES = Follower(_is_watched, _came)


def note_uses_before(watch: Watch) -> None:
    """What is used already is no news."""
    events = []
    for media in _used(watch.application):
        for one in media.related:
            events.append(_event(watch, f"{watch.id}/{media.id}/{one}", media, {}, SEEN))
    for first in range(0, len(events), _AT_ONCE):
        _insert(events[first : first + _AT_ONCE])


def _uses(task: Task) -> Iterator[Step]:
    for watch in Watch.objects(event=USE, state=ACTIVE):
        began = now()
        for media in _used(watch.application, **{"updated_at__gte": watch.looked_at}):
            for one in media.related:
                kind, _, identifier = one.partition(":")
                found = {"object": {"class": kind, "id": identifier}}
                _note(watch, f"{watch.id}/{media.id}/{one}", media, found)
        seen = {"$set": {"looked_at": began - _SLACK}}
        durable(Watch).update_one({"_id": watch.id}, seen)
        yield Step(done=1)


USES = JobKind("watch-uses", "Looking for new uses of media", _uses, is_kept=False)


def due_uses() -> None:
    """Put the job into the queue where a media that is used was changed since the last look."""
    for watch in Watch.objects(event=USE, state=ACTIVE):
        changed = _used(watch.application, updated_at__gt=utc(watch.looked_at) + _SLACK)
        if changed.first() is not None:
            enqueue(USES.name, only_one=USES.name)
            return


def _used(application: str, **narrowed: Any) -> Any:
    used = {"application": application, "state": STORED, "related": {"$gt": ""}}
    only = ("id", "application", "name", "related")
    return Media.objects(__raw__=used, **narrowed).only(*only).comment("beside requests").no_cache()


def _note(watch: Watch, identifier: str, media: Media, found: Mapping[str, Any]) -> None:
    try:
        state = WAITING if watch.webhook else SEEN
        durable(WatchEvent).insert_one(_event(watch, identifier, media, found, state))
    except DuplicateKeyError:
        return  # it was told before


def _event(
    watch: Watch, identifier: str, media: Media, found: Mapping[str, Any], state: str
) -> dict[str, Any]:
    moment = now()
    return {
        "_id": identifier,
        "watch": watch.id,
        "media": media.id,
        "name": media.name,
        "found": dict(found),
        "state": state,
        "attempts": 0,
        "next_at": moment,
        "log": [],
        "at": moment,
    }


def _insert(events: list[dict[str, Any]]) -> None:
    try:
        durable(WatchEvent).insert_many(events, ordered=False)
    except BulkWriteError:
        return  # some were noted before
