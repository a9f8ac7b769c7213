"""How our documents are written and read, whatever the portal's own connection does."""

import threading
from typing import Any, ClassVar

from mongoengine import Document
from pymongo import WriteConcern
from pymongo.collection import Collection
from pymongo.errors import PyMongoError

# journalled on a majority: survives kill -9 of mongod, and a failover on a replica set
DURABLE = WriteConcern(w="majority", j=True)

# MongoEngine makes a class's indexes at its first use, and lets a second thread in before they
# stand: two were seen to insert what a unique index forbids.
_FIRST_USE = threading.RLock()
# And it lets each of two threads make a client. Another lock, since making indexes may wait long.
_FIRST_CLIENT = threading.Lock()


class DurableDocument(Document):
    """The base of our documents: written durably, and read with times that know their zone.

    udata's connection gives times without one.
    """

    # A worker of this version may read what one of a later version wrote: see the upgrade guide.
    meta: ClassVar[dict[str, Any]] = {"abstract": True, "strict": False}

    @classmethod
    def _get_collection(cls) -> Any:
        if getattr(cls, "_collection", None) is None:
            with _FIRST_CLIENT:
                database = cls._get_db()
            # where MongoDB is away all learn so at once, not one after the other
            database.client.admin.command("ping")
        with _FIRST_USE:
            try:
                collection = super()._get_collection()
            except PyMongoError:
                cls._collection = None  # else MongoEngine takes the indexes for made
                raise
        if collection is None:
            return None
        aware = collection.codec_options.with_options(tz_aware=True)
        return collection.with_options(codec_options=aware, write_concern=DURABLE)


def durable(document: type[DurableDocument]) -> Collection[dict[str, Any]]:
    """The collection of a document class, its indexes ensured, for writes without MongoEngine."""
    collection: Collection[dict[str, Any]] = document._get_collection()
    return collection
