"""The media that one media is a duplicate of: by its bytes, and by a search with it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from ...application.models import Application
from ...indexing.catalogs import Catalogs
from ...media.models import ACTIVE, Media
from ..actions import search
from ..pixels import pixels_of
from ..query import Comparing, Hit, Query
from .models import ALIKE, PART, SAME, SAME_BYTES

# Shares of a picture: from this on "all of it". A crop that leaves a tenth away is a crop.
NEARLY_ALL = 0.8
# Nearer than this two pictures look alike to anybody ("very" begins at 0.475, and of pairs there
# 84 of 100 show the same kind of thing: too many to be shown as duplicates).
ALIKE_DISTANCE = 0.2
ALIKE_MOST = 3  # of one media: the frames of a series
CANDIDATES = 20
INVERSE: Mapping[str, str] = {
    "same": "same",
    "crop_of": "has_crop",
    "has_crop": "crop_of",
    "edit_of": "has_edit",
    "has_edit": "edit_of",
    "overlaps": "overlaps",
    "alike": "alike",
}


@dataclass(frozen=True)
class Found:
    """A media and what it is to the one that was looked for; `relation`: of that one to it."""

    media: str
    kind: str
    relation: str
    proof: Mapping[str, Any] = field(default_factory=dict)


def duplicates_of(application: Application, media: Media, catalogs: Catalogs) -> Iterator[Found]:
    """What is stored in the application besides it and shows the same, each once."""
    seen = {media.id}
    for found in (
        *_same_bytes(media),
        *_by_match(application, media, catalogs),
        *_by_similarity(application, media, catalogs),
    ):
        if found.media not in seen:
            seen.add(found.media)
            yield found


def _same_bytes(media: Media) -> Iterator[Found]:
    """The first of the same bytes: with it, not with each other, so a thousand make no million."""
    same = {"application": media.application, "state": ACTIVE, "sha256": media.sha256}
    held = Media.objects(__raw__={**same, "_id": {"$ne": media.id}}).only("id")
    first = held.order_by("created_at", "id").first()
    if first is not None:
        yield Found(first.id, SAME_BYTES, "same", {"sha256": media.sha256})


def _by_match(application: Application, media: Media, catalogs: Catalogs) -> Iterator[Found]:
    for hit in _hits(application, media, catalogs, "match"):
        details = hit.best.details
        shares = [details[one]["matchingBox"]["area"] for one in ("query", "reference")]
        proof = {
            "signature": "match",
            "decision": hit.best.decision,
            "distance": hit.best.distance,
            "score": round(hit.score, 4),
            **{name: details.get(name) for name in _OF_A_PROOF},
            "share": {"one": shares[0], "other": shares[1]},
        }
        if hit.best.decision == "clone":
            yield Found(hit.media.id, SAME, "same", proof)
        else:
            yield Found(hit.media.id, PART, _relation(media, hit.media, *shares), proof)


_OF_A_PROOF = ("agreement", "false_accepts", "mirrored", "negative", "nfa", "homography_normalized")


def _relation(media: Media, other: Media, mine: float, others: float) -> str:
    """What the media is to the other one, by how much of each is seen in the other."""
    if mine >= NEARLY_ALL and others >= NEARLY_ALL:
        age = [(one.created_at, one.id) for one in (media, other)]
        return "edit_of" if age[0] > age[1] else "has_edit"
    if mine >= NEARLY_ALL:
        return "crop_of"
    return "has_crop" if others >= NEARLY_ALL else "overlaps"


def _by_similarity(application: Application, media: Media, catalogs: Catalogs) -> Iterator[Found]:
    hits = _hits(application, media, catalogs, "similarity")
    near = [hit for hit in hits if hit.best.distance <= ALIKE_DISTANCE]
    for hit in near[:ALIKE_MOST]:
        proof = {"signature": "similarity", "distance": hit.best.distance}
        yield Found(hit.media.id, ALIKE, "alike", {**proof, "score": round(hit.score, 4)})


def _hits(application: Application, media: Media, catalogs: Catalogs, signature: str) -> list[Hit]:
    if signature not in application.signatures:
        return []
    comparing = Comparing(signatures=[signature], thorough="never")
    query = Query(
        media=media.picture_id,
        pixels=partial(pixels_of, media),
        comparing=comparing,
        without=media.id,
        candidates=CANDIDATES,
    )
    return search(application, query, catalogs)
