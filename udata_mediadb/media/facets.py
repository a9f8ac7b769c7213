"""How many media of a list have each keyword, metadata key, format, licence, month and so on.

To count is to read every media of the list: some 3 us each. So what took long is remembered with
the revision of its application, as counts are (`counts`), and told again until a media changes.
"""

import json
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app

from ..web.arguments import Argument
from ..web.readers import read_texts
from ..web.text import bare, folded
from .counts import SLOW_S, revision_of
from .leading import led
from .models import Media

SHOWN_MAX = 50  # values of a facet, the most frequent
KEPT_MAX = 20_000  # values that are counted and remembered for `keywords/?q=`
ENTRIES_MAX = 256
# What a killed MongoDB may hide (see `counts`) is no disaster in a facet, and counting is dear.
KEEP_S = 600.0
# Bytes of an original, from which on it is one of the next class: thumbnails, web, cameras, scans.
SIZES = [0, 100_000, 1_000_000, 10_000_000, 100_000_000, 2**62]
_STAGES: Mapping[str, Sequence[dict[str, Any]]] = {
    "keywords": [{"$unwind": "$keywords"}, {"$group": {"_id": "$keywords", "n": {"$sum": 1}}}],
    "collections": [
        {"$unwind": "$collections"},
        {"$group": {"_id": "$collections", "n": {"$sum": 1}}},
    ],
    "metadata": [
        {"$project": {"pair": {"$objectToArray": "$metadata"}}},
        {"$unwind": "$pair"},
        {"$group": {"_id": "$pair.k", "n": {"$sum": 1}}},
    ],
    "format": [{"$group": {"_id": "$format", "n": {"$sum": 1}}}],
    "year": [{"$group": {"_id": {"$year": "$created_at"}, "n": {"$sum": 1}}}],
    "month": [
        {
            "$group": {
                "_id": {"$dateToString": {"date": "$created_at", "format": "%Y-%m"}},
                "n": {"$sum": 1},
            }
        }
    ],
    "licence": [{"$group": {"_id": {"$ifNull": ["$about.licence", ""]}, "n": {"$sum": 1}}}],
    "size": [
        {"$bucket": {"groupBy": "$size", "boundaries": SIZES, "output": {"n": {"$sum": 1}}}},
    ],
}
OF_COLLECTIONS = "collections"  # for pages; lists have `collections/` for it
NAMES = tuple(name for name in _STAGES if name != OF_COLLECTIONS)


def read_facets(value: Any) -> list[str]:
    """Names of facets; ValueError for others."""
    names = [name for text in read_texts(value) if (name := text.strip())]
    if unknown := [name for name in names if name not in NAMES]:
        raise ValueError(f"some of {', '.join(NAMES)}, not {unknown[0]!r:.40}")
    return names


FACETS = Argument(
    "facets",
    "some of keywords, metadata, format, year, month, licence, size: how many media of the whole "
    f"list have each, the {SHOWN_MAX} most frequent of each, in `facets` of the answer",
    "array",
    read=read_facets,
    schema={"items": {"type": "string", "enum": list(NAMES)}},
)


@dataclass(frozen=True)
class Counted:
    """A value and how many media have it."""

    value: str
    count: int


class Facets:
    """The facets that took long to count, of this process; safe for several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, tuple[object, list[Counted], float]] = {}

    def count(self, application: str | None, wanted: Mapping[str, Any], name: str) -> list[Counted]:
        """Values by frequency. `application`: whose media these are, None for several."""
        key = json.dumps([name, wanted], sort_keys=True, default=str)
        revision = revision_of(application)
        known = self._remembered(key, revision)
        if known is not None:
            return known
        start = time.monotonic()
        found = _counted(wanted, name)
        if application is not None and time.monotonic() - start > SLOW_S:
            with self._lock:
                if len(self._known) >= ENTRIES_MAX:
                    self._known.clear()
                self._known[key] = revision, found, start
        return found

    def known(
        self, application: str | None, wanted: Mapping[str, Any], name: str
    ) -> list[Counted] | None:
        """As `count`, where that was long and is remembered; else None, and nothing is counted."""
        key = json.dumps([name, wanted], sort_keys=True, default=str)
        return self._remembered(key, revision_of(application))

    def _remembered(self, key: str, revision: object) -> list[Counted] | None:
        with self._lock:
            known = self._known.get(key)
        if known and known[0] == revision and time.monotonic() - known[2] < KEEP_S:
            return known[1]
        return None


def matching(counted: Sequence[Counted], typed: str) -> list[Counted]:
    """Those in which every typed word begins a word, whatever the accents and the case."""
    words = bare(folded(typed)).split()
    return [one for one in counted if all(_begins(one.value, word) for word in words)]


def current_facets() -> Facets:
    """Those of the current app."""
    found: Facets = current_app.extensions["mediadb"].facets
    return found


def _begins(value: str, word: str) -> bool:
    text = bare(folded(value))
    return text.startswith(word) or f" {word}" in text


def _counted(wanted: Mapping[str, Any], name: str) -> list[Counted]:
    """Keywords that differ in case alone are one, in the form that most media have."""
    ranked: list[dict[str, Any]] = [{"$sort": {"n": -1, "_id": 1}}, {"$limit": KEPT_MAX}]
    stages = [{"$match": led(wanted)}, *_STAGES[name], *ranked]
    merged: dict[str, Counted] = {}
    for one in Media._get_collection().aggregate(stages):
        value = str(one["_id"])
        first = merged.get(folded(value), Counted(value, 0))
        merged[folded(value)] = Counted(first.value, first.count + one["n"])
    return sorted(merged.values(), key=lambda one: (-one.count, folded(one.value)))
