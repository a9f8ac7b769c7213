"""The query string of a list of media -> criteria; and how the API page describes it."""

from collections.abc import Sequence
from typing import Any

from werkzeug.datastructures import MultiDict

from ..hosts.related import read_related
from ..web.readers import read_properties
from .compose import Criteria

METADATA_PREFIX = "metadata."

# What `read_criteria` reads.
CRITERIA_PARAMS = {
    "keyword": {"in": "query", "description": "Only media with this keyword; repeat for several"},
    "metadata.<key>": {"in": "query", "description": "Only media whose metadata has this value"},
    "q": {"in": "query", "description": "Words that begin words of name, keywords or metadata"},
    "related": {
        "in": "query",
        "description": "Only media that illustrate this object, Class:id; repeat for several",
    },
}


def sort_param(keys: Sequence[str]) -> dict[str, dict[str, str]]:
    """The parameter `sort` with these keys."""
    named = f"{', '.join(keys[:-1])} or {keys[-1]}"
    return {"sort": {"in": "query", "description": f"{named}; - descends"}}


def read_criteria(args: MultiDict[str, str]) -> Criteria:
    """`keyword`, `related` (repeatable: all must hold), `metadata.<key>` (repeatable: any), `q`.

    InvalidFields for what is no reference.
    """
    keywords = [word for word in args.getlist("keyword") + args.getlist("keywords") if word.strip()]
    metadata: dict[str, Any] = {
        key.removeprefix(METADATA_PREFIX): args.getlist(key)
        for key in args
        if key.startswith(METADATA_PREFIX) and key != METADATA_PREFIX
    }
    named = {"related": ",".join(args.getlist("related"))}
    related = read_properties(named, {"related": read_related})["related"]
    return Criteria(keywords, metadata, args.get("q", ""), related)
