"""A query and a media -> the stages of the search, and what another setting would have found."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ...application.models import Application
from ...errors import MediaDBError, Unavailable
from ...indexing.current import current_catalogs
from ...indexing.descriptions import stored_data
from ...media.listing import active_in
from ...media.models import Media
from ...recognition.match.global_descriptor import ENOUGH_KEYPOINTS
from ...recognition.signature import Comparison
from ..query import Query
from ..querying import decode_media
from .geometry import (
    Evidence,
    agreeing_points,
    agreement_of,
    box,
    early_rejection,
    evidence_of,
    meaning,
)
from .stage import NAMES, Explanation, Stage, not_reached
from .trying import try_others
from .watched import NAME, WatchedSearch

RANKED_MAX = 2000  # media are ranked; who comes later is not told where


@dataclass(frozen=True)
class Asked:
    """What is explained. `application`: where the search looks; `home`: of the media.

    `unmet`: names of the filters that the media does not meet.
    """

    application: Application
    home: Application
    query: Query
    media: Media
    unmet: tuple[str, ...] = ()


def explain(asked: Asked, *, tries: bool = True) -> Explanation:
    """Do the search, look at each stage of it for this media, and try other settings (`tries`)."""
    if NAME not in asked.home.signatures:
        advice = "The application has not the signature match: its editors may add it."
        return _ended_at("described", advice, asked)
    watched = WatchedSearch(asked.home, asked.query, current_catalogs(), asked.media.id)
    if watched.description is None:
        return _ended_at("described", "The media that is looked for is not described yet.", asked)
    picture = asked.media.picture_id
    stored = stored_data(watched.registered.key, [picture]).get(picture)
    try:
        reference = None if stored is None else watched.registered.signature.loads(stored)
    except ValueError:
        reference = None
    if reference is None:
        return _not_described(asked, damaged=stored is not None)
    try:
        is_held = watched.holds(picture, reference)
    except Unavailable as exc:
        return _ended_at("indexed", exc.message, asked)
    if not is_held:
        advice = "Its description is stored and its index entry lost: the portal's administrator "
        advice += "mends that with `flask mediadb reindex`."
        return _ended_at("indexed", advice, asked)
    evidence = evidence_of(watched.signature, watched.description, reference)
    judged = watched.found()
    explanation = _explained(asked, watched, evidence, judged)
    if tries and not explanation.found:
        tried = try_others(asked.query, watched, evidence, explanation, picture)
        explanation = replace(explanation, tried=tried)
    return explanation


def unreadable(error: MediaDBError, media: Media) -> Explanation:
    """Of a picture that was sent and cannot be decoded."""
    advice = f"The picture that was sent cannot be read: {error.message}"
    stages = [Stage("readable", False, advice=advice), *not_reached(NAMES[1:])]
    return Explanation(False, stages)


def _explained(
    asked: Asked, watched: WatchedSearch, evidence: Evidence, found: Mapping[str, Comparison]
) -> Explanation:
    media = asked.media.picture_id
    comparison = found.get(media)
    if asked.query.sha256 is not None and asked.query.sha256 == asked.media.sha256:
        comparison = watched.registered.signature.identical(evidence.query) or comparison
    accepted = comparison is not None and comparison.accepted
    stages = [
        Stage("readable", True, advice="Both pictures can be read."),
        _texture(evidence, accepted=accepted),
        Stage("described", True, advice="The media is described by match."),
        Stage("indexed", True, advice="The media is in the index."),
        _shortlisted(watched, media, accepted=accepted),
        early_rejection(evidence),
        agreeing_points(evidence),
        meaning(evidence),
        agreement_of(evidence, comparison),
        box(evidence),
    ]
    if accepted:  # by a second look, a part or the thumbnails, whatever the first look says
        stages = [Stage(s.name, True, s.value, s.threshold, s.of, _PASSED) for s in stages]
    shown = watched.shows(comparison)
    if shown and not accepted:  # asked for with include_shared or include_rejected
        stages = [
            s if s.passed else Stage(s.name, True, s.value, s.threshold, s.of, s.advice)
            for s in stages
        ]
    stages += [_filters(asked, scores_less=accepted and not shown), _rights(asked)]
    is_found = shown and all(one.passed for one in stages)
    return Explanation(is_found, stages, (), comparison)


def _texture(evidence: Evidence, *, accepted: bool) -> Stage:
    counts = {"query": len(evidence.query), "media": len(evidence.reference)}
    least = min(counts.values())
    passed = accepted or least >= ENOUGH_KEYPOINTS
    which = min(counts, key=lambda name: counts[name])
    advice = (
        "Both have enough to hold on to."
        if passed
        else f"The {which} has {least} keypoints; {ENOUGH_KEYPOINTS} are needed to find a part of "
        "it: flat pictures are found as wholes only; try similarity or colors."
    )
    return Stage("texture", passed, least, ENOUGH_KEYPOINTS, advice=advice)


def _shortlisted(watched: WatchedSearch, media: str, *, accepted: bool) -> Stage:
    ranked = [one for one, _ in watched.ranked(RANKED_MAX)]
    rank = ranked.index(media) + 1 if media in ranked else None
    passed = accepted or media in watched.looked_at
    limit = watched.query.candidates
    total = watched.served.status()["indexed"]
    place = f"place {rank}" if rank else "no place"
    advice = (
        f"The index has it at {place} of {total}; it was looked at."
        if passed
        else f"The index has it at {place} of {total}, and the first {limit} are looked at, fewer "
        "where they score like strangers: name the part that is meant as `region`, narrow the "
        "search by keyword or collection, or ask for `thorough=always`."
    )
    return Stage("shortlisted", passed, rank, limit, total, advice)


def _filters(asked: Asked, *, scores_less: bool = False) -> Stage:
    unmet = [*asked.unmet, *(["min_score"] if scores_less else [])]
    advice = (
        f"It does not meet {' and '.join(unmet)}: search without."
        if unmet
        else "It meets all that was asked of it."
    )
    return Stage("filters", not unmet, len(unmet), 0, advice=advice)


def _rights(asked: Asked) -> Stage:
    if asked.home.id != asked.application.id:
        advice = f"It is in another application, {asked.home.name}: search there."
        return Stage("rights", False, advice=advice)
    shown = active_in(asked.application.id, {"_id": asked.media.id})
    if Media.objects(__raw__=shown).only("id").first() is None:
        advice = "It is not published, or being stored or restored: you do not see it yet."
        return Stage("rights", False, advice=advice)
    return Stage("rights", True, advice="You may see it.")


def _not_described(asked: Asked, *, damaged: bool) -> Explanation:
    try:
        decode_media(asked.media)
    except MediaDBError as exc:
        advice = f"The stored file cannot be read: {exc.message}"
        return _ended_at("readable", advice, asked)
    advice = (
        "Its description is damaged: the portal's administrator mends that with "
        "`flask mediadb reindex`."
        if damaged
        else "It is not described by match yet; that is done in the background: try again later."
    )
    return _ended_at("described", advice, asked)


def _ended_at(name: Any, advice: str, asked: Asked) -> Explanation:
    """A search that cannot get further; filters and rights can be told all the same."""
    place = NAMES.index(name)
    said = {"readable": "Both pictures can be read.", "texture": None, "described": "Described."}
    stages = [
        Stage(one, True if said[one] else None, advice=said[one] or "Not described, so not known.")
        for one in NAMES[:place]
    ]
    stages.append(Stage(name, False, advice=advice))
    stages += not_reached(NAMES[place + 1 : -2])
    return Explanation(False, [*stages, _filters(asked), _rights(asked)])


_PASSED = "Passed."
