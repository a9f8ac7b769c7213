"""What of the stored media is shown at this moment: not what is under embargo or was taken down.

Looked up when something is read, so that an embargo ends when it ends, without a job. A partial
index holds the few media that are restricted at all (`facts`); where none is hidden nothing is
added to a filter, and lists are read as quickly as without.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import g, has_request_context

from ..application.models import Application
from ..authorization.caller import sees_unpublished
from ..errors import TakenDown
from ..mongo.clock import now, utc
from .models import Media

# As ids in a filter, whose counts can be remembered then; more are told by their times.
HIDDEN_LISTED_MAX = 500
RESTRICTING = ("published_from", "published_until", "takedown")
TAKEN_DOWN: Mapping[str, Any] = {"restricted": True, "about.takedown": {"$exists": True}}
_WHEN = {"about": 1, "application": 1}


def is_restricted(about: Mapping[str, Any]) -> bool:
    """Whether there is a time at which it is not shown to everybody."""
    return any(about.get(name) for name in RESTRICTING)


def is_held_back(media: Media) -> bool:
    """Whether it is under embargo at this moment, or not published any more."""
    return _is_held_back(media.about, now())


def ends_in_s(media: Media) -> float | None:
    """Seconds until it is not shown any more; None where no end is known."""
    end = media.about.get("published_until")
    return None if end is None else (utc(end) - now()).total_seconds()


def require_not_taken_down(media: Media) -> None:
    """Raise TakenDown, with the reason."""
    if reason := media.about.get("takedown"):
        raise TakenDown(reason)


def shown(applications: str | Sequence[str]) -> dict[str, Any]:
    """The filter of what the one who asks may see of these applications' media; {} for all.

    Beside requests (commands, jobs) all may be seen.
    """
    if not has_request_context():
        return {}
    ids = (applications,) if isinstance(applications, str) else tuple(applications)
    known: dict[tuple[str, ...], dict[str, Any]] = g.setdefault("mediadb_shown", {})
    if ids not in known:
        known[ids] = _shown(ids)
    return known[ids]


def hidden_among(media: Iterable[str], applications: set[str]) -> set[str]:
    """Which of these ids of media of these applications are not to be named to the one who asks,
    who does not oversee them.

    None beside requests. One query, two where any is hidden; none for no ids, nor where the request
    has asked for `shown` and nothing is hidden.
    """
    wanted: dict[str, Any] = {"_id": {"$in": sorted(set(media))}, "restricted": True}
    if not wanted["_id"]["$in"] or not has_request_context():
        return set()
    known = g.get("mediadb_shown", {})
    if any(not hidden and applications <= set(ids) for ids, hidden in known.items()):
        return set()
    moment = now()
    hidden = [
        one
        for one in Media._get_collection().find(wanted, _WHEN)
        if one["about"].get("takedown") or _is_held_back(one["about"], moment)
    ]
    seen = _overseen({one["application"] for one in hidden}) if hidden else set()
    return {one["_id"] for one in hidden if one["application"] not in seen}


def _shown(applications: Sequence[str]) -> dict[str, Any]:
    moment = now()
    held_back = {"$or": _held_back(moment)}
    hidden = {"restricted": True, "$or": [TAKEN_DOWN, held_back]}
    wanted = {"application": {"$in": list(applications)}, **hidden}
    found = list(Media._get_collection().find(wanted, _WHEN).limit(HIDDEN_LISTED_MAX + 1))
    if not found:
        return {}
    if len(found) > HIDDEN_LISTED_MAX:
        seen = _overseen(applications)
        mine = {"application": {"$in": sorted(seen)}, **TAKEN_DOWN}
        return {"$nor": [mine, {**hidden, "application": {"$nin": sorted(seen)}}]}
    seen = _overseen({media["application"] for media in found})
    ids = [media["_id"] for media in found if not _is_seen(media, seen)]
    return {"_id": {"$nin": sorted(ids)}} if ids else {}


def _is_seen(media: Mapping[str, Any], overseen: set[str]) -> bool:
    return media["application"] in overseen and not media["about"].get("takedown")


def _overseen(applications: Sequence[str] | set[str]) -> set[str]:
    """Those of which the caller sees what is not published."""
    found = Application.objects.in_bulk(list(applications))
    return {one.id for one in found.values() if sees_unpublished(one)}


def _held_back(moment: datetime) -> list[dict[str, Any]]:
    return [
        {"about.published_from": {"$gt": moment}},
        {"about.published_until": {"$lte": moment}},
    ]


def _is_held_back(about: Mapping[str, Any], moment: datetime) -> bool:
    first, end = about.get("published_from"), about.get("published_until")
    return bool((first and utc(first) > moment) or (end and utc(end) <= moment))
