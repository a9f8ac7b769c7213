"""The queue: jobs are claimed under a lease, and every change names who holds it.

All moments are MongoDB's own (`$$NOW`), so that clocks of machines may differ.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import uuid4

from mongoengine.errors import NotUniqueError
from pymongo import ReturnDocument, UpdateOne

from ..mongo.clock import now
from ..mongo.documents import durable
from .kinds import Failure, Step
from .models import CANCELLED, DONE, FAILED, PAUSED, QUEUED, RUNNING, UNFINISHED, Job, JobFailure

# A worker that was killed is noticed after this. A step may take longer: it is renewed meanwhile.
LEASE_S = 20.0
ATTEMPTS = 12  # claims without a step: a job that kills its workers ends here, after some minutes
REASON_LENGTH = 1000
ITEM_LENGTH = 1000
_FREE: Mapping[str, Any] = {
    "$or": [
        {"lease_until": None},
        {"$expr": {"$lt": ["$lease_until", "$$NOW"]}},
    ]
}
_DUE: Mapping[str, Any] = {
    "$or": [{"not_before": None}, {"$expr": {"$lte": ["$not_before", "$$NOW"]}}]
}


def enqueue(
    kind: str,
    *,
    application: str | None = None,
    owner: str | None = None,
    arguments: Mapping[str, Any] | None = None,
    total: int | None = None,
    only_one: str | None = None,
) -> Job:
    """A new job at the end of the queue.

    `only_one`: where an unfinished job has the same text, that one is given instead.
    """
    job = Job(
        id=uuid4().hex,
        kind=kind,
        application=application,
        owner=owner,
        arguments=dict(arguments or {}),
        total=total,
        only_one=only_one,
        claimed_at=now(),
    )
    while True:
        try:
            return job.save(force_insert=True)
        except NotUniqueError:
            found = Job.objects(only_one=only_one).first()
            if found is not None:
                return found


def claim(kinds: Iterable[str], worker: str, lease_s: float = LEASE_S) -> Job | None:
    """The job of these kinds that waited longest, held by this worker now; None for none."""
    free = {
        "state": {"$in": [QUEUED, RUNNING]},
        "kind": {"$in": list(kinds)},
        "$and": [_FREE, _DUE],
    }
    taken = {
        "state": RUNNING,
        "worker": worker,
        "claimed_at": "$$NOW",
        "lease_until": _in(lease_s),
        "started_at": {"$ifNull": ["$started_at", "$$NOW"]},
        "updated_at": "$$NOW",
        "attempts": {"$add": ["$attempts", 1]},
        "rate": None,
    }
    found = durable(Job).find_one_and_update(
        free,
        [{"$set": taken}],
        sort=[("claimed_at", 1)],
        return_document=ReturnDocument.AFTER,
    )
    return Job._from_son(found) if found else None


def renew(job: str, worker: str, lease_s: float = LEASE_S) -> bool:
    """Hold it longer; False where it is not this worker's to go on with."""
    held = {"_id": job, "worker": worker, "state": RUNNING}
    lease = [{"$set": {"lease_until": _in(lease_s)}}]
    return bool(durable(Job).update_one(held, lease).matched_count)


def keep_step(
    job: str, worker: str, step: Step, rate: float | None, lease_s: float = LEASE_S
) -> bool:
    """Keep what a step did; False where this worker is to stop.

    One that was paused meanwhile still counts what it did, unless another has it by now.
    """
    keep_failures(job, step.failures)
    changes: dict[str, Any] = {"attempts": 0, "message": None}
    if step.cursor is not None:
        changes["cursor"] = step.cursor
    if step.total is not None:
        changes["total"] = step.total
    if rate is not None:
        changes["rate"] = rate
    changes |= {f"result.{key}": value for key, value in step.result.items()}
    more = {"done": step.done, **{f"counts.{key}": n for key, n in step.counts.items()}}
    update = {"$set": changes, "$inc": more, "$currentDate": {"updated_at": True}}
    held = {"_id": job, "worker": worker, "state": {"$in": UNFINISHED}}
    found = durable(Job).find_one_and_update(held, update, {"state": 1})
    return found is not None and found["state"] == RUNNING and renew(job, worker, lease_s)


def release(job: str, worker: str, *, after_s: float = 0.0, message: str | None = None) -> None:
    """Give it back, so that others have their turn, or to be tried again after a while."""
    held = {"_id": job, "worker": worker, "state": RUNNING}
    freed: dict[str, Any] = {"state": QUEUED, "lease_until": None, "message": {"$literal": message}}
    if after_s:
        freed["not_before"] = _in(after_s)
    else:
        freed["attempts"] = {"$max": [0, {"$subtract": ["$attempts", 1]}]}
    durable(Job).update_one(held, [{"$set": freed}])


def end(job: str, worker: str, *, message: str | None = None) -> None:
    """It is done, or with a message failed."""
    held = {"_id": job, "worker": worker, "state": RUNNING}
    durable(Job).update_one(held, _ending(FAILED if message else DONE, message))


def remove_done(job: str) -> None:
    """Forget one that is done."""
    durable(Job).delete_one({"_id": job, "state": DONE})


def remove(job: str) -> None:
    """Forget one that is of nobody any more, with what failed in it."""
    durable(Job).delete_one({"_id": job})
    durable(JobFailure).delete_many({"job": job})


def pause(job: str) -> bool:
    """Let nobody go on with it for now; False where it has ended."""
    change = {"$set": {"state": PAUSED, "lease_until": None}, "$currentDate": {"updated_at": True}}
    return _change(job, UNFINISHED, change)


def resume(job: str) -> bool:
    """Let somebody go on with it; False where it has ended."""
    fresh = {"state": QUEUED, "attempts": 0, "claimed_at": now()}
    change = {
        "$set": fresh,
        "$unset": {"not_before": 1, "worker": 1, "lease_until": 1},
        "$currentDate": {"updated_at": True},
    }
    return _change(job, (PAUSED,), change) or _change(job, (QUEUED, RUNNING), {"$set": {}})


def cancel(job: str) -> bool:
    """End it where it is; what it did stays. False where it has ended."""
    return _change(job, UNFINISHED, _ending(CANCELLED, None))


def others_wait(kinds: Iterable[str]) -> bool:
    """Whether a job is free to be claimed: it is new, or who held it is gone."""
    waiting = {
        "state": {"$in": [QUEUED, RUNNING]},
        "kind": {"$in": list(kinds)},
        "$and": [_FREE, _DUE],
    }
    return durable(Job).find_one(waiting, {"_id": 1}) is not None


def is_busy(kinds: Iterable[str]) -> bool:
    """Whether there is anything unfinished that nobody paused."""
    busy = {"state": {"$in": [QUEUED, RUNNING]}, "kind": {"$in": list(kinds)}}
    return durable(Job).find_one(busy, {"_id": 1}) is not None


def forget(application: str) -> None:
    """Remove the jobs of an application that is no more."""
    ids = [one["_id"] for one in durable(Job).find({"application": application}, {"_id": 1})]
    durable(Job).delete_many({"_id": {"$in": ids}})
    durable(JobFailure).delete_many({"job": {"$in": ids}})


def keep_failures(job: str, failures: Sequence[Failure]) -> None:
    """Keep what failed; the same item once, however often it did."""
    if not failures:
        return
    writes = []
    for one in failures:
        digest = hashlib.sha256(one.item.encode(errors="replace")).hexdigest()[:32]
        said = {
            "job": job,
            "item": one.item[:ITEM_LENGTH],
            "error": one.error,
            "reason": one.reason[:REASON_LENGTH],
        }
        update = {"$set": said, "$setOnInsert": {"at": now()}}
        writes.append(UpdateOne({"_id": f"{job}/{digest}"}, update, upsert=True))
    durable(JobFailure).bulk_write(writes)


def failures_of(jobs: Sequence[str]) -> dict[str, int]:
    """How many items of each failed, without those of which none did."""
    counted = JobFailure.objects(job__in=list(jobs)).aggregate(
        [{"$group": {"_id": "$job", "count": {"$sum": 1}}}]
    )
    return {one["_id"]: one["count"] for one in counted}


def _ending(state: str, message: str | None) -> dict[str, Any]:
    return {
        "$set": {"state": state, "message": message and message[:REASON_LENGTH]},
        "$unset": {"lease_until": 1, "only_one": 1, "not_before": 1},
        "$currentDate": {"updated_at": True, "ended_at": True},
    }


def _change(job: str, states: Sequence[str], change: Mapping[str, Any]) -> bool:
    held = {"_id": job, "state": {"$in": list(states)}}
    if not change.get("$set", True):
        return durable(Job).find_one(held, {"_id": 1}) is not None
    return bool(durable(Job).update_one(held, change).matched_count)


def _in(seconds: float) -> dict[str, Any]:
    return {"$add": ["$$NOW", int(seconds * 1000)]}
