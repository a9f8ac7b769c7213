"""A rule by picture, which outlives the query or the media that it was made of."""

from typing import Any, ClassVar

from mongoengine import (
    BinaryField,
    DateTimeField,
    DynamicField,
    EmbeddedDocumentListField,
    FloatField,
    StringField,
)

from ...mongo.clock import now
from ...mongo.documents import DurableDocument
from ..models import KeptDescription


class PictureRule(DurableDocument):
    """What a media must show. `signature`: by which it is asked. `palette`: of a rule by colours,
    as it was sent; else `copy` and `descriptions` are those of a kept query. `owner`: the smart
    collection or watch that it belongs to."""

    id = StringField(primary_key=True)
    application = StringField(required=True)
    owner = StringField(required=True)
    purpose = StringField(choices=("watch", "smart"), default="watch")
    signature = StringField(required=True)
    min_score = FloatField(default=0.0)
    palette = DynamicField()
    sha256 = StringField()
    copy = BinaryField()
    descriptions = EmbeddedDocumentListField(KeptDescription)
    media = StringField()
    created_at = DateTimeField(default=now)

    meta: ClassVar[dict[str, Any]] = {
        "collection": "mediadb_picture_rule",
        "indexes": ["application", "owner"],
    }
