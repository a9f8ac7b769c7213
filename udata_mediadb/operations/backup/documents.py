"""Documents as MongoDB has them: which collections, read raw, written raw."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from bson import decode_iter
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from mongoengine.connection import get_db
from pymongo.collection import Collection
from pymongo.errors import BulkWriteError

from ...errors import Conflict
from ...mongo.documents import DURABLE

PREFIX = "mediadb_"
MEDIA, DESCRIPTIONS = "mediadb_media", "mediadb_signature"
# What people look for, who is signed in, who holds what: of the moment, and of no other portal.
# (migration_lock: of earlier versions.)
LEFT_OUT = frozenset(
    f"mediadb_{name}"
    for name in (
        *("query", "session", "login_attempts", "lease", "migration_lock", "restore"),
        "cluster",  # its secret, and which shards there are
        "stretch",  # of the jobs of the moment
    )
)
# What an empty portal may have of itself already; a backup's own takes its place.
MADE_AT_START = frozenset(("mediadb_migration", "mediadb_portal"))
AS_STORED: CodecOptions[RawBSONDocument] = CodecOptions(document_class=RawBSONDocument)
AT_ONCE = 500
DUPLICATE = 11000

Raw = Collection[RawBSONDocument]


def collection(name: str) -> Raw:
    """Raw documents, written durably."""
    raw: Raw = get_db().get_collection(name, codec_options=AS_STORED, write_concern=DURABLE)
    return raw


def collections() -> list[str]:
    """Those that a backup has besides descriptions, media before what belongs to them."""
    found = {n for n in get_db().list_collection_names() if n.startswith(PREFIX)}
    rest = sorted(found - LEFT_OUT - {MEDIA, DESCRIPTIONS})
    return [MEDIA, *rest]


def require_empty() -> None:
    """Raise Conflict where the database has documents of a library already."""
    found = {n for n in get_db().list_collection_names() if n.startswith(PREFIX)}
    asked = sorted(found - LEFT_OUT - MADE_AT_START)
    full = [name for name in asked if get_db()[name].find_one({}, {"_id": 1}) is not None]
    if full:
        raise Conflict(
            f"The database is not empty ({', '.join(full)}): a backup is restored into an empty "
            "one. Nothing was changed."
        )


def all_of(name: str) -> Iterator[bytes]:
    """Each document, in the order of the ids; then those that came meanwhile.

    So what a document names that was read late is there, too.
    """
    seen = set()
    for document in collection(name).find().sort("_id", 1):
        seen.add(document["_id"])
        yield bytes(document.raw)
    came = [one["_id"] for one in fields_of(name, ["_id"]) if one["_id"] not in seen]
    for start in range(0, len(came), AT_ONCE):
        yield from (raw for _, raw in some_of(name, came[start : start + AT_ONCE]))


def some_of(name: str, ids: list[Any]) -> Iterator[tuple[Any, bytes]]:
    """Those with these ids."""
    for document in collection(name).find({"_id": {"$in": ids}}):
        yield document["_id"], bytes(document.raw)


def decoded(content: bytes) -> Iterator[RawBSONDocument]:
    """Documents that were written one after the other."""
    return decode_iter(content, AS_STORED)


def insert(name: str, documents: Iterable[RawBSONDocument]) -> int:
    """Add documents; those that are there already stay. How many were given."""
    given, rest = 0, iter(documents)
    while some := list(islice(rest, AT_ONCE)):
        given += len(some)
        try:
            collection(name).insert_many(some, ordered=False)
        except BulkWriteError as exc:
            if any(error["code"] != DUPLICATE for error in exc.details["writeErrors"]):
                raise
    return given


def fields_of(name: str, fields: Iterable[str]) -> Iterator[dict[str, Any]]:
    """These fields of each document."""
    wanted = dict.fromkeys(fields, 1)
    yield from get_db()[name].find({}, wanted)
