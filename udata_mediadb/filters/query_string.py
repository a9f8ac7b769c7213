"""The query string of a media list -> criteria."""

from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import MultiDict

from ..hosts.related import Related, read_related
from ..web.readers import read_properties

METADATA_PREFIX = "metadata."


@dataclass(frozen=True)
class MediaFilter:
    """What a list asks for; `metadata` values are lists: any of them."""

    keywords: list[str] = field(default_factory=list)
    metadata: dict[str, Any] = field(default_factory=dict)
    text: str | None = None
    related: list[Related] = field(default_factory=list)
    sort: str | None = None


def read_filter(args: MultiDict[str, str]) -> MediaFilter:
    """`keyword`, `related` (repeatable: all must hold), `metadata.<key>` (repeatable: any), `q`,
    `sort`; InvalidFields for what is no reference."""
    keywords = [word for word in args.getlist("keyword") + args.getlist("keywords") if word.strip()]
    metadata = {
        key.removeprefix(METADATA_PREFIX): args.getlist(key)
        for key in args
        if key.startswith(METADATA_PREFIX) and key != METADATA_PREFIX
    }
    named = {"related": ",".join(args.getlist("related"))}
    related = read_properties(named, {"related": read_related})["related"]
    return MediaFilter(
        keywords, metadata, text=args.get("q"), related=related, sort=args.get("sort")
    )
