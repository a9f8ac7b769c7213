"""Stored signatures and the op log."""

from typing import Any

from mongoengine import BinaryField, DateTimeField, ListField, StringField

from ..clock import now
from ..durability import DurableDocument
from ..signatures.base import Signature


def signature_key(signature: Signature[Any]) -> str:
    """What stored descriptions of this signature and version carry; versions never mix."""
    return f"{signature.name}@{signature.version}"


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
