"""How a comparison of two pictures looks on the wire."""

from typing import Any, get_args

from flask import url_for
from flask_restx import Model, fields

from ..hosts.current import endpoint_prefix
from ..recognition.match.overlay import VIEWS, View
from ..recognition.signature import Comparison, Decision
from ..web.page_fields import FREE, nullable, shaped
from .comparing import Compared
from .overlays import aligned, alt_text
from .query import score_of
from .regions import as_text
from .sides import Side

OVERLAY_ENDPOINT = "mediadb_compare_overlay"
NOTHING_IN_COMMON = 1.0  # the distance
_DIGITS = 4

compared_side_fields = Model(
    "MediaDBComparedPicture",
    {
        "kind": fields.String(enum=["file", "query", "media"]),
        "id": nullable(fields.String, description="Of the query or media"),
        "name": nullable(fields.String),
        "width": fields.Integer(
            description="Of what is compared: of the region, where there is one"
        ),
        "height": fields.Integer,
        "region": nullable(fields.String, description="x,y,width,height in fractions"),
    },
)
likeness_fields = Model(
    "MediaDBLikeness",
    {
        "decision": fields.String(enum=["similar", "rejected_distance"]),
        "distance": fields.Float(description="0: the same; 1: nothing in common"),
        "confidence": fields.Float(description="0 to 1"),
    },
)
boxes_fields = Model(
    "MediaDBBoxes",
    {
        "query": fields.List(
            fields.List(fields.Float), description="Four corners x, y in fractions"
        ),
        "reference": fields.List(fields.List(fields.Float)),
    },
)
overlay_fields = Model(
    "MediaDBOverlay",
    {
        "view": fields.String(enum=list(VIEWS)),
        "alt": fields.String(description="What it shows, for who cannot see it"),
        "url": nullable(fields.String, description="Where both pictures are kept or stored"),
    },
)
compared_fields = Model(
    "MediaDBComparison",
    {
        "decision": nullable(
            fields.String,
            enum=list(get_args(Decision)),
            description="Of match; null: nothing at all aligns",
        ),
        "distance": fields.Float(description="0: the same; 1: nothing in common"),
        "confidence": fields.Float(description="How sure it is that they show the same, 0 to 1"),
        "agreement": nullable(fields.Float, description="Share of the overlap that agrees"),
        "query": fields.Nested(compared_side_fields),
        "reference": fields.Nested(compared_side_fields),
        "boxes": nullable(fields.Nested, model=boxes_fields, allow_null=True),
        "homography": nullable(
            fields.List,
            cls_or_instance=fields.Float,
            description="Nine numbers, reference to query, both in fractions",
        ),
        "mirrored": fields.Boolean,
        "negative": fields.Boolean,
        "points": fields.List(
            fields.List(fields.Float),
            description="At most 100 that agree: x, y in the query, x, y in the reference",
        ),
        "similarity": nullable(fields.Nested, model=likeness_fields, allow_null=True),
        "colors": nullable(fields.Nested, model=likeness_fields, allow_null=True),
        "alt": fields.String(description="The comparison in words"),
        "overlays": fields.List(fields.Nested(overlay_fields)),
        "details": shaped(FREE, description="What each signature found; see explanation/match.md"),
    },
)
comparison_models = (
    compared_side_fields,
    likeness_fields,
    boxes_fields,
    overlay_fields,
    compared_fields,
)


def represent_compared(compared: Compared) -> dict[str, Any]:
    """A comparison with its drawings."""
    match = compared.match
    found = compared.comparisons
    return {
        "decision": match.decision if match else None,
        "distance": match.distance if match else NOTHING_IN_COMMON,
        "confidence": score_of(match) if match else 0.0,
        "query": _side(compared.query),
        "reference": _side(compared.reference),
        **_geometry(compared),
        "similarity": _likeness(found.get("similarity")),
        "colors": _likeness(found.get("colors")),
        "alt": alt_text(compared, "side"),
        "overlays": [_overlay(compared, view) for view in VIEWS],
        "details": {name: one.details for name, one in found.items()},
    }


def _geometry(compared: Compared) -> dict[str, Any]:
    match = aligned(compared)
    details = match.details if match else {}
    sides = ("query", "reference") if match else ()
    boxes = {side: details[side]["matchingBox"]["points"] for side in sides}
    return {
        "agreement": details.get("agreement"),
        "boxes": boxes or None,
        "homography": details.get("homography_normalized"),
        "mirrored": details.get("mirrored", False),
        "negative": details.get("negative", False),
        "points": compared.points.round(_DIGITS).tolist() if match else [],
    }


def _side(side: Side) -> dict[str, Any]:
    return {
        "kind": side.kind,
        "id": side.identifier,
        "name": side.name,
        "width": side.size[0],
        "height": side.size[1],
        "region": as_text(side.region) if side.region else None,
    }


def _likeness(comparison: Comparison | None) -> dict[str, Any] | None:
    if comparison is None:
        return None
    return {
        "decision": comparison.decision,
        "distance": comparison.distance,
        "confidence": score_of(comparison),
    }


def _overlay(compared: Compared, view: View) -> dict[str, Any]:
    return {"view": view, "alt": alt_text(compared, view), "url": _url(compared, view)}


def _url(compared: Compared, view: View) -> str | None:
    sides = compared.query, compared.reference
    if any(side.identifier is None for side in sides):
        return None
    named: dict[str, Any] = {"view": view}
    for side in sides:
        named.setdefault(side.kind, []).append(side.identifier)
    for name, side in zip(("region", "reference_region"), sides, strict=True):
        if side.region is not None:
            named[name] = as_text(side.region)
    return url_for(endpoint_prefix() + OVERLAY_ENDPOINT, _external=True, **named)
