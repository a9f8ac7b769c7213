"""What was found, kept by pair: once, whichever of the two was looked for."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pymongo import UpdateOne

from ...media.models import Media
from ...mongo.clock import now
from ...mongo.documents import durable
from .finding import INVERSE, Found
from .models import KINDS, OPEN, DuplicatePair


def keep_found(application: str, media: str, found: Iterable[Found]) -> list[str]:
    """Keep these; the media that are in pairs by now with this one. The surest kind stays."""
    items = list(found)
    if not items:
        return []
    ids = [pair_id(media, one.media) for one in items]
    known = {pair.id: pair for pair in DuplicatePair.objects(id__in=ids)}
    writes = []
    for one in items:
        identifier = pair_id(media, one.media)
        held = known.get(identifier)
        if held is not None and KINDS.index(held.kind) <= KINDS.index(one.kind):
            continue
        said = _said(application, media, one)
        fresh = {"state": OPEN, "found_at": now()}
        writes.append(
            UpdateOne({"_id": identifier}, {"$set": said, "$setOnInsert": fresh}, upsert=True)
        )
    if writes:
        durable(DuplicatePair).bulk_write(writes, ordered=False)
    return [one.media for one in items]


def pair_id(one: str, other: str) -> str:
    """The same for both orders."""
    return "/".join(sorted((one, other)))


def pairs_among(media: Sequence[str], state: str | None = None) -> list[DuplicatePair]:
    """The pairs of which both are among these."""
    among = list(media)
    found = DuplicatePair.objects(one__in=among, other__in=among)
    return list(found.filter(state=state) if state else found)


def decide(media: Sequence[str], before: Sequence[str], state: str) -> None:
    """Remember a decision about all pairs among these that are in one of the states."""
    among = list(media)
    durable(DuplicatePair).update_many(
        {"one": {"$in": among}, "other": {"$in": among}, "state": {"$in": list(before)}},
        {"$set": {"state": state}},
    )


def forget_earlier(media: Media) -> set[str]:
    """Remove the open pairs of the picture that it had before; with which media they were."""
    if not media.earlier:
        return set()
    mine = {"$or": [{"one": media.id}, {"other": media.id}]}
    stale = {**mine, "state": OPEN, "found_at": {"$lt": media.earlier[-1]["replaced_at"]}}
    pairs = list(durable(DuplicatePair).find(stale, {"one": 1, "other": 1}))
    if pairs:
        durable(DuplicatePair).delete_many({**stale, "_id": {"$in": [one["_id"] for one in pairs]}})
    return {one[side] for one in pairs for side in ("one", "other")} - {media.id}


def forget_pairs(media: Sequence[str]) -> None:
    """Of media that were removed for good."""
    gone = {"$in": list(media)}
    durable(DuplicatePair).delete_many({"$or": [{"one": gone}, {"other": gone}]})


def _said(application: str, media: str, found: Found) -> Mapping[str, Any]:
    """The pair as it is stored: about the smaller id first."""
    one, other = sorted((media, found.media))
    proof, relation = dict(found.proof), found.relation
    if one != media:
        relation = INVERSE[relation]
        if "share" in proof:
            share = proof["share"]
            proof["share"] = {"one": share["other"], "other": share["one"]}
    proof["query"] = media  # the homography leads from the other one to it
    return {
        "application": application,
        "one": one,
        "other": other,
        "kind": found.kind,
        "relation": relation,
        "proof": proof,
    }
