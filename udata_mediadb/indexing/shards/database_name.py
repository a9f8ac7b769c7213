"""Whose shards are: portals with databases of their own may have theirs in one cluster."""

import re
from contextlib import suppress
from uuid import UUID

from pymongo.errors import CollectionInvalid

from ..models import ClusterLayout

MOST_OF_NAME = 40  # of the database's name, of which MongoDB allows 63 bytes
DIGITS = 8  # of what MongoDB calls the collection by: enough for the databases of one cluster


def database_name(*, make: bool = False) -> str:
    """What a cluster calls this database: its name, and digits that a restored copy does not have.

    MongoDB gives each collection a UUID, and another one when a dump is restored. Empty where the
    collection of the layout is missing, unless it is to be made.
    """
    collection = ClusterLayout._get_collection()
    database, name = collection.database, collection.name
    if make:
        with suppress(CollectionInvalid):  # it is there
            database.create_collection(name)
    for told in database.list_collections(filter={"name": name}):
        given = told["info"]["uuid"]  # 16 bytes, where the connection makes no UUID of them
        digits = (given if isinstance(given, UUID) else UUID(bytes=bytes(given))).hex[:DIGITS]
        slug = re.sub(r"[^A-Za-z0-9]+", "-", database.name)[:MOST_OF_NAME].strip("-")
        return f"{slug}-{digits}".lower()
    return ""


def is_of(layout: ClusterLayout, name: str) -> bool:
    """Whether the layout was made for this database; one of an earlier version does not say."""
    return layout.database in (None, name)
