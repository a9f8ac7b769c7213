"""How groups of duplicates look on the wire."""

from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask_restx import Model, fields

from ...application.models import Application
from ...hosts.current import endpoint_prefix
from ...media.api_fields import media_fields
from ...media.api_fields import represent as represent_media
from ...media.models import Media
from ...web.page_fields import FREE, nullable, page_model, shaped
from ...web.readers import plain
from .deciding import members_of, suggestion
from .merging import hindrance
from .models import KINDS, OPEN, STATES, DuplicateGroup, DuplicatePair
from .pairs import pairs_among
from .versions import version_of

ENDPOINT = "mediadb_duplicate"
pair_fields = Model(
    "MediaDBDuplicatePair",
    {
        "one": fields.String(description="A media"),
        "other": fields.String(description="Another one"),
        "kind": fields.String(enum=[*KINDS]),
        "relation": fields.String(description="Of `one` to `other`, such as crop_of"),
        "state": fields.String(enum=[*STATES]),
        "proof": shaped(FREE, description="What was found between them"),
    },
)
group_fields = Model(
    "MediaDBDuplicateGroup",
    {
        "id": fields.String,
        "application": fields.String,
        "kind": fields.String(enum=[*KINDS]),
        "state": fields.String(enum=[*STATES]),
        "version": fields.String(description="To be sent with an action"),
        "whole": nullable(fields.String, description="Of parts: what they are parts of"),
        "media": fields.List(fields.Nested(media_fields), description="The oldest first"),
        "pairs": fields.List(fields.Nested(pair_fields)),
        "suggestion": shaped(
            {
                "type": "object",
                "properties": {
                    "action": {"type": "string"},
                    "keep": {"type": "string", "x-nullable": True},
                },
            }
        ),
        "hindrance": nullable(fields.String, description="Why they cannot be merged"),
        "created_at": fields.DateTime,
        "updated_at": fields.DateTime,
        "uri": fields.String,
    },
)
_COUNT = {"type": "integer", "minimum": 0}
_BY_KIND = {"type": "object", "properties": dict.fromkeys(KINDS, _COUNT)}
group_list_fields = page_model("MediaDBDuplicateGroups", group_fields)
group_page_fields = Model.inherit(
    "MediaDBDuplicateGroupPage",
    group_list_fields,
    {
        "counts": shaped(
            {"type": "object", "properties": dict.fromkeys(STATES, _BY_KIND)},
            description="Groups of the application by state and kind",
        ),
        "scanned_at": nullable(fields.DateTime, description="When all had been compared"),
        "job": nullable(fields.String, description="The last scan, see jobs/"),
    },
)


def represent(groups: Sequence[DuplicateGroup], application: Application) -> list[dict[str, Any]]:
    """Groups with their media and what was found between these."""
    return [_represented(group, application) for group in groups]


def counts_of(application: str) -> dict[str, dict[str, int]]:
    """Groups by state and kind, zeros too."""
    counts = {state: dict.fromkeys(KINDS, 0) for state in STATES}
    by = {"_id": {"state": "$state", "kind": "$kind"}, "count": {"$sum": 1}}
    for one in DuplicateGroup.objects(application=application).aggregate([{"$group": by}]):
        counts[one["_id"]["state"]][one["_id"]["kind"]] = one["count"]
    return counts


def _represented(group: DuplicateGroup, application: Application) -> dict[str, Any]:
    media: list[Media] = members_of(group)
    pairs = pairs_among(group.media)
    relevant = [pair for pair in pairs if group.state != OPEN or pair.state == OPEN]
    names = ("id", "application", "kind", "state", "whole", "created_at", "updated_at")
    return {
        **{name: getattr(group, name) for name in names},
        "version": version_of(media),
        "media": represent_media(media, application),
        "pairs": [_pair(pair) for pair in relevant],
        "suggestion": suggestion(group, media, relevant),
        "hindrance": hindrance(media),
        "uri": url_for(endpoint_prefix() + ENDPOINT, group=group.id, _external=True),
    }


def _pair(pair: DuplicatePair) -> dict[str, Any]:
    names = ("one", "other", "kind", "relation", "state")
    return {**{name: getattr(pair, name) for name in names}, "proof": plain(pair.proof)}
