"""Watches, and what they saw."""

from typing import Any, ClassVar

from mongoengine import (
    DateTimeField,
    DictField,
    IntField,
    ListField,
    StringField,
)

from ...mongo.clock import now
from ...mongo.documents import DurableDocument

ACTIVE, PAUSED = "active", "paused"
MEDIA, USE = "media", "use"  # what is watched for
WAITING, DELIVERED, FAILED, SEEN = "waiting", "delivered", "failed", "seen"
EVENT_DAYS = 90


class Watch(DurableDocument):
    """`event`: a media that meets the rule of this owner (its id), or a use of any media.

    `webhook`: where to tell it, None for the feed alone; `secret`: what is signed with, sealed.
    `feed_token`: who has it reads the feed. `media_uri`: of a media, with MEDIA in place of its id.
    """

    id = StringField(primary_key=True)
    application = StringField(required=True)
    user = StringField()
    name = StringField(required=True)
    event = StringField(choices=(MEDIA, USE), default=MEDIA)
    state = StringField(choices=(ACTIVE, PAUSED), default=ACTIVE)
    webhook = StringField()
    secret = StringField()
    feed_token = StringField(required=True)
    media_uri = StringField(required=True)
    looked_at = DateTimeField(default=now)
    created_at = DateTimeField(default=now)
    updated_at = DateTimeField(default=now)

    meta: ClassVar[dict[str, Any]] = {
        "collection": "mediadb_watch",
        "indexes": [("application", "-created_at", "-id"), ("state", "event")],
    }


class WatchEvent(DurableDocument):
    """Something that a watch saw. `id`: made of both, so it is told of once.

    `state`: waiting to be told, delivered, failed for good, or only seen: in the feed, or before
    the watch was made (then `found` is empty). `log`: the last tries: time, status, reason.
    """

    id = StringField(primary_key=True)
    watch = StringField(required=True)
    media = StringField(required=True)
    name = StringField()
    found = DictField()
    state = StringField(choices=(WAITING, DELIVERED, FAILED, SEEN), default=SEEN)
    attempts = IntField(default=0)
    next_at = DateTimeField()
    log = ListField(DictField())
    at = DateTimeField(default=now)

    meta: ClassVar[dict[str, Any]] = {
        "collection": "mediadb_watch_event",
        "indexes": [
            ("watch", "-at", "-id"),
            ("state", "next_at"),
            {"fields": ["at"], "expireAfterSeconds": EVENT_DAYS * 86_400},
        ],
    }
