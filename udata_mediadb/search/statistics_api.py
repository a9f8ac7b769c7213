"""The route of statistics: what an application holds, and how it is searched."""

from typing import Any

from flask import request
from flask_restx import Model, fields

from ..application.models import Application
from ..authorization.caller import require_application
from ..authorization.resource import MediaDBResource
from ..filters.arguments import APPLICATION
from ..media.facets import SHOWN_MAX, current_facets
from ..media.models import ACTIVE, DELETED, Media
from ..web.declaring import takes
from ..web.namespace import SECURITY, ns
from .counting import counted_searches

# Facets by the names of the answer; in the order of their values where that says more.
_COUNTED = {"keyword": "keywords", "licence": "licence", "format": "format"}
_ORDERED = {"month": "month", "size": "size"}

value_fields = Model("MediaDBValueCount", {"value": fields.String, "count": fields.Integer})
search_count_fields = Model(
    "MediaDBSearchCount",
    {
        "kind": fields.String(description="picture, query, media, palette or criteria"),
        "searches": fields.Integer(description="In the last 400 days; each page is one"),
        "found": fields.Integer(description="Those that found something"),
        "hit_rate": fields.Float(description="Their share"),
    },
)
held_fields = Model(
    "MediaDBHeld",
    {
        "active": fields.Integer,
        "deleted": fields.Integer(description="That can be restored"),
        "bytes": fields.Integer(description="Of all originals"),
    },
)
statistics_fields = Model(
    "MediaDBStatistics",
    {
        "application": fields.String,
        "media": fields.Nested(held_fields),
        "keyword": fields.List(fields.Nested(value_fields), description="The most frequent"),
        "licence": fields.List(fields.Nested(value_fields), description="By id; empty: none"),
        "format": fields.List(fields.Nested(value_fields)),
        "month": fields.List(fields.Nested(value_fields), description="When it was added"),
        "size": fields.List(
            fields.Nested(value_fields), description="Bytes of the original, from this number on"
        ),
        "searches": fields.List(fields.Nested(search_count_fields)),
    },
)
for _model in (value_fields, search_count_fields, held_fields, statistics_fields):
    ns.add_model(_model.name, _model)


@ns.route("/statistics/", endpoint="mediadb_statistics")
class StatisticsAPI(MediaDBResource):
    """What an application holds, and how it is searched."""

    @takes(query=(APPLICATION,), errors=(403, 404))
    @ns.doc("get_mediadb_statistics", security=SECURITY)
    @ns.marshal_with(statistics_fields)
    def get(self) -> dict[str, Any]:
        """Counts of media and of searches: numbers only, for who may edit the application."""
        application = require_application("edit", request.args.get("application"))
        wanted = {"application": application.id, "state": ACTIVE}
        counted = {
            name: [vars(one) for one in current_facets().count(application.id, wanted, facet)]
            for name, facet in {**_COUNTED, **_ORDERED}.items()
        }
        for name in _ORDERED:
            counted[name].sort(key=_by_value)
        return {
            "application": application.id,
            "media": _held(application),
            **{name: values[:SHOWN_MAX] for name, values in counted.items() if name in _COUNTED},
            **{name: counted[name] for name in _ORDERED},
            "searches": counted_searches(application.id),
        }


def _by_value(one: dict[str, Any]) -> tuple[int, str]:
    """Numbers as numbers: a longer one is larger."""
    return len(one["value"]), one["value"]


def _held(application: Application) -> dict[str, int]:
    stages = [
        {"$match": {"application": application.id}},
        {"$group": {"_id": "$state", "n": {"$sum": 1}, "bytes": {"$sum": "$size"}}},
    ]
    found = {one["_id"]: one for one in Media._get_collection().aggregate(stages)}
    numbers = {state: found.get(state, {}).get("n", 0) for state in (ACTIVE, DELETED)}
    size = sum(one["bytes"] for one in found.values())
    return {"active": numbers[ACTIVE], "deleted": numbers[DELETED], "bytes": size}
