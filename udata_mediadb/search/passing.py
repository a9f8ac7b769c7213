"""Which media pass the filter of a search, without reading all that do.

A filter that most media pass is asked about the candidates of an index only; one that few pass is
read, and the index looks among those alone. Either way a search with a filter costs little more
than one without (docs/explanation/match-index.md, "A filter").
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from ..application.models import Application
from ..indexing.moment import Moment
from ..indexing.serving import Serving
from ..media.listing import active_in
from ..media.models import Media
from ..media.pictures import later_pictures

Ranked = list[tuple[str, float]]

# Times the candidates that are wanted: a filter that a tenth passes leaves enough. Measured:
# explanation/match-index.md, "A filter"
_MORE = 10
_MOST_MORE = 1000
_FIRST = 3  # times those wanted are asked about first: a filter that a half passes leaves enough


class Passing:
    """The active media of an application that meet a filter; for one search."""

    def __init__(self, application: Application, within: Mapping[str, Any]) -> None:
        self._wanted = active_in(application.id, within)
        self._filtered = bool(within)
        self._read = False
        self._application = application.id
        self._later: dict[str, str] = {}

    def shortlists(
        self, served: Serving, descriptions: Sequence[Any], k: int, moment: Moment
    ) -> list[Ranked]:
        """Up to k (picture, score) of those that pass, for each description, best first."""
        if not self._filtered:
            return served.shortlists(descriptions, k, None, moment)
        if not self._read:
            more = min(k * _MORE, max(k, _MOST_MORE))
            wide = served.shortlists(descriptions, more, None, moment)
            lists = self._of_wide(wide, k)
            enough = (
                len(kept) == k or len(ranked) < more
                for kept, ranked in zip(lists, wide, strict=True)
            )
            if all(enough):
                return lists
        return served.shortlists(descriptions, k, self._all, moment)

    def is_outdated(self) -> bool:
        """Whether a picture was replaced since all that pass were read."""
        return self._read and self._later != later_pictures(self._application)

    def _of_wide(self, wide: Sequence[Ranked], k: int) -> list[Ranked]:
        """The first k that pass, of each list; mostly the first ones tell, and no other is read."""
        first = [ranked[: _FIRST * k] for ranked in wide]
        passing = self._of({picture for ranked in first for picture, _ in ranked})
        lists = [[one for one in ranked if one[0] in passing][:k] for ranked in first]
        if all(len(kept) == k for kept in lists):
            return lists
        later = {picture for ranked in wide for picture, _ in ranked[_FIRST * k :]}
        passing |= self._of(later) if later else set()
        return [[one for one in ranked if one[0] in passing][:k] for ranked in wide]

    def _of(self, pictures: set[str]) -> set[str]:
        """Which of these pass; by their ids, whatever index MongoDB might take for the filter."""
        home = later_pictures(self._application, sorted(pictures))
        media = sorted({home.get(one, one) for one in pictures})
        found = Media.objects(__raw__={"$and": [{"_id": {"$in": media}}, self._wanted]})
        shown = found.hint("_id_").only("id").no_cache().as_pymongo()
        passing = {str(one["_id"]) for one in shown}
        return {one for one in pictures if home.get(one, one) in passing}

    @cached_property
    def _all(self) -> list[str]:
        """The ids of the media that pass, and of all pictures that they have and had."""
        self._read, self._later = True, later_pictures(self._application)
        found = Media.objects(__raw__=self._wanted)
        media = {str(one["_id"]) for one in found.only("id").no_cache().as_pymongo()}
        return [*media, *(one for one, home in self._later.items() if home in media)]
