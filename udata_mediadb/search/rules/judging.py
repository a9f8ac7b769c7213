"""Whether a media meets a rule by picture, and all media that do."""

from collections.abc import Iterator
from typing import Any

from ...application.models import Application
from ...imaging import decode
from ...indexing.catalogs import Catalogs
from ...indexing.versions import in_use
from ...media.described import DECODE_SIDE_PX
from ...media.models import Media
from ...recognition.colors import read_palette
from ...recognition.signature import ACCEPTED, Comparison, Signature
from ..actions import described_before, search, stored_descriptions
from ..query import Comparing, Described, Query, score_of
from ..sent import COPY_SIDE_PX
from .models import PictureRule

COLORS = "colors"


def judge(
    rule: PictureRule, application: Application, media: Media, catalogs: Catalogs
) -> Comparison | None:
    """What is between the rule's picture and this media; None where that is not enough.

    By its own description alone: nothing is searched, so it costs some milliseconds.
    """
    signature = _signature(rule, application, catalogs)
    if signature is None:
        return None
    asked = signature.asked(min_box=None, every=False, alone=True)
    query = _query(rule, signature)
    if rule.sha256 == media.sha256 and (same := asked.identical(query)) is not None:
        return same
    for _, reference in stored_descriptions(signature, [media.picture_id]):
        found = asked.verify(query, reference)
        if found is not None and _is_enough(rule, found):
            return found
    return None


def all_that_meet(
    rule: PictureRule, application: Application, catalogs: Catalogs
) -> Iterator[tuple[Media, Comparison]]:
    """The media of the application that meet it, by a search, best first."""
    if rule.signature not in application.signatures:
        return
    palette = read_palette(rule.palette) if rule.palette is not None else None
    described = None if palette is not None else _described(rule)
    query = Query(
        described=described,
        sha256=rule.sha256,
        comparing=Comparing(signatures=[rule.signature], palette=palette),
        candidates=100,
    )
    for hit in search(application, query, catalogs):
        if _is_enough(rule, hit.best):
            yield hit.media, hit.best


def found_between(found: Comparison) -> dict[str, Any]:
    """A comparison in short, for events and answers."""
    return {
        "decision": found.decision,
        "distance": found.distance,
        "score": round(score_of(found), 4),
    }


def _is_enough(rule: PictureRule, found: Comparison) -> bool:
    return found.decision in ACCEPTED and score_of(found) >= (rule.min_score or 0.0)


def _signature(
    rule: PictureRule, application: Application, catalogs: Catalogs
) -> Signature[Any] | None:
    if rule.signature not in application.signatures:
        return None
    version = in_use(catalogs.registry, application.described_versions, rule.signature)
    return catalogs.registry[version].signature


def _query(rule: PictureRule, signature: Signature[Any]) -> Any:
    if rule.palette is not None:
        return read_palette(rule.palette)
    return described_before(_described(rule), signature)


def _described(rule: PictureRule) -> Described:
    descriptions = {one.signature: bytes(one.data) for one in rule.descriptions}
    copy = bytes(rule.copy)
    pixels = COPY_SIDE_PX * COPY_SIDE_PX
    return Described(descriptions, lambda: decode(copy, max_pixels=pixels, side=DECODE_SIDE_PX))
