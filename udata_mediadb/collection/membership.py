"""What a collection holds: adding, removing, and the places (docs/decisions/0003).

A media names its collections (`Media.collections`) and its place in each (`Media.placings`,
`<collection>:<place>`, sorting in the order of adding). Both change in one write of one document.
"""

import time
from collections.abc import Sequence

from pymongo import UpdateOne

from ..errors import NotFound
from ..media.counts import renew
from ..media.models import ACTIVE, Media
from ..mongo.clock import now
from ..mongo.documents import durable
from ..web.bulk_results import Outcome
from .models import Collection


def add_members(collection: Collection, identifiers: Sequence[str]) -> list[Outcome]:
    """Add media at the end, in the order given; those that are in it already keep their place."""
    members = _members(collection, identifiers)
    start = time.time_ns()
    writes = []
    for offset, identifier in enumerate(i for i in identifiers if members.get(i) is False):
        place = f"{collection.id}:{start + offset:020d}"
        writes.append(
            UpdateOne(
                {"_id": identifier, "state": ACTIVE, "collections": {"$ne": collection.id}},
                {"$addToSet": {"collections": collection.id}, "$push": {"placings": place}},
            )
        )
    if writes:
        durable(Media).bulk_write(writes, ordered=False)
        renew([collection.application])
        if not _touch(collection):  # deleted meanwhile, perhaps before these were there
            forget_members([collection.id])
            raise NotFound(f"There is no collection {collection.id!r}.")
    return [_outcome(i, members, False, "added", "already in the collection") for i in identifiers]


def remove_members(collection: Collection, identifiers: Sequence[str]) -> list[Outcome]:
    """Take media out of the collection; the media themselves stay."""
    members = _members(collection, identifiers)
    gone = [identifier for identifier in identifiers if members.get(identifier)]
    if gone:
        durable(Media).update_many(
            {"_id": {"$in": gone}, "collections": collection.id},
            {"$pull": {"collections": collection.id, "placings": {"$regex": f"^{collection.id}:"}}},
        )
        renew([collection.application])
        _touch(collection)
    return [_outcome(i, members, True, "removed", "not in the collection") for i in identifiers]


def _members(collection: Collection, identifiers: Sequence[str]) -> dict[str, bool]:
    """Which of these are active media of the application, and whether each is in the collection."""
    found = Media._get_collection().find(
        {"_id": {"$in": list(identifiers)}, "application": collection.application, "state": ACTIVE},
        {"collections": {"$elemMatch": {"$eq": collection.id}}},
    )
    return {media["_id"]: bool(media.get("collections")) for media in found}


def _outcome(
    identifier: str, members: dict[str, bool], changed: bool, done: str, idle: str
) -> Outcome:
    if identifier not in members:
        return Outcome(identifier, 404, f"There is no media {identifier!r:.60}.")
    return Outcome(identifier, 200, done if members[identifier] is changed else idle)


def forget_members(collections: Sequence[str]) -> None:
    """Take collections that are no more off all media."""
    for identifier in collections:
        durable(Media).update_many(
            {"collections": identifier},
            {"$pull": {"collections": identifier, "placings": {"$regex": f"^{identifier}:"}}},
        )


def _touch(collection: Collection) -> bool:
    """Note the change; False where there is no such collection any more."""
    changes = {"$set": {"updated_at": now()}}
    return bool(durable(Collection).update_one({"_id": collection.id}, changes).matched_count)
