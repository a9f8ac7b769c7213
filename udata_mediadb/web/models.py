"""The document of a request that is answered once."""

from mongoengine import DateTimeField, IntField, StringField

from ..mongo.clock import now
from ..mongo.documents import DurableDocument

KEPT_S = 24 * 3600  # how long a repeat gets the first answer


class OnceAnswered(DurableDocument):
    """A request with an Idempotency-Key. `id`: a hash of who asks, the route and the key.

    `body`: a hash of what was sent. `answer`: JSON, None while the request is being answered.
    """

    id = StringField(primary_key=True)
    body = StringField(required=True)
    status = IntField()
    answer = StringField()
    at = DateTimeField(default=now)

    meta = {
        "collection": "mediadb_once_answered",
        "indexes": [{"fields": ["at"], "expireAfterSeconds": KEPT_S}],
    }
