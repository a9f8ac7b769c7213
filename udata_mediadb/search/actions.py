"""Search: what is asked (`Query`) -> hits, best first."""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..application.models import Application
from ..errors import InvalidFields
from ..filters.conditions import both
from ..imaging import Picture
from ..indexing.catalogs import Catalogs
from ..indexing.descriptions import stored_data
from ..indexing.moment import Moment
from ..indexing.serving import Serving
from ..indexing.versions import in_use
from ..media.models import Media
from ..recognition.looking import Look, look
from ..recognition.registered import RegisteredSignature
from ..recognition.signature import Comparison, Signature, signature_key
from ..recognition.verification import compared, loading
from ..web.stages import stage
from .blending import blended
from .collapsing import collapsed
from .found_media import media_of, media_that_had
from .overtaken import has_switched
from .passing import Passing
from .query import BLEND, Described, Hit, Query, is_sure, ranked_hits

stored_descriptions = loading(stored_data)
LOOKS_MAX = 3  # who looks again lost a race against one write
Found = dict[str, dict[str, Comparison]]  # by picture, by signature


@dataclass(frozen=True)
class _Asked:
    """One signature of a search: its version in use, and what it looks for."""

    name: str
    registered: RegisteredSignature
    served: Serving
    description: Any


def search(application: Application, query: Query, catalogs: Catalogs) -> list[Hit]:
    """Hits among the active media of the application, best first.

    Looks again where a picture was replaced meanwhile that it had found: else a picture that shows
    what both show would find neither. Looks again, too, where it compared by a version that was
    taken away meanwhile. The last look takes what was so when it began.
    """
    earlier: set[str] = set()
    for _ in range(LOOKS_MAX - 1):
        hits = _search(application, query, catalogs, earlier)
        switched = has_switched(application, query.comparing.signatures, catalogs.registry)
        if hits is not None and not switched:
            return hits
    return _search(application, query, catalogs, earlier, is_last=True) or []


def _search(
    application: Application,
    query: Query,
    catalogs: Catalogs,
    known: set[str],
    *,
    is_last: bool = False,
) -> list[Hit] | None:
    """Hits; None where a picture was found that is an earlier one by now.

    `known`: those that were earlier ones before this look; they are added here.
    """
    asked = list(_asked(application, query, catalogs))
    passing = Passing(application, query.within)
    found: Found = {}
    moment = Moment(application.id)
    for one in asked:
        with stage(f"verify:{one.name}"):
            by_one = _found_by(one, query, passing, moment)
        for picture, comparison in by_one:
            found.setdefault(picture, {})[one.name] = comparison
    blend = query.comparing.blend
    if blend is not None:
        found = _blended(asked, found, blend)
    kept = query.comparing.kept(found)
    least, otherwise = _least_scores(query, catalogs), query.comparing.min_score
    sure = {one for one, by in kept.items() if is_sure(by, least, otherwise)}
    with stage("media"):
        hits = _hits(application, query, asked, kept, sure)
    unknown = sure.difference({query.media}, hits, known)
    replaced = media_that_had(application, unknown) if unknown else {}
    if not is_last and (replaced or passing.is_outdated()):
        known.update(replaced)
        return None
    shown = {media.id: (media, kept[picture]) for picture, media in replaced.items()}
    shown |= {media.id: (media, compared_by) for media, compared_by in hits.values()}
    shown.pop(query.without or "", None)
    ranked = ranked_hits(shown.values(), least, otherwise)
    return collapsed(ranked, _looks(asked, ranked)) if query.comparing.collapse else ranked


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


def _asked(application: Application, query: Query, catalogs: Catalogs) -> Iterator[_Asked]:
    """The signatures of the query; without those for which a stored media is not described yet."""
    versions = {
        name: in_use(catalogs.registry, application.described_versions, name)
        for name in query.comparing.signatures
    }
    every = [catalogs.registry[version] for version in versions.values()]
    for name, version in versions.items():
        registered = catalogs.registry[version]
        with stage(f"describe:{registered.signature.name}"):
            if query.sent is not None:
                query.sent.describe_by(_of_pixels(query, every))
            description = describe_query(query, registered)
        if description is not None:
            yield _Asked(name, registered, catalogs.get(application.id, version), description)


def _of_pixels(query: Query, every: Sequence[RegisteredSignature]) -> list[Signature[Any]]:
    """The signatures that describe the picture; a palette is one of colors itself."""
    signatures = [one.signature for one in every]
    has_palette = query.comparing.palette is not None
    return [one for one in signatures if not (has_palette and one.name == "colors")]


def _found_by(
    asked: _Asked, query: Query, passing: Passing, moment: Moment
) -> list[tuple[str, Comparison]]:
    """Media and their comparisons, by one signature."""
    comparing, candidates = query.comparing, asked.registered.candidates
    signature = asked.registered.signature.asked(
        min_box=comparing.min_box,
        every=comparing.include_rejected,
        alone=list(comparing.signatures) == [asked.name],
    )
    if candidates is not None:
        with stage(f"shortlist:{asked.name}"):
            (ranked,) = passing.shortlists(asked.served, [asked.description], candidates, moment)
        shown = comparing.include_rejected or comparing.blend is not None
        least = -math.inf if shown else signature.hopeless_below
        media = [media for media, score in ranked if score >= least]
        return compared(signature, asked.description, media, stored_descriptions)

    def shortlists(descriptions: Sequence[Any], k: int) -> list[list[tuple[str, float]]]:
        with stage(f"shortlist:{asked.name}"):
            return passing.shortlists(asked.served, descriptions, k, moment)

    return look(
        signature,
        asked.description,
        lambda: picture_of_query(query),
        shortlists,
        Look(query.candidates, comparing.include_rejected, comparing.thorough or "auto"),
        stored_descriptions,
    )


def _blended(asked: Sequence[_Asked], found: Found, share: float) -> Found:
    """Compare what one signature found by the other one too; both in one distance."""
    for one in asked:
        lacking = [media for media, by in found.items() if one.name not in by]
        for media, comparison in compared(
            one.registered.signature, one.description, lacking, stored_descriptions
        ):
            found[media][one.name] = comparison
    both_of = {media: blended(by, share) for media, by in found.items()}
    return {media: {BLEND: one, **found[media]} for media, one in both_of.items() if one}


def _hits(
    application: Application,
    query: Query,
    asked: Sequence[_Asked],
    kept: Mapping[str, dict[str, Comparison]],
    sure: Collection[str],
) -> dict[str, tuple[Media, dict[str, Comparison]]]:
    """By picture, hits with their media, and what is stored of the very same file, whatever it
    shows. `sure`: those of `kept` that are shown; only their documents are read, of hundreds."""
    every = ((one.name, one.registered.signature.identical(one.description)) for one in asked)
    same = {name: comparison for name, comparison in every if comparison is not None}
    wanted: dict[str, Any] = {"_id": {"$in": list(sure)}}
    if query.sha256 is not None and same:
        wanted = {"$or": [wanted, both({"sha256": query.sha256}, query.within)]}
    found = {}
    for picture, media in media_of(application, wanted, sure).items():
        comparisons = dict(kept.get(picture, {}))
        if media.sha256 == query.sha256:
            comparisons.update(same)
        if comparisons:
            found[picture] = (media, comparisons)
    return found


def _looks(asked: Sequence[_Asked], hits: Sequence[Hit]) -> dict[str, Any]:
    """What similarity describes of the hits, where it is asked."""
    media = {hit.media.picture_id: hit.media.id for hit in hits}
    similar = next((one for one in asked if one.name == "similarity"), None)
    if similar is None:
        return {}
    found = stored_descriptions(similar.registered.signature, list(media))
    return {media[picture]: description for picture, description in found}


def _least_scores(query: Query, catalogs: Catalogs) -> dict[str, float]:
    """By signature. Beside others, what only looks a little alike would bury what is proven."""
    asked = query.comparing
    several = len(asked.signatures) > 1 and not asked.include_rejected and asked.palette is None
    return {
        name: max(asked.min_score, catalogs.registry[name].beside if several else 0.0)
        for name in asked.signatures
    }


def describe_query(query: Query, registered: RegisteredSignature) -> Any:
    """What a signature looks for; None where a stored media is not described yet."""
    palette = query.comparing.palette
    if palette is not None and registered.signature.name == "colors":
        return palette
    if query.sent is not None:
        return query.sent.described(registered.signature)
    if query.described is not None:
        return described_before(query.described, registered.signature)
    wanted = [query.media] if query.media else []
    found = next((one for _, one in stored_descriptions(registered.signature, wanted)), None)
    if found is None or query.pixels is None:
        return found
    return registered.signature.with_pixels(found, query.pixels)


def described_before(described: Described, signature: Signature[Any]) -> Any:
    """The description as it was stored; made anew where the signature came, or changed, since."""
    data = described.descriptions.get(signature_key(signature))
    if data is not None:
        return signature.with_pixels(signature.loads(data), described.picture)
    return signature.describe(described.picture())


def picture_of_query(query: Query) -> Picture | None:
    """The pixels, where they are at hand, as every page of the search sees them."""
    if query.sent is not None:
        return query.sent.seen
    return query.described.picture() if query.described is not None else None
