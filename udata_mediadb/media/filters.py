"""The query string of a media list -> criteria."""

from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import MultiDict

METADATA_PREFIX = "metadata."


@dataclass(frozen=True)
class MediaFilter:
    """What a list asks for; `metadata` values are lists: any of them."""

    keywords: list[str] = field(default_factory=list)
    metadata: dict[str, Any] = field(default_factory=dict)
    text: str | None = None
    sort: str | None = None


def read_filter(args: MultiDict[str, str]) -> MediaFilter:
    """`keyword` (repeatable: all must hold), `metadata.<key>` (repeatable: any), `q`, `sort`."""
    keywords = [word for word in args.getlist("keyword") + args.getlist("keywords") if word.strip()]
    metadata = {
        key.removeprefix(METADATA_PREFIX): args.getlist(key)
        for key in args
        if key.startswith(METADATA_PREFIX) and key != METADATA_PREFIX
    }
    return MediaFilter(keywords, metadata, args.get("q"), args.get("sort"))
