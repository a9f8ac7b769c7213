"""A search by match that notes which media it looked at."""

from collections.abc import Sequence
from copy import copy
from typing import Any, cast

from ...application.models import Application
from ...indexing.catalogs import Catalogs
from ...indexing.moment import Moment
from ...indexing.serving import Serving
from ...indexing.versions import in_use
from ...recognition.looking import Look, look
from ...recognition.match.signature import MatchSignature
from ...recognition.registered import RegisteredSignature
from ...recognition.signature import Comparison, Signature
from ..actions import describe_query, picture_of_query, stored_descriptions
from ..passing import Passing
from ..query import Query, score_of

NAME = "match"


class _Watched:
    """A signature that notes the references which it verifies."""

    def __init__(self, signature: Signature[Any]) -> None:
        self._signature = signature
        self.seen: list[Any] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._signature, name)

    def verify(self, query: Any, reference: Any) -> Comparison | None:
        self.seen.append(reference)
        return self._signature.verify(query, reference)

    def verify_again(self, query: Any, reference: Any, *, whole: bool = False) -> Comparison | None:
        self.seen.append(reference)
        return self._signature.verify_again(query, reference, whole=whole)

    def verify_part(self, part: Any, reference: Any) -> Comparison | None:
        self.seen.append(reference)
        return self._signature.verify_part(part, reference)


class WatchedSearch:
    """The match part of a search over one application."""

    def __init__(
        self, application: Application, query: Query, catalogs: Catalogs, expected: str
    ) -> None:
        """`expected`: a media that is searched whether it meets the filters or not."""
        version = in_use(catalogs.registry, application.described_versions, NAME)
        self.query = query
        self.registered: RegisteredSignature = catalogs.registry[version]
        self.served: Serving = catalogs.get(application.id, version)
        self.moment = Moment(application.id)
        self.description = describe_query(query, self.registered)
        also = {"$or": [dict(query.within), {"_id": expected}]}
        self.passing = Passing(application, also if query.within else {})
        self.looked_at: set[str] = set()

    def asking(self, query: Query) -> "WatchedSearch":
        """The same search with another query, over the same media at the same moment."""
        other = copy(self)
        other.query, other.looked_at = query, set()
        if (query.sent, query.described) != (self.query.sent, self.query.described):
            other.description = describe_query(query, self.registered)
        return other

    @property
    def signature(self) -> MatchSignature:
        """As this search asks for it."""
        asked = self.query.comparing
        signature = self.registered.signature.asked(
            min_box=asked.min_box, every=asked.include_rejected, alone=True
        )
        return cast(MatchSignature, signature)

    def ranked(self, k: int) -> list[tuple[str, float]]:
        """Up to k media with the scores of the index, best first, of those that are searched."""
        return self.passing.shortlists(self.served, [self.description], k, self.moment)[0]

    def holds(self, media: str, reference: Any) -> bool:
        """Whether the index has the media: asked for its own description it gives it."""
        return bool(self.served.shortlist(reference, 1, [media], self.moment))

    def found(self) -> dict[str, Comparison]:
        """What the search finds, by media; those that it looked at are noted."""
        watched, names = _Watched(self.signature), {}

        def load(signature: Signature[Any], media: Sequence[str]) -> list[tuple[str, Any]]:
            loaded = list(stored_descriptions(self.registered.signature, media))
            names.update({id(reference): one for one, reference in loaded})
            return loaded

        asked = self.query.comparing
        found = look(
            cast(Signature[Any], watched),
            self.description,
            lambda: picture_of_query(self.query),
            lambda descriptions, k: self.passing.shortlists(
                self.served, descriptions, k, self.moment
            ),
            Look(self.query.candidates, asked.include_rejected, asked.thorough or "auto"),
            load,
        )
        self.looked_at = {names[id(one)] for one in watched.seen}
        return dict(found)

    def shows(self, comparison: Comparison | None) -> bool:
        """Whether the answer has this as a hit."""
        asked = self.query.comparing
        return (
            comparison is not None
            and bool(asked.kept({NAME: {NAME: comparison}}))
            and score_of(comparison) >= asked.min_score
        )
