"""The op log by which workers agree.

An entry is inserted at max(seq) + 1 under a unique index; a writer that comes second retries. So
the log has no holes, and a reader that has applied n finds all it lacks above n. (Counting first
and inserting second lost 170 of 2,091 operations: a reader saw n + 1 before n.)
"""

import random
import time
from collections.abc import Sequence
from typing import Literal

from pymongo.errors import DuplicateKeyError

from ..clock import now
from ..errors import Unavailable
from .durability import durable
from .models import LogEntry

Op = Literal["add", "discard"]
GIVE_UP_S = 20.0  # four writers retried at most some milliseconds; this is far beyond


def append(application: str, op: Op, media: Sequence[str]) -> int:
    """Log a change of these media and give its sequence number.

    To be called after the change itself is stored: readers look at the truth, not at the log.
    Raises Unavailable when no place was found in `GIVE_UP_S`.
    """
    entries = durable(LogEntry)
    end = time.monotonic() + GIVE_UP_S
    while time.monotonic() < end:
        seq = last_seq(application) + 1
        entry = {"application": application, "seq": seq, "op": op, "media": list(media)}
        try:
            entries.insert_one({**entry, "at": now()})
        except DuplicateKeyError:
            time.sleep(random.uniform(0, 0.004))  # noqa: S311  spreads writers, no secret
        else:
            return seq
    raise Unavailable("The op log is too busy. Try again in a moment.")


def last_seq(application: str) -> int:
    """The newest sequence number of an application, 0 for an empty log."""
    newest = LogEntry._get_collection().find_one(
        {"application": application}, {"seq": 1}, sort=[("seq", -1)]
    )
    return int(newest["seq"]) if newest else 0


def tail(application: str, after: int) -> tuple[int, list[str]]:
    """The newest sequence number, and the media that entries above `after` name, each once.

    Raises Unavailable on a hole, which only a restored or pruned database has: reload then.
    """
    found = LogEntry._get_collection().find(
        {"application": application, "seq": {"$gt": after}},
        {"seq": 1, "media": 1},
        sort=[("seq", 1)],
    )
    seq = after
    media: dict[str, None] = {}
    for entry in found:
        if entry["seq"] != seq + 1:
            raise Unavailable("The op log has a hole.")
        seq = entry["seq"]
        media.update(dict.fromkeys(entry["media"]))
    return seq, list(media)
