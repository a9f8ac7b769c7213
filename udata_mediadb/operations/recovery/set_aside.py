"""Documents that belong to nothing: kept in a collection of their own, and brought back from it.

First the copy, then the original goes: a kill leaves both, and a second run finds the same copy.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from pymongo import ReplaceOne

from ...collection.models import Collection, SmartCollection
from ...indexing.descriptions import batches
from ...indexing.models import StoredSignature
from ...media.models import Media
from ...mongo.clock import now
from ...mongo.documents import DurableDocument, durable
from .models import SetAside

BATCH = 100  # descriptions have some 70 KB
_KINDS: tuple[type[DurableDocument], ...] = (Collection, SmartCollection, StoredSignature)
_MEMBERSHIPS = "memberships"


def keep_documents(document: type[DurableDocument], kind: str, where: Mapping[str, Any]) -> int:
    """Move documents out of the way; how many."""
    found, count = durable(document).find(dict(where)), 0
    name = document._get_collection_name()
    for batch in batches(found, BATCH):
        _keep(kind, name, ((str(one["_id"]), one) for one in batch))
        durable(document).delete_many({"_id": {"$in": [one["_id"] for one in batch]}})
        count += len(batch)
    return count


def keep_memberships(collection: str, kind: str) -> None:
    """Remember which media named a collection that is not there, and their places in it."""
    found = durable(Media).find({"collections": collection}, {"placings": 1, "application": 1})
    for batch in batches(found, BATCH):
        said = (
            (f"{collection}/{one['_id']}", {**one, "placings": _of(collection, one)})
            for one in batch
        )
        _keep(kind, _MEMBERSHIPS, said)


def keep_parent(identifier: str, kind: str) -> None:
    """Remember what a collection says it lies in."""
    found = durable(Collection).find_one({"_id": identifier}, {"parent": 1, "application": 1})
    if found is not None:
        _keep(kind, "parents", [(identifier, found)])


def list_kept() -> Iterator[SetAside]:
    """All of them, the oldest first."""
    yield from SetAside.objects.order_by("at").exclude("document").no_cache()


def bring_back(identifier: str) -> bool:
    """Put it where it was; False where there is something else by now."""
    kept = durable(SetAside).find_one({"_id": identifier})
    if kept is None or not _put_back(kept):
        return False
    durable(SetAside).delete_one({"_id": identifier})
    return True


def remove_older(before: datetime) -> int:
    """Remove for good what was moved out of the way before this moment; how many."""
    return int(durable(SetAside).delete_many({"at": {"$lt": before}}).deleted_count)


def count_older(before: datetime) -> int:
    return int(durable(SetAside).count_documents({"at": {"$lt": before}}))


def _put_back(kept: Mapping[str, Any]) -> bool:
    document = kept["document"]
    if kept["collection"] == _MEMBERSHIPS:
        name = kept["subject"].split("/")[0]
        add = {"collections": name, "placings": {"$each": document["placings"]}}
        where = {"_id": document["_id"], "collections": {"$ne": name}}
        return bool(durable(Media).update_one(where, {"$addToSet": add}).matched_count)
    if kept["collection"] == "parents":
        parent = {"$set": {"parent": document.get("parent")}}
        where = {"_id": document["_id"], "parent": None}
        return bool(durable(Collection).update_one(where, parent).matched_count)
    (found,) = (kind for kind in _KINDS if kind._get_collection_name() == kept["collection"])
    put = durable(found).update_one(
        {"_id": document["_id"]}, {"$setOnInsert": _without_id(document)}, upsert=True
    )
    return put.upserted_id is not None


def _without_id(document: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != "_id"}


def _keep(kind: str, collection: str, said: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
    writes = []
    for subject, document in said:
        record = {
            "_id": f"{collection}/{subject}",
            "at": now(),
            "kind": kind,
            "subject": subject,
            "application": document.get("application"),
            "collection": collection,
            "document": dict(document),
        }
        writes.append(ReplaceOne({"_id": record["_id"]}, record, upsert=True))
    if writes:
        durable(SetAside).bulk_write(writes)


def _of(collection: str, media: Mapping[str, Any]) -> list[str]:
    return [place for place in media.get("placings", []) if place.startswith(f"{collection}:")]
