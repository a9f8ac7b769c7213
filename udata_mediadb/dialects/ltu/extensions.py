"""What a search may be asked beyond the guide: `flip` and `explain`; no answer has them unasked."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ...application.models import Application
from ...errors import InvalidFields, InvalidRequest
from ...media.access import readable_media
from ...mongo.ids import hyphened_id
from ...search.explain_api import explained, represent_explanation
from ...search.overlays import SHARE
from ...search.query import Hit
from ...search.querying import Sought
from ...search.request import SearchRequest
from ...web.bodies import Upload
from ...web.readers import read_flag, read_properties

_OTHERWISE = "It looks alike, or has these colours"


def with_flip(asked: SearchRequest, properties: Mapping[str, Any]) -> SearchRequest:
    """`flip`: false leaves mirrored copies out; InvalidFields for what is no flag."""
    flip = read_properties(properties, {"flip": read_flag}).get("flip", True)
    return replace(asked, comparing=replace(asked.comparing, mirrored=flip))


def said_of(hit: Hit, properties: Mapping[str, Any]) -> dict[str, Any]:
    """What a hit has more, where it was asked for."""
    more: dict[str, Any] = {}
    match = hit.comparisons.get("match")
    if properties.get("flip") is not None:
        more["flip"] = bool(match and match.details.get("mirrored"))
    if properties.get("explain") is not None and expected_of(properties) is None:
        more["explain"] = SHARE.get(hit.best.decision, _OTHERWISE)
    return more


def expected_of(properties: Mapping[str, Any]) -> str | None:
    """The media that `explain` names; None where it is a flag, or not there."""
    value = properties.get("explain")
    if value is None or hyphened_id(value) is not None:
        return value
    try:
        read_flag(value)
    except ValueError as exc:
        raise InvalidFields({"explain": "true, or the id of the media that you expected"}) from exc
    return None


def explanation(
    application: Application, asked: SearchRequest, upload: Upload, sought: Sought, expected: str
) -> dict[str, Any]:
    """Why the search does not find a media of the application."""
    media, home = readable_media(expected)
    if home.id != application.id:
        raise InvalidRequest("explain: this application has no such media")
    found = explained(application, asked, upload, sought, media, home)
    return represent_explanation(found, media.id)
