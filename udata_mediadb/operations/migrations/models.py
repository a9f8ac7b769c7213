"""What was migrated: the collection `mediadb_migration`."""

from mongoengine import DateTimeField, IntField, StringField

from ...mongo.clock import now
from ...mongo.documents import DurableDocument


class Migration(DurableDocument):
    """A migration that ran to its end. `id`: its name; `changed`: how many documents it changed."""

    id = StringField(primary_key=True)
    changed = IntField(required=True)
    ended_at = DateTimeField(default=now)

    meta = {"collection": "mediadb_migration"}
