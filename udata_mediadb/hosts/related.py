"""The objects of the portal that a media illustrates: a class and an id, such as a dataset's.

Stored on the media as texts, `Dataset:5f…`, for one plain index.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ..web.readers import parse_json

COUNT = 50  # a picture of everything says nothing
# Class names of MongoEngine documents; ids of any portal, without what separates them here.
_KIND = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
_IDENTIFIER = re.compile(r"[^\s,:\x00-\x1f\x7f]{1,100}")
_FORM = 'a list of objects with class and id, such as {"class": "Dataset", "id": "…"}'


@dataclass(frozen=True)
class Related:
    """A reference to an object of the portal. `kind`: its class, in the portal's own words."""

    kind: str
    id: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"

    def bare(self) -> dict[str, str]:
        """What is known of it without the portal."""
        return {"class": self.kind, "id": self.id}


def read_related(value: Any) -> list[Related]:
    """References from objects, a JSON list of them, or `Class:id` texts; without repeats.

    Further keys of the objects are ignored: what was read may be sent back. ValueError says what
    is accepted.
    """
    if isinstance(value, str):
        value = parse_json(value) if value.lstrip()[:1] in ("[", "{") else _split(value)
    if isinstance(value, dict):
        value = [value]
    if not isinstance(value, list):
        raise ValueError(_FORM)
    found = list(dict.fromkeys(_reference(item) for item in value))
    if len(found) > COUNT:
        raise ValueError(f"at most {COUNT} objects")
    return found


def stored(related: Iterable[Related]) -> list[str]:
    """As they are kept on a media."""
    return [str(one) for one in related]


def loaded(texts: Iterable[str]) -> list[Related]:
    """What `stored` gave."""
    return [Related(*text.split(":", 1)) for text in texts]


def related_query(related: Sequence[Related]) -> dict[str, Any]:
    """A MongoDB filter for media that name all of these; {} for none."""
    clauses = [{"related": text} for text in stored(related)]
    return {"$and": clauses} if clauses else {}


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _reference(item: Any) -> Related:
    kind: Any
    identifier: Any
    if isinstance(item, str):
        kind, _, identifier = item.strip().partition(":")
    elif isinstance(item, dict):
        kind, identifier = item.get("class"), item.get("id")
    else:
        raise ValueError(_FORM)
    if not isinstance(kind, str) or not _KIND.fullmatch(kind):
        raise ValueError(f"a class is a name such as Dataset, not {kind!r:.60}")
    if not isinstance(identifier, str) or not _IDENTIFIER.fullmatch(identifier):
        raise ValueError(f"an id is text without spaces, commas and colons, not {identifier!r:.60}")
    return Related(kind, identifier)
