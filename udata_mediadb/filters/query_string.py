"""The query string of a list of media -> criteria; `arguments` declares what it has."""

from typing import Any

from werkzeug.datastructures import MultiDict

from ..hosts.related import read_related
from ..web.readers import read_properties
from .arguments import KEYWORD_NAMES
from .compose import Criteria

METADATA_PREFIX = "metadata."


def read_criteria(args: MultiDict[str, str]) -> Criteria:
    """`keyword`, `related` (repeatable: all must hold), `metadata.<key>` (repeatable: any), `q`.

    InvalidFields for what is no reference.
    """
    named = [word for name in KEYWORD_NAMES for word in args.getlist(name)]
    keywords = [word for word in named if word.strip()]
    metadata: dict[str, Any] = {
        key.removeprefix(METADATA_PREFIX): args.getlist(key)
        for key in args
        if key.startswith(METADATA_PREFIX) and key != METADATA_PREFIX
    }
    texts = {"related": ",".join(args.getlist("related"))}
    related = read_properties(texts, {"related": read_related})["related"]
    return Criteria(keywords, metadata, args.get("q", ""), related)
