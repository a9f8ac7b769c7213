"""What the portal knows about itself, and documents that a repair took out of the way."""

from uuid import uuid4

from mongoengine import DateTimeField, DictField, IntField, StringField

from ...mongo.clock import now
from ...mongo.documents import DurableDocument


class Portal(DurableDocument):
    """Who this database is; one document. See `recovery.identity`.

    `beside`: the identity that was last seen or put beside the files. `turn`: counted up now and
    then, first here and then beside the files, so a database that is behind is an older one.
    `accepted_at`: when a person last said that the database and the files belong together.
    """

    id = StringField(primary_key=True)
    identity = StringField(required=True)
    beside = StringField()
    turn = IntField(default=0)
    turned_at = DateTimeField()
    accepted_at = DateTimeField()
    created_at = DateTimeField(default=now)

    meta = {"collection": "mediadb_portal"}


class SetAside(DurableDocument):
    """A document, or what one said, that belongs to nothing any more; kept until it is removed.

    `collection`: where `document` was; `kind`: the problem that it was.
    """

    id = StringField(primary_key=True, default=lambda: uuid4().hex)
    at = DateTimeField(default=now)
    kind = StringField(required=True)
    subject = StringField(required=True)
    application = StringField()
    collection = StringField(required=True)
    document = DictField()

    meta = {"collection": "mediadb_set_aside", "indexes": ["at"]}
