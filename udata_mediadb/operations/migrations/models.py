"""What was migrated, and who does so at present: the collection `mediadb_migration`."""

from mongoengine import DateTimeField, IntField, StringField

from ...mongo.clock import now
from ...mongo.documents import DurableDocument


class Migration(DurableDocument):
    """A migration that ran to its end. `id`: its name; `changed`: how many documents it changed."""

    id = StringField(primary_key=True)
    changed = IntField(required=True)
    ended_at = DateTimeField(default=now)

    meta = {"collection": "mediadb_migration"}


class Lock(DurableDocument):
    """Who migrates, until when; renewed while it goes on. There is one document at most."""

    id = StringField(primary_key=True)
    holder = StringField(required=True)
    until = DateTimeField(required=True)

    meta = {"collection": "mediadb_migration_lock"}
