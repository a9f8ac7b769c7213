"""Collections by the words of their names, keywords and metadata, as media are found by theirs.

Collections store no words: there are some hundred to an application, not a hundred thousand, and
they are read for it.
"""

from collections.abc import Collection, Mapping
from typing import Any

from ..filters.words import text_query, words_of


def having_words(found: Any, text: str) -> Any:
    """Those of a query set of collections that have every word of `text`; all for an empty one."""
    if not text.strip():
        return found
    query = text_query(text)
    shown = found.only("id", "name", "keywords", "metadata").no_cache()
    ids = [one.id for one in shown if _meets(words_of(one.name, one.keywords, one.metadata), query)]
    return found.filter(id__in=ids)


def _meets(words: Collection[str], query: Mapping[str, Any]) -> bool:
    """Whether words meet a `text_query`, which MongoDB answers where words are stored."""
    if "$and" in query:
        return all(_meets(words, one) for one in query["$and"])
    if "$or" in query:
        return any(_meets(words, one) for one in query["$or"])
    if not query:
        return True
    beginning = query["words"].get("$regex", "")[1:]
    return bool(beginning) and any(word.startswith(beginning) for word in words)
