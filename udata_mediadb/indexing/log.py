"""The op log by which workers agree.

An entry is inserted at max(seq) + 1; a writer that comes second finds the place taken and retries.
So the log has no holes, and a reader that has applied n finds all it lacks above n. (Counting first
and inserting second lost 170 of 2,091 operations: a reader saw n + 1 before n.)

The place is the document's `_id`, the one index that exists before the first insert: a secondary
unique index is built on first use, and a second thread was seen to insert before it stood.
"""

import random
import time
from collections.abc import Sequence
from typing import Any, Literal

from pymongo.collection import Collection
from pymongo.errors import DuplicateKeyError

from ..errors import Unavailable
from ..mongo.clock import now
from ..mongo.documents import durable
from .models import LogEntry

Op = Literal["add", "discard"]
SEQ_DIGITS = 12
GIVE_UP_S = 20.0  # four writers retried at most some milliseconds; this is far beyond


def append(application: str, op: Op, media: Sequence[str]) -> int:
    """Log a change of these media and give its sequence number, counted from 1.

    To be called after the change itself is stored: readers look at the truth, not at the log.
    Raises Unavailable when no place was found in `GIVE_UP_S`.
    """
    entries = durable(LogEntry)
    end = time.monotonic() + GIVE_UP_S
    while time.monotonic() < end:
        seq = _last_of(entries, application) + 1
        entry = {"_id": _place(application, seq), "op": op, "media": list(media), "at": now()}
        try:
            entries.insert_one(entry)
        except DuplicateKeyError:
            time.sleep(random.uniform(0, 0.004))  # noqa: S311  spreads writers, no secret
        else:
            return seq
    raise Unavailable("The op log is too busy. Try again in a moment.")


def last_seq(application: str) -> int:
    """The newest sequence number of an application, 0 for an empty log."""
    return _last_of(_collection(), application)


def mark(application: str, seq: int) -> str:
    """What the entry of this number says, in short; empty for 0 and where there is none.

    A database that was restored from a backup gives its numbers anew, to other entries.
    """
    entry = _collection().find_one({"_id": _place(application, seq)}) or {}
    return f"{entry['at'].replace(tzinfo=None).isoformat()} {entry['media'][:1]}" if entry else ""


def tail(application: str, after: int, limit: int = 0) -> tuple[int, dict[str, Op]]:
    """The newest sequence number, and the media that entries above `after` name, with the last of
    what was said of each.

    `limit`: read so many entries at most, 0 for all; the number is that of the last one read.
    Raises Unavailable on a hole, which only a restored or pruned database has: reload then.
    """
    seq = after
    media: dict[str, Op] = {}
    above = _above(application, after)
    for entry in _collection().find(above, {"media": 1, "op": 1}, sort=[("_id", 1)], limit=limit):
        if _seq(entry) != seq + 1:
            raise Unavailable("The op log has a hole.")
        seq += 1
        media.update(dict.fromkeys(entry["media"], entry["op"]))
    return seq, media


def prune(application: str, kept: int) -> None:
    """Forget all but the newest entries. Who is farther behind reads everything anew."""
    oldest = last_seq(application) - kept + 1
    if oldest > 1:
        before = {"$gte": _place(application, 1), "$lt": _place(application, oldest)}
        durable(LogEntry).delete_many({"_id": before})


def forget(application: str) -> None:
    """Remove the log of an application that is no more."""
    durable(LogEntry).delete_many(_above(application, 0))


def _collection() -> Collection[dict[str, Any]]:
    collection: Collection[dict[str, Any]] = LogEntry._get_collection()
    return collection


def _last_of(entries: Collection[dict[str, Any]], application: str) -> int:
    newest = entries.find_one(_above(application, 0), {"_id": 1}, sort=[("_id", -1)])
    return _seq(newest) if newest else 0


def _place(application: str, seq: int) -> str:
    return f"{application}/{seq:0{SEQ_DIGITS}d}"


def _above(application: str, seq: int) -> dict[str, Any]:
    last = _place(application, 10**SEQ_DIGITS - 1)
    return {"_id": {"$gt": _place(application, seq), "$lte": last}}


def _seq(entry: dict[str, Any]) -> int:
    return int(entry["_id"].rsplit("/", 1)[1])
