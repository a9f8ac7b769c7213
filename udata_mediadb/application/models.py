"""The Application document."""

from secrets import token_hex
from typing import Any
from uuid import uuid4

from mongoengine import (
    BooleanField,
    DateTimeField,
    DictField,
    EmbeddedDocument,
    EmbeddedDocumentField,
    EmbeddedDocumentListField,
    IntField,
    ListField,
    StringField,
)

from ..authentication.key_limits import KeyLimits
from ..mongo.clock import now
from ..mongo.documents import DurableDocument

STATUSES = ("Active", "Inactive")  # spelt as in the LTU guide
KEY_KINDS = ("public", "private")  # of the pair that every application has, as LTU has it
NAMED = "named"


class RetiredKey(EmbeddedDocument):
    """A key that was replaced or revoked; honoured until `ends_at`, recognised afterwards.

    `limits`: those that it had, which its time of grace does not lift.
    """

    id = StringField(default=lambda: uuid4().hex)
    kind = StringField(choices=(*KEY_KINDS, NAMED), required=True)
    limits = EmbeddedDocumentField(KeyLimits)
    hash = StringField(required=True)
    retired_at = DateTimeField(default=now)
    ends_at = DateTimeField(required=True)


class NamedKey(EmbeddedDocument):
    """A further key, for one purpose: it opens by itself what its limits say, and nothing else."""

    id = StringField(default=lambda: uuid4().hex)
    hash = StringField(required=True)
    limits = EmbeddedDocumentField(KeyLimits, required=True)
    since = DateTimeField(default=now)
    used_at = DateTimeField()


class Application(DurableDocument):
    """A tenant. Owned by a user or an organisation of the host, by id.

    `options`: see `application.arguments.DEFAULT_OPTIONS`.
    `signatures`: names of methods of recognition; `described_versions`: the version of each for
    which the descriptions are complete (`indexing.versions`). `public`: anyone may read, and
    search with the public key alone.
    `anonymous_search`: where it is public, anyone may search it without any key.
    `private_key_alone`: the private key administers without a token of an owner beside it.
    `links_generation`: signed links of earlier ones are refused.
    The private key is kept twice, never plain: an HMAC for lookup, sealed for its owner.
    `quota_media`, `quota_bytes`: None for what the settings say. `closing_at`: somebody is about to
    delete it; what is stored meanwhile is refused.
    """

    id = StringField(primary_key=True, default=lambda: uuid4().hex)
    owner = StringField()
    organization = StringField()
    name = StringField(required=True)
    public_key = StringField(default=lambda: token_hex(16))
    private_key_hash = StringField()
    private_key_sealed = StringField()
    public_key_since = DateTimeField(default=now)
    private_key_since = DateTimeField(default=now)
    public_key_used_at = DateTimeField()
    private_key_used_at = DateTimeField()
    retired_keys = EmbeddedDocumentListField(RetiredKey)
    public_key_limits = EmbeddedDocumentField(KeyLimits)
    private_key_limits = EmbeddedDocumentField(KeyLimits)
    named_keys = EmbeddedDocumentListField(NamedKey)
    private_key_alone = BooleanField(default=False)
    anonymous_search = BooleanField(default=False)
    signatures = ListField(StringField(), default=lambda: ["match"])
    links_generation = IntField(default=0, min_value=0)
    described_versions = DictField(db_field="built")
    public = BooleanField(default=False)
    options = DictField()
    quota_media = IntField(min_value=0)
    quota_bytes = IntField(min_value=0)
    status = StringField(choices=STATUSES, default="Active")
    closing_at = DateTimeField()
    created_at = DateTimeField(default=now)
    updated_at = DateTimeField(default=now)

    meta = {
        "collection": "mediadb_application",
        "indexes": [
            "owner",
            "organization",
            {"fields": ["public_key"], "unique": True},
            {"fields": ["private_key_hash"], "unique": True, "sparse": True},
            {"fields": ["retired_keys.hash"], "sparse": True},
            {"fields": ["named_keys.hash"], "sparse": True},
        ],
    }

    def default_option(self, name: str, otherwise: Any) -> Any:
        """An option of `options.default`, as the LTU guide calls them."""
        return (self.options or {}).get("default", {}).get(name, otherwise)

    @property
    def rejects_duplicates(self) -> bool:
        """Whether it takes the same bytes once only."""
        return bool((self.options or {}).get("default", {}).get("duplicates") == "reject")
