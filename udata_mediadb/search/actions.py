"""Search: what is asked (`Query`) -> hits, best first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .. import criteria
from ..application.models import Application
from ..conditions import both
from ..errors import InvalidFields
from ..imaging import Picture
from ..indexing.catalogs import Catalogs
from ..indexing.method import Method
from ..indexing.models import StoredSignature, signature_key
from ..media.models import ACTIVE, Media
from ..signatures.base import Comparison
from .verification import DEPTH, asked_for, verified

TIERS = ("match", "similarity", "colors")  # what is proven comes before what looks alike


@dataclass(frozen=True)
class Query:
    """What to look for: a picture, or the stored descriptions of a media.

    `within`: a further filter, made by `conditions` or `collection.listing.members_clause`.
    `signatures`: names to use, in the application's order. `min_score`: hits whose score is below
    it are left out. `min_box`: share of a stored picture that must be seen for a match, the usual
    one where None. `candidates`: verified per batch.
    """

    picture: Picture | None = None
    media: str | None = None
    keywords: Sequence[str] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)
    within: Mapping[str, Any] = field(default_factory=dict)
    signatures: Sequence[str] = ("match",)
    include_rejected: bool = False
    min_score: float = 0.0
    min_box: float | None = None
    candidates: int = 20


@dataclass(frozen=True)
class Hit:
    """A stored media and what each signature found between it and the query."""

    media: Media
    comparisons: Mapping[str, Comparison]

    @property
    def best_signature(self) -> str:
        """The signature that ranks this hit: accepted before rejected, then by tier."""
        return min(self.comparisons, key=lambda name: _rank(name, self.comparisons[name]))

    @property
    def best(self) -> Comparison:
        return self.comparisons[self.best_signature]

    @property
    def score(self) -> float:
        """How sure the best signature is, 0 to 1."""
        return score_of(self.best)


def score_of(comparison: Comparison) -> float:
    """How sure it is, 0 to 1: the signature's own confidence, else the closeness."""
    return float(comparison.details.get("confidence", 1.0 - comparison.distance))


def search(application: Application, query: Query, catalogs: Catalogs) -> list[Hit]:
    """Hits among the active media of the application, best first."""
    allowed = _allowed(application, query)
    found: dict[str, dict[str, Comparison]] = {}
    for name in query.signatures:
        method = catalogs.methods[name]
        description = _describe(query, method)
        if description is None:
            continue
        catalog = catalogs.get(application.id, name)
        ranked = catalog.shortlist(description, query.candidates * DEPTH, allowed)
        for media, comparison in verified(
            asked_for(method.signature, query.min_box, every=query.include_rejected),
            description,
            ranked,
            query.candidates,
            every=query.include_rejected,
            shared=query.min_box is not None,
        ):
            if comparison.accepted or query.include_rejected:
                found.setdefault(media, {})[name] = comparison
    active = Media.objects(id__in=list(found), application=application.id, state=ACTIVE)
    hits = [Hit(media, found[media.id]) for media in active]
    hits = [hit for hit in hits if hit.score >= query.min_score]
    return sorted(hits, key=lambda hit: (*_rank(hit.best_signature, hit.best), hit.media.id))


def choose_signatures(application: Application, names: Sequence[str]) -> list[str]:
    """The signatures to use: those named, all of the application where none is.

    Raises InvalidFields for one that the application has not.
    """
    own = list(application.signatures)
    for name in names:
        if name not in own:
            has = ", ".join(own)
            raise InvalidFields(
                {"signatures": f"the application has no {name!r:.40}; it has {has}"}
            )
    return list(dict.fromkeys(names)) or own


def _allowed(application: Application, query: Query) -> list[str] | None:
    wanted = both(criteria.query(query.keywords, query.metadata), query.within)
    if not wanted:
        return None
    found = Media.objects(application=application.id, state=ACTIVE)
    return [str(media) for media in found.filter(__raw__=wanted).scalar("id").no_cache()]


def _describe(query: Query, method: Method) -> Any:
    if query.picture is not None:
        return method.signature.describe(query.picture)
    key = signature_key(method.signature)
    stored = StoredSignature.objects(id=f"{query.media}/{key}").first()
    if stored is None:
        return None
    return method.signature.loads(bytes(stored.data))


def _rank(name: str, comparison: Comparison) -> tuple[bool, int, float]:
    tier = TIERS.index(name) if name in TIERS else len(TIERS)
    return not comparison.accepted, tier, comparison.distance
