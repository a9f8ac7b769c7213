"""What may be said of a picture: its arguments, and what of it the portal knows (licences)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..errors import InvalidFields
from ..web.about_readers import (
    read_description,
    read_licence,
    read_line,
    read_long_text,
    read_moment,
    read_place,
    read_taken_at,
    read_title,
)
from ..web.arguments import Argument, readers
from ..web.readers import read_properties
from .current import current_host

_TEXTS = "; also an object of texts by language"
_ABOUT = (
    Argument("title", "what the picture is called" + _TEXTS, read=read_title),
    Argument("description", "what it shows and why, in Markdown" + _TEXTS, read=read_description),
    Argument("alt", "what it shows, for who cannot see it" + _TEXTS, read=read_description),
    Argument("creator", "who made it", read=read_line, schema={"example": "Ada Example"}),
    Argument(
        "credit", "who is to be named beside it; default in an attribution: creator", read=read_line
    ),
    Argument("source", "where it comes from, an address or text", read=read_line),
    Argument(
        "licence",
        "id of a licence of the portal; elsewhere than in udata SPDX's, such as CC-BY-4.0",
        read=read_licence,
        schema={"example": "CC-BY-4.0"},
    ),
    Argument("rights", "what else is to be said of rights", read=read_long_text),
    Argument(
        "taken_at",
        "when it was made, in the precision that is known: 1932, 1932-05, 1932-05-17",
        read=read_taken_at,
        schema={"example": "1932-05"},
    ),
    Argument(
        "place",
        "where: an object with `name`, and with `latitude` and `longitude` where everybody may "
        "know them",
        "object",
        read=read_place,
    ),
)
_PUBLISHING = (
    Argument(
        "published_from",
        "shown from then on, ISO 8601; before, only to who may edit it (embargo)",
        read=read_moment,
        schema={"example": "2027-01-01T00:00:00Z"},
    ),
    Argument("published_until", "shown until then, likewise", read=read_moment),
    Argument(
        "takedown",
        "why it was taken down: it is answered 410 with these words, and is found by nothing",
        read=read_line,
    ),
)
# null takes one away, as an empty value does
ABOUT, PUBLISHING = (
    tuple(replace(one, schema={**one.schema, "x-nullable": True}) for one in some)
    for some in (_ABOUT, _PUBLISHING)
)
_READERS = readers(*ABOUT, *PUBLISHING)


def requested_about(properties: Mapping[str, Any]) -> dict[str, Any]:
    """What the properties say, clean; an empty value, or null, means that it is to be taken away.

    InvalidFields for what cannot be read, for a licence that the portal has not, and for an end
    before the beginning.
    """
    about = read_properties(properties, _READERS)
    about |= {name: "" for name in _READERS if name in properties and properties[name] is None}
    licence = about.get("licence")
    if licence and licence not in (held := current_host().licences()):
        raise InvalidFields({"licence": _unknown(licence, sorted(held))})
    first, last = about.get("published_from"), about.get("published_until")
    if first and last and last <= first:
        raise InvalidFields({"published_until": "comes after published_from"})
    return about


def _unknown(licence: str, known: Sequence[str]) -> str:
    if not known:
        return f"Unknown licence {licence!r:.60}: the portal has no licences yet"
    return f"Unknown licence {licence!r:.60}: it is one such as {', '.join(known[:12])}"
