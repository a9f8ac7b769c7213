"""What a media is found by: computed from its name, keywords and metadata, in one write with them.

Two who change a media at the same moment would each compute from what they have read, and the
second would write the facts of a name that the first has just replaced. So a write holds only where
name, keywords and metadata are those that its facts were computed from; else all is read again.
"""

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from pymongo import ReturnDocument

from ..errors import Gone, PreconditionFailed, Unavailable
from ..filters.terms import terms_of
from ..filters.words import words_of
from ..mongo.documents import durable
from ..web.preconditions import CHANGED
from ..web.text import sort_key
from .models import ACTIVE, DELETED, Media
from .visibility import is_restricted

Changes = Mapping[str, Any] | Callable[[Mapping[str, Any]], Mapping[str, Any]]
FACTS = ("terms", "words", "name_key", "restricted")
PREFIX = "about:"  # of the keys under which LTU's dialect has it in the metadata
SOURCES = ("name", "keywords", "metadata", "about")
GIVE_UP_S = 10.0  # of eight writers at once the last one is through after some 50 ms
_PAUSE_S = 0.01


def facts_of(
    name: str,
    keywords: Sequence[str],
    metadata: Mapping[str, Any],
    about: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The searchable forms of a media's name, keywords, metadata, and what is said about it."""
    return {
        "terms": terms_of(keywords, {**metadata, **_as_metadata(about or {})}),
        "words": words_of(name, [*keywords, *_texts(about or {})], metadata),
        "name_key": sort_key(name),
        "restricted": is_restricted(about or {}) or None,
    }


def are_stale(media: Media) -> bool:
    """Whether the stored facts are not those of the stored name, keywords and metadata."""
    facts = facts_of(media.name, media.keywords, media.metadata, media.about)
    lists = any(sorted(getattr(media, name)) != facts[name] for name in ("terms", "words"))
    return lists or any(getattr(media, one) != facts[one] for one in ("name_key", "restricted"))


def write_with_facts(
    identifier: str,
    changes: Changes,
    *,
    further: Mapping[str, Any] | None = None,
    states: tuple[str, ...] = (ACTIVE,),
    where: Mapping[str, Any] | None = None,
) -> Media:
    """Change some of `SOURCES`, with the facts of the result; the media afterwards.

    `changes`: the new values, or what gives them from those that are stored; of `about` only what
    is named changes, and what is empty goes. `further`: other fields to set in the same write.
    Raises Gone where it is in none of `states`, PreconditionFailed where it does not say `where`.
    """
    documents = durable(Media)
    end = time.monotonic() + GIVE_UP_S
    while time.monotonic() < end:
        wanted: dict[str, Any] = {"_id": identifier, "state": {"$in": list(states)}}
        read = documents.find_one({**wanted, **(where or {})}, dict.fromkeys(SOURCES, 1))
        if read is None and where and documents.find_one(wanted, {"_id": 1}):
            raise PreconditionFailed(CHANGED)
        if read is None:
            raise Gone("This media has been deleted")
        wanted |= where or {}
        wanted |= {field: _as_read(read, field) for field in SOURCES}
        new = dict(changes(read) if callable(changes) else changes)
        if "about" in new:
            new["about"] = _said({**read.get("about", {}), **new["about"]})
        held = {**read, **new}
        facts = facts_of(
            held["name"], held.get("keywords", []), held.get("metadata", {}), held.get("about")
        )
        fresh = {"$set": {**new, **facts, **(further or {})}}
        found = documents.find_one_and_update(wanted, fresh, return_document=ReturnDocument.AFTER)
        if found is not None:
            media: Media = Media._from_son(found)
            return media
        time.sleep(random.uniform(0, _PAUSE_S))  # noqa: S311  spreads writers, no secret
    raise Unavailable("Too many change this media at the same moment. Try again.")


def refresh_facts(identifier: str) -> None:
    """Compute the facts of a media anew, whatever state it is in but a purge."""
    write_with_facts(identifier, {}, states=(ACTIVE, DELETED))


def _said(about: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in about.items() if value}


def _as_metadata(about: Mapping[str, Any]) -> dict[str, Any]:
    """As LTU's dialect shows it in the metadata, where clients of it look for things."""
    return {f"{PREFIX}{name}": about[name] for name in _IN_METADATA if about.get(name)}


def _texts(about: Mapping[str, Any]) -> Iterator[str]:
    """All that is said in words; an address or a licence is looked for by its filter."""
    for name in _IN_WORDS:
        value = about.get(name, "")
        yield from (value,) if isinstance(value, str) else map(str, value.values())


_IN_WORDS = ("title", "description", "alt", "creator", "credit", "rights")
_IN_METADATA = ("creator", "credit", "source", "licence", "rights", "taken_at")


def _as_read(document: Mapping[str, Any], field: str) -> Any:
    return document.get(field, {"$exists": False})
