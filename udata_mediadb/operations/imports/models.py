"""What became of each item of an import, and what is being sent."""

from datetime import timedelta
from uuid import uuid4

from mongoengine import DateTimeField, IntField, ListField, StringField

from ...mongo.clock import now
from ...mongo.documents import DurableDocument

KEPT = timedelta(days=60)  # as long as the failures of jobs
UPLOADS_KEPT = timedelta(days=1)


class ImportedItem(DurableDocument):
    """One item. `id`: the job's and the item's number: a step that is done twice says it once.

    `outcome`: added, updated, skipped, ignored or failed; of a dry run, what would have become of
    it. `media`: the one that was added, or is there.
    """

    id = StringField(primary_key=True)
    job = StringField(required=True)
    number = IntField(required=True)
    item = StringField(required=True)
    outcome = StringField(required=True)
    media = StringField()
    reason = StringField()
    at = DateTimeField(default=now)

    meta = {
        "collection": "mediadb_imported_item",
        "indexes": [
            ("job", "number"),
            {"fields": ["at"], "expireAfterSeconds": int(KEPT.total_seconds())},
        ],
    }


class ResumableUpload(DurableDocument):
    """One upload. `offset`: how much is there, in `pieces` in order. `metadata`: as it was said."""

    id = StringField(primary_key=True, default=lambda: uuid4().hex)
    application = StringField(required=True)
    name = StringField()
    metadata = StringField()
    length = IntField(required=True)
    offset = IntField(default=0)
    pieces = ListField(StringField())
    touched_at = DateTimeField(default=now)

    meta = {
        "collection": "mediadb_upload",
        "indexes": [
            {"fields": ["touched_at"], "expireAfterSeconds": int(UPLOADS_KEPT.total_seconds())}
        ],
    }
