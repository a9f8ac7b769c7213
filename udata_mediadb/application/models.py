"""The Application document."""

from uuid import uuid4

from mongoengine import BooleanField, DateTimeField, DictField, Document, ListField, StringField

from ..clock import now

STATUSES = ("Active", "Inactive")  # spelt as in the LTU guide


class Application(Document):
    """A tenant. Owned by a user or an organisation of the host, by id.

    `signatures`: names of methods of recognition. `public`: anyone may read and search.
    The private key is kept twice, never plain: an HMAC for lookup, sealed for its owner.
    """

    id = StringField(primary_key=True, default=lambda: uuid4().hex)
    owner = StringField()
    organization = StringField()
    name = StringField(required=True)
    public_key = StringField(default=lambda: uuid4().hex)
    private_key_hash = StringField()
    private_key_sealed = StringField()
    signatures = ListField(StringField(), default=lambda: ["match"])
    public = BooleanField(default=False)
    options = DictField()
    status = StringField(choices=STATUSES, default="Active")
    created_at = DateTimeField(default=now)
    updated_at = DateTimeField(default=now)

    meta = {
        "collection": "mediadb_application",
        "indexes": [
            "owner",
            "organization",
            {"fields": ["public_key"], "unique": True},
            {"fields": ["private_key_hash"], "unique": True, "sparse": True},
        ],
    }
