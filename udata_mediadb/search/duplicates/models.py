"""Pairs of media that show the same, groups of them, and how far they were looked at."""

from typing import Any, ClassVar

from mongoengine import DateTimeField, DictField, IntField, ListField, StringField

from ...mongo.clock import now
from ...mongo.documents import DurableDocument

SAME_BYTES, SAME, PART, ALIKE = "same_bytes", "same", "part", "alike"
KINDS = (SAME_BYTES, SAME, PART, ALIKE)  # the surest first
TRANSITIVE = (SAME_BYTES, SAME)
OPEN, MERGED, KEPT, LINKED, DISMISSED = "open", "merged", "kept", "linked", "dismissed"
STATES = (OPEN, MERGED, KEPT, LINKED, DISMISSED)


class DuplicatePair(DurableDocument):
    """Two media of an application, and what was found between them.

    `id`: both ids, the smaller one first (`one`). `relation`: of `one` to `other`. `state`: what
    somebody decided about the pair, for ever: no scan opens it again.
    """

    id = StringField(primary_key=True)
    application = StringField(required=True)
    one = StringField(required=True)
    other = StringField(required=True)
    kind = StringField(choices=KINDS, required=True)
    relation = StringField(required=True)
    proof = DictField()
    state = StringField(choices=STATES, default=OPEN)
    found_at = DateTimeField(default=now)

    meta: ClassVar[dict[str, Any]] = {
        "collection": "mediadb_duplicate_pair",
        "indexes": [("one", "state"), ("other", "state"), "application"],
    }


class DuplicateGroup(DurableDocument):
    """Media that belong together by pairs of one kind.

    `whole`: of a group of parts, what they are parts of. `merge`: what a merge does, so that it can
    be ended and undone: what is kept, what it gets, what is deleted, by whom, whether it is done.
    """

    id = StringField(primary_key=True)
    application = StringField(required=True)
    kind = StringField(choices=KINDS, required=True)
    state = StringField(choices=STATES, default=OPEN)
    media = ListField(StringField())
    whole = StringField()
    merge = DictField()
    created_at = DateTimeField(default=now)
    updated_at = DateTimeField(default=now)

    meta: ClassVar[dict[str, Any]] = {
        "collection": "mediadb_duplicate_group",
        "indexes": [
            ("application", "state", "kind", "-created_at", "-id"),
            ("application", "state", "-created_at", "-id"),
            ("media", "state"),
        ],
    }


class Followed(DurableDocument):
    """How far the new media of an application were looked at. `id`: the application's; `seq`: of
    its op log; `at`: when that was. `scanned_at`: when all its media had been compared."""

    id = StringField(primary_key=True)
    seq = IntField(default=0)
    at = DateTimeField(default=now)
    job = StringField()
    scanned_at = DateTimeField()

    meta: ClassVar[dict[str, Any]] = {"collection": "mediadb_followed"}
