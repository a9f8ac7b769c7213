"""Pairs -> groups. Only "the same" is handed on: what is a part of a copy is no copy of it.

Groups are made of open pairs alone, by one job of an application at a time, and by whoever decides
about a group. What was decided stays as it is.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import uuid4

from ...media.models import ACTIVE, Media
from ...mongo.clock import now
from ...mongo.documents import durable
from .models import ALIKE, OPEN, PART, SAME, SAME_BYTES, TRANSITIVE, DuplicateGroup, DuplicatePair

Links = dict[str, set[str]]


def regroup(application: str, media: Collection[str]) -> None:
    """Bring the open groups that these media are in, or belong to, up to date."""
    if not media:
        return
    held = list(DuplicateGroup.objects(application=application, state=OPEN, media__in=list(media)))
    touched = {*media, *(one for group in held for one in group.media)}
    _regroup_same(application, touched)
    _regroup_others(application, touched)


def _regroup_same(application: str, touched: set[str]) -> None:
    links = _connected(touched)
    every = touched | set(links)
    sums = _active(every)
    several = [one for one in _components(links, set(sums)) if len(one) > 1]
    components = [sorted(one, key=lambda media: sums[media][1]) for one in several]
    held = list(
        DuplicateGroup.objects(
            application=application, state=OPEN, kind__in=TRANSITIVE, media__in=list(every)
        ).order_by("created_at", "id")
    )
    used: set[str] = set()
    for members in components:
        kind = SAME_BYTES if len({sums[one][0] for one in members}) == 1 else SAME
        mine = next((g for g in held if g.id not in used and set(g.media) & set(members)), None)
        used.add(_write(application, kind, members, mine))
    _remove([group.id for group in held if group.id not in used])


def _regroup_others(application: str, touched: set[str]) -> None:
    """One group for each whole with its parts, one for each two that look alike or overlap."""
    pairs = list(
        DuplicatePair.objects(
            __raw__={
                "state": OPEN,
                "kind": {"$in": [PART, ALIKE]},
                "$or": [{"one": {"$in": list(touched)}}, {"other": {"$in": list(touched)}}],
            }
        )
    )
    active = _active({one for pair in pairs for one in (pair.one, pair.other)})
    wanted: dict[tuple[str, str], set[str]] = {}
    for pair in pairs:
        if pair.one in active and pair.other in active:
            wanted.setdefault(_place(pair), set()).update((pair.one, pair.other))
    for (kind, whole), _members in list(wanted.items()):
        if whole and "/" not in whole:
            wanted[kind, whole] |= _parts_of(whole)
    held = {
        (group.kind, group.whole or "/".join(sorted(group.media))): group
        for group in DuplicateGroup.objects(
            application=application, state=OPEN, kind__in=(PART, ALIKE), media__in=list(touched)
        )
    }
    used = set()
    for (kind, whole), members in wanted.items():
        named = whole if "/" not in whole else None
        used.add(_write(application, kind, sorted(members), held.get((kind, whole)), named))
    _remove([group.id for group in held.values() if group.id not in used])


def _place(pair: DuplicatePair) -> tuple[str, str]:
    """What the group of this pair is known by: the whole, or both."""
    if pair.relation == "crop_of":
        return pair.kind, pair.other
    return pair.kind, pair.one if pair.relation == "has_crop" else f"{pair.one}/{pair.other}"


def _parts_of(whole: str) -> set[str]:
    """The whole and its active parts, also those that were not touched."""
    crops = {"state": OPEN, "kind": PART}
    sides = [
        {**crops, "one": whole, "relation": "has_crop"},
        {**crops, "other": whole, "relation": "crop_of"},
    ]
    found = DuplicatePair.objects(__raw__={"$or": sides})
    return set(_active({one for pair in found for one in (pair.one, pair.other)}))


def _connected(start: Iterable[str]) -> Links:
    """All that is the same as these, over any number of steps; by media, what it is linked to."""
    links: Links = {}
    seen, edge = set(start), list(start)
    while edge:
        same = {"state": OPEN, "kind": {"$in": list(TRANSITIVE)}}
        found = durable(DuplicatePair).find(
            {**same, "$or": [{"one": {"$in": edge}}, {"other": {"$in": edge}}]},
            {"one": 1, "other": 1},
        )
        edge = []
        for pair in found:
            one, other = pair["one"], pair["other"]
            links.setdefault(one, set()).add(other)
            links.setdefault(other, set()).add(one)
            for media in (one, other):
                if media not in seen:
                    seen.add(media)
                    edge.append(media)
    return links


def _components(links: Links, active: set[str]) -> list[set[str]]:
    """Over media that are gone nothing is handed on."""
    left = {media for media in links if media in active}
    found = []
    while left:
        component, edge = set(), [left.pop()]
        while edge:
            media = edge.pop()
            component.add(media)
            near = (links[media] & left) - component
            left -= near
            edge.extend(near)
        found.append(component)
    return found


def _active(media: Collection[str]) -> dict[str, tuple[str, tuple[Any, str]]]:
    """Of those that are active: the checksum, and what the oldest is first by."""
    found = durable(Media).find(
        {"_id": {"$in": list(media)}, "state": ACTIVE}, {"sha256": 1, "created_at": 1}
    )
    return {one["_id"]: (one["sha256"], (one["created_at"], one["_id"])) for one in found}


def _write(
    application: str,
    kind: str,
    members: Sequence[str],
    held: DuplicateGroup | None,
    whole: str | None = None,
) -> str:
    if held is None:
        group = DuplicateGroup(
            id=uuid4().hex, application=application, kind=kind, media=members, whole=whole
        )
        return str(group.save(force_insert=True).id)
    if (list(held.media), held.kind) != (list(members), kind):
        changes = {"media": list(members), "kind": kind, "updated_at": now()}
        durable(DuplicateGroup).update_one({"_id": held.id, "state": OPEN}, {"$set": changes})
    return str(held.id)


def _remove(groups: Sequence[str]) -> None:
    if groups:
        durable(DuplicateGroup).delete_many({"_id": {"$in": list(groups)}, "state": OPEN})
