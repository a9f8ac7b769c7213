"""Queries that are kept for a while, so that a search can be come back to."""

from mongoengine import (
    BinaryField,
    BooleanField,
    DateTimeField,
    EmbeddedDocument,
    EmbeddedDocumentListField,
    IntField,
    StringField,
)

from ..mongo.clock import now
from ..mongo.documents import DurableDocument


class KeptDescription(EmbeddedDocument):
    """The query as one signature describes it; `signature`: its key."""

    signature = StringField(required=True)
    data = BinaryField(required=True)


class KeptRegion(EmbeddedDocument):
    """A part of the query as the signatures describe it; `region`: `regions.as_text`.

    `copy`: of its pixels, a JPEG; None where an earlier version kept it.
    """

    region = StringField(required=True)
    descriptions = EmbeddedDocumentListField(KeptDescription)
    copy = BinaryField()


class KeptQuery(DurableDocument):
    """A picture that somebody looks for. In no list and no backup; removed after `expires_at`.

    `id`: cannot be guessed. `holder`: who may use it (`keeping.holder`). `made_by_search`: nobody
    asked for it, a search keeps it for its next pages. `copy`: a JPEG without metadata. `detail`: a
    larger one, for regions; None where `copy` shows all there is. `regions`: those asked for so
    far.
    """

    id = StringField(primary_key=True)
    application = StringField(required=True)
    holder = StringField(required=True)
    made_by_search = BooleanField(default=False)
    name = StringField()
    sha256 = StringField(required=True)
    width = IntField(required=True)
    height = IntField(required=True)
    format = StringField(required=True)
    copy = BinaryField(required=True)
    detail = BinaryField()
    descriptions = EmbeddedDocumentListField(KeptDescription)
    regions = EmbeddedDocumentListField(KeptRegion)
    created_at = DateTimeField(default=now)
    expires_at = DateTimeField(required=True)

    meta = {
        "collection": "mediadb_query",
        "indexes": [
            ("holder", "created_at"),
            "application",
            {"fields": ["expires_at"], "expireAfterSeconds": 0},
        ],
    }


class SearchCount(DurableDocument):
    """How many searches of one kind an application had on one day, and how many found something.

    `id`: of the three. Nothing of what was looked for, nor of who did.
    """

    id = StringField(primary_key=True)
    application = StringField(required=True)
    kind = StringField(required=True)
    day = DateTimeField(required=True)
    searches = IntField(default=0)
    found = IntField(default=0)

    meta = {
        "collection": "mediadb_search_count",
        "indexes": [
            ("application", "day"),
            {"fields": ["day"], "expireAfterSeconds": 400 * 24 * 3600},
        ],
    }
