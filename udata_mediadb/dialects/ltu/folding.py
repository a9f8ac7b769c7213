"""Properties that LTU's guide does not name: a plain value is taken for metadata."""

from collections.abc import Collection, Mapping
from typing import Any

from flask import current_app

from ...errors import InvalidFields
from ...web.readers import read_metadata

ADD_FIELDS = frozenset({"url", "name", "keywords", "metadata", "md5"})
SEARCH_FIELDS = frozenset(
    {
        *("url", "keywords", "metadata", "query", "collection", "smart_collection"),
        *("palette", "blend", "signatures", "min_score", "min_box", "thorough"),
        *("include_shared", "include_rejected"),
        *("region", "flip", "explain"),
        *("limit", "page", "page_size", "envelope"),
    }
)
# Meant for a new media: no criteria of a search.
NOT_SEARCHED = frozenset({"name", "md5"})


def fold_unknown(
    properties: Mapping[str, Any], known: Collection[str], ignored: Collection[str] = ()
) -> tuple[dict[str, Any], list[str]]:
    """The known properties, with unknown plain values in `metadata`, and a warning for each.

    `ignored` ones are left out, with a warning. Raises InvalidFields for unknown ones where
    MEDIADB_LTU_STRICT is set.
    """
    unknown = {key: value for key, value in properties.items() if key not in known}
    kept = {key: value for key, value in properties.items() if key in known}
    if unknown and current_app.config["MEDIADB_LTU_STRICT"]:
        accepted = ", ".join(sorted(known))
        raise InvalidFields(dict.fromkeys(unknown, f"unknown; there are {accepted}"))
    folded = {
        key: value
        for key, value in unknown.items()
        if isinstance(value, str | int | float) and key not in ignored
    }
    if folded:
        kept["metadata"] = {**folded, **_metadata(kept.get("metadata"))}
    return kept, [
        f"{key!r:.60} is taken for metadata" if key in folded else f"{key!r:.60} is ignored"
        for key in unknown
    ]


def _metadata(value: Any) -> dict[str, Any]:
    if value is None or value == "":
        return {}
    try:
        return read_metadata(value)
    except ValueError as exc:
        raise InvalidFields({"metadata": str(exc)}) from exc
