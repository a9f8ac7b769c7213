"""Work on all media of an application, shared by processes and machines: stretch after stretch.

A stretch is a range of ids. Whoever is free takes an open one under a lease, or cuts the next one
off what nobody has taken yet. Where its holder dies, somebody else takes it when the lease has
ended. All moments are MongoDB's own.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from mongoengine import BooleanField, DateTimeField, IntField, StringField
from pymongo.errors import DuplicateKeyError

from ..mongo.clock import now
from ..mongo.documents import DurableDocument, durable

LEASE_S = 30.0  # renewed between two media, of which none takes that long
RENEW_S = 5.0
KEPT = timedelta(days=30)  # as long as the jobs that they are of
Cut = Callable[[str], Sequence[str]]


class Stretch(DurableDocument):
    """A range of ids of a pass over all media. `id`: the pass, and the number of the stretch.

    `after`, `last`: ids of media, the latter of it; `count`: how many they were when it was cut.
    `holder` and `until`: who has it, and how long.
    """

    id = StringField(primary_key=True)
    sweep = StringField(required=True)
    number = IntField(required=True)
    after = StringField(default="")
    last = StringField(required=True)
    count = IntField(required=True)
    is_done = BooleanField(default=False)
    holder = StringField()
    until = DateTimeField()
    at = DateTimeField(default=now)

    meta = {
        "collection": "mediadb_stretch",
        "indexes": [
            ("sweep", "is_done", "number"),
            ("sweep", "number"),
            {"fields": ["at"], "expireAfterSeconds": int(KEPT.total_seconds())},
        ],
    }


@dataclass
class Held:
    """A stretch that this thread holds. Give it back with `end`, or with `let_go`."""

    id: str
    after: str
    last: str
    _holder: str
    _renewed_at: float

    def renew(self) -> None:
        """Hold it longer, where that is due; between two media."""
        if time.monotonic() - self._renewed_at >= RENEW_S:
            durable(Stretch).update_one(self._mine, [{"$set": {"until": _IN_A_WHILE}}])
            self._renewed_at = time.monotonic()

    def end(self) -> None:
        """All of it is done, also where another took it over meanwhile."""
        durable(Stretch).update_one({"_id": self.id}, {"$set": {"is_done": True}})

    def let_go(self) -> None:
        """Let others have it at once."""
        durable(Stretch).update_one(self._mine, {"$unset": {"until": 1}})

    @property
    def _mine(self) -> dict[str, str]:
        return {"_id": self.id, "holder": self._holder}


def take(sweep: str, cut: Cut) -> Held | None:
    """One that nobody has; None where all are done or held.

    `cut`: the ids of the next stretch after this id, in their order; none at the end.
    """
    while True:
        if (found := _taken(sweep)) is not None:
            return found
        last = Stretch.objects(sweep=sweep).order_by("-number").first()
        after = last.last if last else ""
        ids = cut(after)
        if not ids:
            return None
        number = last.number + 1 if last else 0
        stretch = {"sweep": sweep, "number": number, "after": after, "last": ids[-1]}
        more = {"_id": f"{sweep}/{number}", "count": len(ids), "is_done": False, "at": now()}
        try:
            durable(Stretch).insert_one({**stretch, **more})
        except DuplicateKeyError:
            continue  # another cut the same one, at this moment


def are_open(sweep: str) -> bool:
    """Whether some that were cut are not done."""
    return Stretch.objects(sweep=sweep, is_done=False).first() is not None


def done_in(sweep: str) -> int:
    """How many media the done ones had."""
    total = [{"$match": {"sweep": sweep, "is_done": True}},
             {"$group": {"_id": None, "count": {"$sum": "$count"}}}]  # fmt: skip
    return next((int(one["count"]) for one in Stretch.objects.aggregate(total)), 0)


def forget(sweep: str) -> None:
    """Remove all of a pass."""
    durable(Stretch).delete_many({"sweep": sweep})


def _taken(sweep: str) -> Held | None:
    holder = uuid4().hex
    free = {"$or": [{"until": None}, {"$expr": {"$lt": ["$until", "$$NOW"]}}]}
    found = durable(Stretch).find_one_and_update(
        {"sweep": sweep, "is_done": False, **free},
        [{"$set": {"holder": holder, "until": _IN_A_WHILE}}],
        sort=[("number", 1)],
    )
    if found is None:
        return None
    return Held(found["_id"], found["after"], found["last"], holder, time.monotonic())


_IN_A_WHILE = {"$add": ["$$NOW", int(LEASE_S * 1000)]}
