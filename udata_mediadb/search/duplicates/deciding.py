"""What people decide about a group: merge, keep all, link as versions, dismiss; and undo that."""

from collections.abc import Mapping, Sequence
from typing import Any

from ...authentication import audit
from ...errors import Conflict, GroupChanged, InvalidFields
from ...media.models import ACTIVE, Media
from ...mongo.clock import now
from ...mongo.documents import durable
from ...web.readers import plain
from . import merging
from .finding import INVERSE
from .grouping import regroup
from .models import (
    DISMISSED,
    KEPT,
    LINKED,
    MERGED,
    OPEN,
    SAME_BYTES,
    TRANSITIVE,
    DuplicateGroup,
    DuplicatePair,
)
from .pairs import decide, pairs_among
from .versions import changes_since

DECISIONS = {"keep_all": KEPT, "dismiss": DISMISSED, "link": LINKED}


def members_of(group: DuplicateGroup) -> list[Media]:
    """Its media that are active, or were when it was decided about, the oldest first."""
    found = Media.objects(id__in=list(group.media))
    if group.state != MERGED:
        found = found.filter(state=ACTIVE)
    by_id = {one.id: one for one in found}
    return [by_id[one] for one in group.media if one in by_id]


def best_of(media: Sequence[Media]) -> Media:
    """The one to keep: the most pixels, then the most said of it, the most bytes, the oldest."""

    def merit(one: Media) -> tuple[Any, ...]:
        said = len(one.keywords) + len(one.metadata) + len(one.about) + len(one.related)
        return one.width * one.height, said + len(one.collections), one.size

    return max(media, key=merit)  # of equals the first, which is the oldest


def act(
    group: DuplicateGroup, action: str, *, keep: str | None, version: str | None, by: str | None
) -> None:
    """Do this with the group. GroupChanged where it is not what was read; Conflict where it was
    decided about already."""
    media = members_of(group)
    if action == "undo":
        _undo(group)
        return
    if action == "merge" and group.state == MERGED and not group.merge.get("done"):
        merging.finish(group)
        return
    if group.state != OPEN:
        raise Conflict(f"The group is {group.state} already; undo that first.")
    _require_unchanged(group, media, version)
    if action == "merge":
        merging.merge(group, media, _kept(media, keep), by)
        return
    state = DECISIONS[action]
    if action == "link":
        _link(media, pairs_among(group.media, OPEN))
    decide(group.media, (OPEN,), state)
    _become(group, state)
    audit.record(f"duplicates.{action}", group.application)


def _require_unchanged(group: DuplicateGroup, media: Sequence[Media], version: str | None) -> None:
    changes = changes_since(version, media) if version else {}
    if gone := sorted(set(group.media) - {one.id for one in media}):
        changes = {**changes, "removed": gone}
    if changes:
        regroup(group.application, list(group.media))
        raise GroupChanged(changes)


def _kept(media: Sequence[Media], keep: str | None) -> Media:
    if keep is None:
        return best_of(media)
    for one in media:
        if one.id == keep:
            return one
    raise InvalidFields({"keep": "the id of a media of the group"})


def _undo(group: DuplicateGroup) -> None:
    if group.state == MERGED:
        merging.undo(group)
    elif group.state == OPEN:
        raise Conflict("There is nothing to undo.")
    else:
        if group.state == LINKED:
            _unlink(group.media)
        decide(group.media, (group.state,), OPEN)
        _become(group, OPEN)
        audit.record("duplicates.undo", group.application)
    regroup(group.application, list(group.media))


def _become(group: DuplicateGroup, state: str) -> None:
    """Conflict where it is not in the state in which it was read: a merge must not be forgotten."""
    change = {"$set": {"state": state, "updated_at": now()}}
    held = {"_id": group.id, "state": group.state}
    if not durable(DuplicateGroup).update_one(held, change).matched_count:
        raise Conflict("Somebody else decided about the group at this moment.")


def _link(media: Sequence[Media], pairs: Sequence[DuplicatePair]) -> None:
    """Note in each what the others are to it, with the proof."""
    there = {one.id for one in media}
    documents = durable(Media)
    for pair in pairs:
        if not {pair.one, pair.other} <= there:
            continue
        proof = {"kind": pair.kind, **plain(pair.proof)}
        for mine, other, relation in (
            (pair.one, pair.other, pair.relation),
            (pair.other, pair.one, INVERSE[pair.relation]),
        ):
            copy = {"media": other, "relation": relation, "proof": proof}
            documents.update_one({"_id": mine}, {"$pull": {"copies": {"media": other}}})
            more: Mapping[str, Any] = {"$push": {"copies": copy}, "$set": {"updated_at": now()}}
            documents.update_one({"_id": mine}, more)


def _unlink(media: Sequence[str]) -> None:
    among = list(media)
    durable(Media).update_many(
        {"_id": {"$in": among}}, {"$pull": {"copies": {"media": {"$in": among}}}}
    )


# Beyond this share of agreement, and nearer than this, a clone differs in nothing that anyone would
# miss. The distance tells colours apart: the same scene by day and by night is no copy.
_AGREES, _SURE_DISTANCE = 0.9, 0.0025


def suggestion(
    group: DuplicateGroup, media: Sequence[Media], pairs: Sequence[DuplicatePair]
) -> dict[str, Any]:
    """What to do with it: merge only what is surely the same picture, else link."""
    why = merging.hindrance(media)
    sure = group.kind in TRANSITIVE and all(_is_sure(pair) for pair in pairs)
    action = "merge" if sure and why is None else "link"
    if group.kind == "alike":
        action = "keep_all"
    return {"action": action, "keep": best_of(media).id if media else None}


def _is_sure(pair: DuplicatePair) -> bool:
    if pair.kind == SAME_BYTES:
        return True
    agreement = float(pair.proof.get("agreement") or 0)
    is_near = float(pair.proof.get("distance", 1)) <= _SURE_DISTANCE
    return pair.kind in TRANSITIVE and is_near and agreement >= _AGREES
