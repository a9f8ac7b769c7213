"""How writes that we acknowledge are made."""

from typing import Any

from mongoengine import Document
from pymongo import WriteConcern
from pymongo.collection import Collection

# journalled on a majority: survives kill -9 of mongod, and a failover on a replica set
DURABLE = WriteConcern(w="majority", j=True)


def durable(document: type[Document]) -> Collection[dict[str, Any]]:
    """The collection of a document class, its indexes ensured, writing durably."""
    collection: Collection[dict[str, Any]] = document._get_collection()
    return collection.with_options(write_concern=DURABLE)
