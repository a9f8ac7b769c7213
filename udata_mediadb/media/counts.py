"""How many media a filter has, remembered where counting takes long.

To count is to read that part of an index: some 60 ms for 100,000 media. A count is kept with the
revision of its application, a token that every change of its media renews after it is stored and
before it is acknowledged. So whatever was acknowledged, in any worker, is counted. The token is
written without waiting for the journal: a MongoDB that is killed may lose it, and for `KEEP_S` a
count may then be an old one.
"""

import json
import threading
import time
from collections.abc import Iterable, Mapping
from typing import Any

from bson import ObjectId
from flask import current_app
from mongoengine import ObjectIdField, StringField
from pymongo import WriteConcern

from ..mongo.documents import DurableDocument
from .models import Media

SLOW_S = 0.02  # quicker counts are taken anew: most are
# Bounds what a change can hide that was stored and whose writer was killed before the new token.
KEEP_S = 10.0
ENTRIES_MAX = 4096


class Revision(DurableDocument):
    """The token of an application's media, or of nothing yet."""

    id = StringField(primary_key=True)
    token = ObjectIdField(required=True)

    meta = {"collection": "mediadb_revision"}


def renew(applications: Iterable[str]) -> None:
    """To be called after a change of these applications' media is stored, before it is told."""
    tokens = Revision._get_collection().with_options(write_concern=WriteConcern(w=1))
    for application in set(applications):
        tokens.update_one({"_id": application}, {"$set": {"token": ObjectId()}}, upsert=True)


class Counts:
    """The slow counts of this process; safe for several threads.

    `slow_s`: counts that take longer are remembered.
    """

    def __init__(self, slow_s: float = SLOW_S) -> None:
        self._slow_s = slow_s
        self._lock = threading.Lock()
        self._known: dict[str, tuple[object, int, float]] = {}

    def count(self, application: str | None, wanted: Mapping[str, Any], index: Any = None) -> int:
        """How many media meet a filter of ours; remembered where they are of one application.

        `index`: its keys, where it is known which one serves.
        """
        key = json.dumps(wanted, sort_keys=True, default=str)
        with self._lock:
            known = self._known.get(key)
        if known is not None and time.monotonic() - known[2] < KEEP_S:
            if revision_of(application) == known[0]:
                return known[1]
            with self._lock:
                self._known.pop(key, None)
        return self._count(application, key, wanted, index)

    def _count(
        self, application: str | None, key: str, wanted: Mapping[str, Any], index: Any
    ) -> int:
        token = revision_of(application)  # before the count: what changes meanwhile renews it
        start = time.monotonic()
        options = {"hint": index} if index else {}
        total = int(Media._get_collection().count_documents(dict(wanted), **options))
        if application is not None and time.monotonic() - start > self._slow_s:
            with self._lock:
                if len(self._known) >= ENTRIES_MAX:
                    self._known.clear()
                self._known[key] = token, total, start
        return total


def revision_of(application: str | None) -> object:
    """The token of an application's media at this moment, None for several applications."""
    found = Revision._get_collection().find_one({"_id": application}) if application else None
    return found["token"] if found else None


def current_counts() -> Counts:
    """Those of the current app."""
    found: Counts = current_app.extensions["mediadb"].counts
    return found
