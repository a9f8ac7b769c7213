"""The Collection and SmartCollection documents. What a collection holds is on the media."""

from uuid import uuid4

from mongoengine import DateTimeField, DictField, ListField, StringField

from ..mongo.clock import now
from ..mongo.documents import DurableDocument


def _new_id() -> str:
    return uuid4().hex


class Collection(DurableDocument):
    """A named list of media of one application; `parent`: the id of the one it lies in, or None.

    Media name the collections that hold them (`Media.collections`), so a media that goes leaves all
    of them in the same write (docs/decisions/0003).
    """

    id = StringField(primary_key=True, default=_new_id)
    application = StringField(required=True)
    parent = StringField()
    name = StringField(required=True)
    keywords = ListField(StringField())
    metadata = DictField()
    created_at = DateTimeField(default=now)
    updated_at = DateTimeField(default=now)

    meta = {
        "collection": "mediadb_collection",
        "indexes": [
            ("application", "parent", "-created_at", "-id"),
            ("application", "-created_at", "-id"),
            "parent",
        ],
    }


class SmartCollection(DurableDocument):
    """A named query over the media of one application, evaluated when it is read.

    `query`: the checked JSON form of `conditions`, as text: its keys are the client's.
    `keywords` and `metadata` describe the collection; they select nothing.
    """

    id = StringField(primary_key=True, default=_new_id)
    application = StringField(required=True)
    name = StringField(required=True)
    keywords = ListField(StringField())
    metadata = DictField()
    query = StringField(required=True)
    created_at = DateTimeField(default=now)
    updated_at = DateTimeField(default=now)

    meta = {
        "collection": "mediadb_smart_collection",
        "indexes": [("application", "-created_at", "-id")],
    }
