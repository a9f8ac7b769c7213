"""What a route takes by name, declared once: for its reader, the OpenAPI document and the docs."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

Reader = Callable[[Any], Any]
ANY_KEY = "<key>"  # ends the name of an argument that stands for many: `metadata.<key>`

# What other APIs call it. The first that a route knows is named to whoever sends the other.
_CALLED_ELSEWHERE: Mapping[str, tuple[str, ...]] = {
    "limit": ("page_size",),
    "per_page": ("page_size",),
    "size": ("page_size",),
    "title": ("name",),
    "label": ("name",),
    "tag": ("keyword", "keywords"),
    "tags": ("keyword", "keywords"),
    "search": ("q",),
    "query": ("q",),
    "text": ("q",),
    "order": ("sort",),
    "order_by": ("sort",),
    "ordering": ("sort",),
    "threshold": ("min_score",),
    "tolerance": ("min_score",),
    "picture": ("image",),
    "photo": ("image",),
    "app": ("application",),
}
_LIKE = 0.6  # difflib's own default: "keywrods" is like "keywords", "colour" is not like "sort"
SHOWN_CHARACTERS = 60  # of a name that a client sent


@dataclass(frozen=True)
class Argument:
    """One argument. `schema`: what JSON Schema says of it beside `type`, such as enum and example.

    `read`: gives the clean value of what a client sent, or ValueError with what is accepted; None
    where the route itself looks. `repeated`: may be given several times in a query string.
    """

    name: str
    description: str
    type: str = "string"
    read: Reader | None = None
    repeated: bool = False
    required: bool = False
    aliases: tuple[str, ...] = ()
    schema: Mapping[str, Any] = field(default_factory=dict)

    def covers(self, name: str) -> bool:
        """Whether a client that sends this name means this argument."""
        if self.name.endswith(ANY_KEY):
            prefix = self.name.removesuffix(ANY_KEY)
            return name.startswith(prefix) and name != prefix
        return name == self.name or name in self.aliases

    def differ(self, one: Any, other: Any) -> bool:
        """Whether two values that were sent for it mean different things."""
        if one == other:
            return False
        try:
            if self.read is not None:
                return bool(self.read(one) != self.read(other))
        except ValueError:
            return True
        return _text(one) != _text(other)


def readers(*arguments: Argument) -> dict[str, Reader]:
    """The readers of these by name, for `read_properties`."""
    return {one.name: one.read for one in arguments if one.read is not None}


def find(arguments: Iterable[Argument], name: str) -> Argument | None:
    """The one that covers the name."""
    return next((one for one in arguments if one.covers(name)), None)


def unknown(name: str, known: Iterable[Argument]) -> str:
    """What to say of an argument that a route does not know: the nearest one, else all."""
    names = [one.name for one in known]
    if not names:
        return "unknown argument; this takes none here"
    for usual in _CALLED_ELSEWHERE.get(name.lower(), ()):
        if usual in names:
            return f'unknown argument; did you mean "{usual}"?'
    near = get_close_matches(name[:SHOWN_CHARACTERS].lower(), names, n=1, cutoff=_LIKE)
    if near:
        return f'unknown argument; did you mean "{near[0]}"?'
    return f"unknown argument; there are: {', '.join(names)}"


def shown(name: str) -> str:
    """A name that a client sent, fit for an error and a header."""
    return name[:SHOWN_CHARACTERS].encode("ascii", "backslashreplace").decode()


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
