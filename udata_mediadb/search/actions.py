"""Search: what is asked (`Query`) -> hits, best first."""

from collections.abc import Mapping, Sequence
from typing import Any

from .. import criteria
from ..application.models import Application
from ..conditions import both
from ..errors import InvalidFields
from ..indexing.catalogs import Catalogs
from ..indexing.method import Method
from ..indexing.versions import in_use
from ..media.models import ACTIVE, Media
from ..signatures.base import Comparison
from .blending import BLENDED, NAME, blended
from .query import Hit, Query
from .verification import DEPTH, asked_for, compared, stored_descriptions, verified

Found = dict[str, dict[str, Comparison]]  # by media, by signature


def search(application: Application, query: Query, catalogs: Catalogs) -> list[Hit]:
    """Hits among the active media of the application, best first."""
    allowed = _allowed(application, query)
    found: Found = {}
    for name in BLENDED if query.blend is not None else query.signatures:
        _search_by(name, application, query, catalogs, allowed, found)
    if query.blend is not None:
        found = _blended(application, query, catalogs, found)
    kept = {media: _shown(comparisons, query) for media, comparisons in found.items()}
    kept = {media: some for media, some in kept.items() if some and media != query.without}
    active = Media.objects(id__in=list(kept), application=application.id, state=ACTIVE)
    hits = [Hit(media, kept[media.id]) for media in active]
    least = _least_scores(query, catalogs)
    return sorted(
        (hit for hit in hits if hit.score >= least.get(hit.best_signature, query.min_score)),
        key=lambda hit: hit.rank,
    )


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


def _search_by(
    name: str,
    application: Application,
    query: Query,
    catalogs: Catalogs,
    allowed: Sequence[str] | None,
    found: Found,
) -> None:
    """Add to `found` what this signature finds."""
    version = in_use(catalogs.methods, application.built, name)
    method = catalogs.methods[version]
    description = _describe(query, method)
    if description is None:
        return
    signature, served = method.signature, catalogs.get(application.id, version)
    if method.candidates is not None:
        ranked = served.shortlist(description, method.candidates, allowed)
        comparisons = compared(signature, description, [media for media, _ in ranked])
    else:
        ranked = served.shortlist(description, query.candidates * DEPTH, allowed)
        comparisons = verified(
            asked_for(signature, query.min_box, every=query.include_rejected),
            description,
            ranked,
            query.candidates,
            every=query.include_rejected,
            shared=query.min_box is not None,
        )
    for media, comparison in comparisons:
        found.setdefault(media, {})[name] = comparison


def _blended(application: Application, query: Query, catalogs: Catalogs, found: Found) -> Found:
    """Compare what one signature found by the other one too; both in one distance."""
    for name in BLENDED:
        method = catalogs.methods[in_use(catalogs.methods, application.built, name)]
        description = _describe(query, method)
        lacking = [media for media, by in found.items() if name not in by]
        if description is not None:
            for media, one in compared(method.signature, description, lacking):
                found[media][name] = one
    assert query.blend is not None
    both_of = {media: blended(by, query.blend) for media, by in found.items()}
    return {media: {NAME: one, **found[media]} for media, one in both_of.items() if one}


def _shown(comparisons: Mapping[str, Comparison], query: Query) -> dict[str, Comparison]:
    if NAME in comparisons:
        keep = comparisons[NAME].accepted or query.include_rejected
        return dict(comparisons) if keep else {}
    return {
        name: comparison
        for name, comparison in comparisons.items()
        if comparison.accepted or query.include_rejected
    }


def _least_scores(query: Query, catalogs: Catalogs) -> dict[str, float]:
    """By signature. Beside others, what only looks a little alike would bury what is proven."""
    several = len(query.signatures) > 1 and not query.include_rejected
    return {
        name: max(query.min_score, catalogs.methods[name].beside if several else 0.0)
        for name in query.signatures
    }


def _allowed(application: Application, query: Query) -> list[str] | None:
    wanted = both(criteria.query(query.keywords, query.metadata), query.within)
    if not wanted:
        return None
    found = Media.objects(application=application.id, state=ACTIVE)
    return [str(media) for media in found.filter(__raw__=wanted).scalar("id").no_cache()]


def _describe(query: Query, method: Method) -> Any:
    if query.palette is not None and method.signature.name == "colors":
        return query.palette
    if query.picture is not None:
        return method.signature.describe(query.picture)
    wanted = [query.media] if query.media else []
    return next((one for _, one in stored_descriptions(method.signature, wanted)), None)
