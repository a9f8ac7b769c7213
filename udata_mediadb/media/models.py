"""The Media document."""

from uuid import uuid4

from mongoengine import BooleanField, DateTimeField, DictField, IntField, ListField, StringField

from ..mongo.clock import now
from ..mongo.documents import DurableDocument

PENDING, ACTIVE, DELETED, PURGED = "pending", "active", "deleted", "purged"
PICTURE = "picture"  # no media of its own, but a later picture of one: see `pictures`


class Media(DurableDocument):
    """One image of an application.

    `state`: pending while it is being written (docs/decisions/0002), active, deleted (soft), purged
    while it is being removed for good. `restoring_at`: of a deleted one that is being restored.
    `about`: see `about`; `embedded`: the same as the file says it, a proposal. `restricted`: True
    where it is not shown to everybody at all times, see `visibility`.
    `size`: bytes. `width`, `height`: pixels, upright. `terms`, `words`, `name_key`: see `facts`.
    `collections`: ids of the collections that hold it; `placings`: its place in each of them
    (docs/decisions/0003, `collection.membership`). `related`: see `related`. `origin`: what of the
    portal it was imported from (`importing`), None for uploads. `copies`: versions of the
    same picture, linked by somebody (`search.duplicates`). `pictures`: the
    rules of smart collections that it meets (`search.rules`). `first`, `duplicate_of`: see
    `duplicates`. `similar_to`: the media that showed the same best when it was added, where the
    application wants to know.
    `picture`: the id under which the files and descriptions of its picture lie,
    None: its own; `earlier`: the pictures that it had before, `earlier_bytes`: their originals;
    `replaced_at`: a replacement is to be finished; `picture_of`: of a `PICTURE`, its media
    (`pictures`).
    """

    id = StringField(primary_key=True, default=lambda: str(uuid4()))
    application = StringField(required=True)
    state = StringField(choices=(PENDING, ACTIVE, DELETED, PURGED), default=PENDING)
    name = StringField(required=True)
    name_key = StringField()
    filename = StringField()
    keywords = ListField(StringField())
    metadata = DictField()
    about = DictField()
    embedded = DictField()
    restricted = BooleanField()
    terms = ListField(StringField())
    words = ListField(StringField())
    collections = ListField(StringField())
    placings = ListField(StringField())
    related = ListField(StringField())
    origin = StringField()
    external_id = StringField()
    md5 = StringField(required=True)
    sha256 = StringField(required=True)
    size = IntField(required=True)
    width = IntField(required=True)
    height = IntField(required=True)
    format = StringField(required=True)
    owner = StringField()
    created_at = DateTimeField(default=now)
    updated_at = DateTimeField(default=now)
    deleted_at = DateTimeField()
    restoring_at = DateTimeField()
    first = BooleanField()
    duplicate_of = StringField()
    similar_to = StringField()
    copies = ListField(DictField())
    picture = StringField()
    earlier = ListField(DictField())
    earlier_bytes = IntField()
    replaced_at = DateTimeField()
    picture_of = StringField()
    pictures = ListField(StringField())

    meta = {
        "collection": "mediadb_media",
        "indexes": [
            ("application", "state", "-created_at", "-id"),
            ("application", "state", "name_key", "id"),
            ("application", "state", "id"),
            ("application", "state", "terms", "-created_at", "-id"),
            ("application", "state", "words"),
            ("application", "state", "related", "-created_at", "-id"),
            {
                "fields": ["application", "origin"],
                "partialFilterExpression": {"origin": {"$exists": True}},
            },
            {
                "fields": ["application", "external_id"],
                "unique": True,
                "partialFilterExpression": {"external_id": {"$type": "string"}},
            },
            ("application", "state", "sha256"),
            {
                "fields": ["application", "sha256", "first"],
                "unique": True,
                "partialFilterExpression": {"first": True},
            },
            ("application", "state", "size", "id"),
            ("application", "state", "updated_at", "id"),
            {
                "fields": ["application", "-deleted_at", "-id"],
                "partialFilterExpression": {"state": DELETED},
            },
            {
                "fields": ["application", "restricted"],
                "partialFilterExpression": {"restricted": True},
            },
            {
                "fields": ["application", "picture"],
                "partialFilterExpression": {"picture": {"$exists": True}},
            },
            {
                "fields": ["application", "earlier_bytes"],
                "partialFilterExpression": {"earlier_bytes": {"$exists": True}},
            },
            {
                "fields": ["replaced_at"],
                "partialFilterExpression": {"replaced_at": {"$exists": True}},
            },
            {
                "fields": ["picture_of"],
                "partialFilterExpression": {"picture_of": {"$exists": True}},
            },
            {
                "fields": ["pictures", "state", "-created_at", "-id"],
                "partialFilterExpression": {"pictures": {"$exists": True}},
            },
            ("state", "created_at"),
            ("collections", "state", "-created_at", "-id"),
            ("collections", "state", "name_key", "id"),
            ("collections", "state", "id"),
            ("state", "placings"),
        ],
    }

    @property
    def picture_id(self) -> str:
        """Under which id the files and descriptions of its picture lie."""
        return str(self.picture or self.id)
