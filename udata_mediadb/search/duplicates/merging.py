"""Merging a group into one of its media, and undoing that.

What is to be done is stored on the group before anything changes, in the write that decides who
merges it, and each step may be done again: whoever merges the group once more after a crash ends
what was begun.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from ...authentication import audit
from ...collection.membership import add_members, remove_members
from ...collection.models import Collection
from ...errors import Conflict, Gone, MediaDBError
from ...hosts.related import COUNT
from ...media.actions import restore_media
from ...media.counts import renew
from ...media.facts import write_with_facts
from ...media.models import ACTIVE, DELETED, PURGED, Media
from ...media.removal import delete_many
from ...mongo.clock import now
from ...mongo.documents import durable
from ...web.readers import plain, read_keywords, read_metadata, read_properties
from ...web.text import folded
from .models import MERGED, OPEN, DuplicateGroup

logger = logging.getLogger(__name__)

# What must be equal, for nobody may give away more than the picture that goes allowed.
_RIGHTS = ("licence", "rights", "published_from", "published_until", "takedown")
_TAKES_AT_MOST = timedelta(minutes=2)  # a merge: its worker was killed
_NOT_TAKEN = (*_RIGHTS, "place")


def hindrance(media: Sequence[Media]) -> str | None:
    """Why these must not become one, None where nothing speaks against it."""
    for name in _RIGHTS:
        values = {str(plain(one.about).get(name) or "") for one in media}
        if len(values) > 1:
            shown = ", ".join(sorted(value or "none" for value in values))
            return f"They differ in {name}: {shown:.200}. What differs in rights is never merged."
    if len({one.owner for one in media}) > 1:
        return "They differ in owner. What belongs to several is never merged."
    return None


def merge(group: DuplicateGroup, media: Sequence[Media], keep: Media, by: str | None) -> None:
    """Move what the others have to the one that is kept, and delete them so that they can be
    restored. Conflict where rights or owners differ, InvalidFields where it would have too much."""
    why = hindrance(media)
    if why is not None:
        raise Conflict(why)
    others = [one for one in media if one.id != keep.id]
    plan = {
        "keep": keep.id,
        "removed": [one.id for one in others],
        "added": _gained(keep, others),
        "by": by,
        "at": now(),
        "done": False,
    }
    unchanged = {"_id": group.id, "state": OPEN, "media": list(group.media)}
    change = {"$set": {"state": MERGED, "merge": plan, "updated_at": now()}}
    if not durable(DuplicateGroup).update_one(unchanged, change).matched_count:
        raise Conflict("Somebody else decided about the group at this moment.")
    audit.record("duplicates.merge", group.application)
    finish(group.reload())


def finish(group: DuplicateGroup) -> None:
    """Do what a merge planned; a second time changes nothing."""
    plan = plain(group.merge)
    keep = Media.objects(id=plan["keep"], state=ACTIVE).first()
    if keep is None:
        raise Conflict("What was to be kept is deleted: undo the merge.")
    _give(keep, plan["added"])
    delete_many(Media.objects(id__in=plan["removed"], state=ACTIVE).only("id", "application"))
    durable(DuplicateGroup).update_one({"_id": group.id}, {"$set": {"merge.done": True}})


def finish_left(application: str) -> None:
    """Finish the merges that a process began which died."""
    began = {"$or": [{"merge.at": {"$lt": now() - _TAKES_AT_MOST}}, {"merge.at": None}]}
    left = {"application": application, "state": MERGED, "merge.done": False, **began}
    for group in list(DuplicateGroup.objects(__raw__=left)):
        try:
            finish(group)
        except MediaDBError as exc:
            logger.warning("The merge of group %s is left unfinished: %s", group.id, exc.message)


def undo(group: DuplicateGroup) -> None:
    """Bring the others back, and take from the kept one what it got and still has."""
    plan = plain(group.merge)
    removed = {one.id: one for one in Media.objects(id__in=plan["removed"], state__ne=PURGED)}
    if lost := [one for one in plan["removed"] if one not in removed]:
        raise Gone(f"It cannot be undone: {', '.join(lost)[:200]} was removed for good.")
    for one in removed.values():
        if one.state == DELETED:
            restore_media(one)
    keep = Media.objects(id=plan["keep"], state=ACTIVE).first()
    if keep is not None:
        _take(keep, plan["added"])
    change = {"$set": {"state": OPEN, "updated_at": now()}, "$unset": {"merge": 1}}
    durable(DuplicateGroup).update_one({"_id": group.id}, change)
    audit.record("duplicates.undo", group.application)


def _gained(keep: Media, others: Sequence[Media]) -> dict[str, Any]:
    """What the kept one gets that it has not; its own words and values stay."""
    known = {folded(word) for word in keep.keywords}
    every = {folded(word): word for one in reversed(others) for word in one.keywords}
    keywords = [word for form, word in every.items() if form not in known]
    metadata = _lacking(keep.metadata, [one.metadata for one in others])
    about = _lacking(keep.about, [one.about for one in others])
    related = [r for one in others for r in one.related if r not in keep.related]
    collections = [c for one in others for c in one.collections if c not in keep.collections]
    raw = {
        "keywords": [*keep.keywords, *keywords],
        "metadata": {**plain(keep.metadata), **metadata},
    }
    read_properties(raw, {"keywords": read_keywords, "metadata": read_metadata})
    return {
        "keywords": keywords,
        "metadata": metadata,
        "about": {name: value for name, value in about.items() if name not in _NOT_TAKEN},
        "related": list(dict.fromkeys(related))[: max(0, COUNT - len(keep.related))],
        "collections": list(dict.fromkeys(collections)),
    }


def _lacking(held: Mapping[str, Any], others: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What the others have that this one has not, of the first that has it."""
    found: dict[str, Any] = {}
    for one in others:
        found = {**{name: value for name, value in plain(one).items() if value}, **found}
    return {name: value for name, value in found.items() if not held.get(name)}


def _give(keep: Media, gained: Mapping[str, Any]) -> None:
    def changes(stored: Mapping[str, Any]) -> dict[str, Any]:
        held = stored.get("keywords", [])
        known = {folded(word) for word in held}
        fresh = [word for word in gained["keywords"] if folded(word) not in known]
        about = {k: v for k, v in gained["about"].items() if not stored.get("about", {}).get(k)}
        return {
            "keywords": [*held, *fresh],
            "metadata": {**gained["metadata"], **stored.get("metadata", {})},
            **({"about": about} if about else {}),
        }

    write_with_facts(keep.id, changes, further={"updated_at": now()})
    if gained["related"]:
        more: dict[str, Any] = {"$addToSet": {"related": {"$each": gained["related"]}}}
        more["$set"] = {"updated_at": now()}  # watches look for uses by it
        durable(Media).update_one({"_id": keep.id}, more)
    for collection in Collection.objects(id__in=gained["collections"]):
        add_members(collection, [keep.id])
    renew([keep.application])


def _take(keep: Media, gained: Mapping[str, Any]) -> None:
    words = {folded(word) for word in gained["keywords"]}

    def changes(stored: Mapping[str, Any]) -> dict[str, Any]:
        about, metadata = stored.get("about", {}), stored.get("metadata", {})
        got = gained["metadata"]
        mine = {name: None for name, value in gained["about"].items() if about.get(name) == value}
        kept = {k: v for k, v in metadata.items() if k not in got or got[k] != v}
        words_kept = [w for w in stored.get("keywords", []) if folded(w) not in words]
        return {"keywords": words_kept, "metadata": kept, **({"about": mine} if mine else {})}

    write_with_facts(keep.id, changes, further={"updated_at": now()})
    durable(Media).update_one({"_id": keep.id}, {"$pullAll": {"related": gained["related"]}})
    for collection in Collection.objects(id__in=gained["collections"]):
        try:
            remove_members(collection, [keep.id])
        except MediaDBError:
            continue  # deleted meanwhile
    renew([keep.application])
