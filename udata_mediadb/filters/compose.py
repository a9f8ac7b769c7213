"""What is asked of media by keywords, metadata, words, related objects and a query -> one filter.

The only place where the parts of a filter come together: for lists, collections, colours, search.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..hosts.related import Related, related_query
from . import terms
from .conditions import both, clause
from .words import text_query


@dataclass(frozen=True)
class Criteria:
    """What media must meet, all of it; checked in form.

    `metadata`: a list of values means any of them. `text`: every word of it begins a word of the
    name, the keywords or the metadata. `related`: all of them. `query`: see `conditions`.
    """

    keywords: Sequence[str] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""
    related: Sequence[Related] = ()
    query: Mapping[str, Any] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether anything is asked."""
        named = (self.keywords, self.metadata, self.text, self.related, self.query)
        return any(named)


def compose(criteria: Criteria, *further: Mapping[str, Any]) -> dict[str, Any]:
    """The filter over media that meets the criteria and all `further` filters of ours."""
    return both(
        terms.query(criteria.keywords, criteria.metadata),
        text_query(criteria.text),
        related_query(criteria.related),
        clause(criteria.query),
        *further,
    )
