"""Stored signatures, the op log, and the shards of a cluster."""

from mongoengine import BinaryField, DateTimeField, DictField, IntField, ListField, StringField

from ..mongo.clock import now
from ..mongo.documents import DurableDocument


class StoredSignature(DurableDocument):
    """The description of one media by one signature version, apart from the media document.

    `data` is what the signature's `dumps` gave.
    """

    id = StringField(
        primary_key=True
    )  # "<media>/<signature key>": one each, without a second index
    application = StringField(required=True)
    media = StringField(required=True)
    signature = StringField(required=True)
    data = BinaryField(required=True)

    meta = {
        "collection": "mediadb_signature",
        "indexes": [("application", "signature"), "media"],
    }


class LogEntry(DurableDocument):
    """One change of what is searchable: these media were added to, or removed from, the truth.

    `id`: "<application>/<sequence number, 12 digits>"; see `log`.
    """

    id = StringField(primary_key=True)
    op = StringField(required=True)
    media = ListField(StringField())
    at = DateTimeField(default=now)

    meta = {"collection": "mediadb_log"}


class ClusterLayout(DurableDocument):
    """Which shards there are: the one document `CLUSTER`, written by `mediadb-cluster start`.

    `number`: of the layout, in the names of its shards; `secret`: what portals show at the door;
    `form`: of its shards (`shards.forms`); `segments`, `index_root`: what they were started with;
    `before`: `number`, `shards`, `copies` and `form` of those that stand until doors changed over;
    `database`: whose they are (`shards.database_name`), None of an earlier version; `path`: where
    its doors are, below the address of a machine.
    """

    id = StringField(primary_key=True)
    number = IntField(required=True)
    shards = IntField(required=True)
    copies = IntField(required=True)
    secret = StringField(required=True)
    form = IntField(default=1)
    segments = StringField()
    index_root = StringField()
    before = DictField()
    database = StringField()
    path = StringField(default="/")

    meta = {"collection": "mediadb_cluster"}


CLUSTER = "cluster"
