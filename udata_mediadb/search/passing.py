"""Which media pass the filter of a search, without reading all that do.

A filter that most media pass is asked about the candidates of an index only; one that few pass is
read, and the index looks among those alone. Either way a search with a filter costs little more
than one without (docs/explanation/match-index.md, "A filter").
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from ..application.models import Application
from ..indexing.catalogs import MaintainedCatalog
from ..indexing.moment import Moment
from ..media.listing import active_in
from ..media.models import Media

Ranked = list[tuple[str, float]]

# Times the candidates that are wanted: a filter that a tenth passes leaves enough. Measured:
# explanation/match-index.md, "A filter"
_MORE = 10
_MOST_MORE = 1000


class Passing:
    """The active media of an application that meet a filter; for one search."""

    def __init__(self, application: Application, within: Mapping[str, Any]) -> None:
        self._wanted = active_in(application.id, within)
        self._filtered = bool(within)
        self._read = False

    def shortlists(
        self, served: MaintainedCatalog, descriptions: Sequence[Any], k: int, moment: Moment
    ) -> list[Ranked]:
        """Up to k (media id, score) of those that pass, for each description, best first."""
        if not self._filtered:
            return served.shortlists(descriptions, k, None, moment)
        if not self._read:
            more = min(k * _MORE, max(k, _MOST_MORE))
            wide = served.shortlists(descriptions, more, None, moment)
            passing = self._of({media for ranked in wide for media, _ in ranked})
            lists = [[one for one in ranked if one[0] in passing][:k] for ranked in wide]
            enough = (
                len(kept) == k or len(ranked) < more
                for kept, ranked in zip(lists, wide, strict=True)
            )
            if all(enough):
                return lists
        return served.shortlists(descriptions, k, self._all, moment)

    def _of(self, media: set[str]) -> set[str]:
        """Which of these pass; by their ids, whatever index MongoDB might take for the filter."""
        found = Media.objects(__raw__={"$and": [{"_id": {"$in": sorted(media)}}, self._wanted]})
        return {str(one["_id"]) for one in found.hint("_id_").only("id").no_cache().as_pymongo()}

    @cached_property
    def _all(self) -> list[str]:
        self._read = True
        found = Media.objects(__raw__=self._wanted)
        return [str(one["_id"]) for one in found.only("id").no_cache().as_pymongo()]
