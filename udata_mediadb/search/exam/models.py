"""Exams that were sat, and their answers."""

from mongoengine import DateTimeField, DictField, FloatField, IntField, ListField, StringField

from ...mongo.clock import now
from ...mongo.documents import DurableDocument


class Exam(DurableDocument):
    """One exam of an application. `media`: the pictures that were drawn, by `seed`.

    `answers`: one list for each search: number of the picture, name of the edit, whether it was
    found, its score, the best score of a false hit, milliseconds, the stage at which it was lost,
    and the media of the false hit; None for what there is not. `result`: what follows from them,
    once it has ended. `wanted_rate`: one of so many searches may show a false hit.
    """

    id = StringField(primary_key=True)
    application = StringField(required=True)
    seed = IntField(required=True)
    wanted_rate = FloatField(default=1000.0)
    signature = StringField(required=True)
    media = ListField(StringField())
    edits = ListField(StringField())
    total = IntField(default=0)
    answers = ListField()
    result = DictField()
    created_at = DateTimeField(default=now)
    ended_at = DateTimeField()

    meta = {
        "collection": "mediadb_exam",
        "indexes": [("application", "-ended_at")],
    }
