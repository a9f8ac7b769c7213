"""Jobs, and the items of them that failed."""

from datetime import timedelta

from mongoengine import DateTimeField, DictField, DynamicField, FloatField, IntField, StringField

from ..mongo.clock import now
from ..mongo.documents import DurableDocument

QUEUED, RUNNING, PAUSED = "queued", "running", "paused"
DONE, FAILED, CANCELLED = "done", "failed", "cancelled"
UNFINISHED = (QUEUED, RUNNING, PAUSED)
ENDED = (DONE, FAILED, CANCELLED)
KEPT = timedelta(days=30)  # of what has ended: as long as what was deleted can be restored


class Job(DurableDocument):
    """One piece of work of one kind.

    `application`: whose it is, None for the whole portal. `only_one`: while this job is unfinished
    there is no other with the same. `cursor`: where the next step begins, as the kind understands
    it; it changes together with `total`, `done` and `counts`. `rate`: items a second. `attempts`:
    claims since the last step that was done. `worker`: who claimed it last, and `lease_until`:
    until when nobody else may. `claimed_at`: so that all get their turn. `not_before`: after a
    failure.
    """

    id = StringField(primary_key=True)
    kind = StringField(required=True)
    application = StringField()
    owner = StringField()
    state = StringField(choices=(*UNFINISHED, *ENDED), default=QUEUED)
    only_one = StringField()
    arguments = DictField()
    cursor = DynamicField()
    total = IntField()
    done = IntField(default=0)
    counts = DictField()
    rate = FloatField()
    result = DictField()
    message = StringField()
    attempts = IntField(default=0)
    worker = StringField()
    lease_until = DateTimeField()
    claimed_at = DateTimeField()
    not_before = DateTimeField()
    created_at = DateTimeField(default=now)
    started_at = DateTimeField()
    updated_at = DateTimeField(default=now)
    ended_at = DateTimeField()

    meta = {
        "collection": "mediadb_job",
        "indexes": [
            ("state", "claimed_at"),
            ("application", "-created_at", "-id"),
            ("-created_at", "-id"),
            {
                "fields": ["only_one"],
                "unique": True,
                "partialFilterExpression": {"only_one": {"$type": "string"}},
            },
            {"fields": ["ended_at"], "expireAfterSeconds": int(KEPT.total_seconds())},
        ],
    }


class JobFailure(DurableDocument):
    """One item that a job could not do. `id`: made of the job and the item: a step that is done
    again counts nothing twice."""

    id = StringField(primary_key=True)
    job = StringField(required=True)
    item = StringField(required=True)
    error = StringField(required=True)
    reason = StringField(required=True)
    at = DateTimeField(default=now)

    meta = {
        "collection": "mediadb_job_failure",
        "indexes": [
            ("job", "at", "id"),
            {"fields": ["at"], "expireAfterSeconds": int(2 * KEPT.total_seconds())},
        ],
    }
