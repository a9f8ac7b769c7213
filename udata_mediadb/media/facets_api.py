"""The route of keywords, and how facets look on the wire."""

from typing import Any

from flask import request
from flask_restx import Model, fields

from ..authorization.resource import MediaDBResource
from ..filters.arguments import APPLICATION
from ..web.arguments import Argument
from ..web.declaring import takes
from ..web.namespace import ns
from ..web.page_arguments import PAGE_ARGUMENTS
from ..web.page_fields import page_answer, page_model, requested_page, shaped
from ..web.pages import Page
from .api_fields import media_page_fields
from .facets import NAMES, SHOWN_MAX, current_facets, matching
from .scope import Scope, requested_scope

keyword_fields = Model(
    "MediaDBKeyword",
    {
        "keyword": fields.String,
        "count": fields.Integer(description="How many media have it"),
    },
)
keyword_page_fields = page_model("MediaDBKeywordPage", keyword_fields)
_VALUES = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {"value": {"type": "string"}, "count": {"type": "integer"}},
    },
}
media_facets_fields = Model.inherit(
    "MediaDBMediaFacets",
    media_page_fields,
    {"facets": shaped({"type": "object", "properties": dict.fromkeys(NAMES, _VALUES)})},
)
for _model in (keyword_fields, keyword_page_fields, media_facets_fields):
    ns.add_model(_model.name, _model)

TYPED = Argument("q", "every word begins a word of the keyword; accents and case do not count")


@ns.route("/keywords/", endpoint="mediadb_keywords")
class KeywordListAPI(MediaDBResource):
    """The keywords of all media that you may read."""

    @takes(query=(*PAGE_ARGUMENTS, APPLICATION, TYPED), errors=(403, 404), etag=True)
    @ns.doc("list_mediadb_keywords")
    @ns.marshal_with(keyword_page_fields)
    def get(self) -> dict[str, Any]:
        """List keywords with how many media have each, the most frequent first."""
        wanted, scope = requested_page(), requested_scope(request.args)
        counted = current_facets().count(only_one(scope), scope.filter({}), "keywords")
        found = matching(counted, request.args.get("q", ""))
        shown = found[wanted.offset :][: wanted.page_size]
        page = Page(shown, wanted, len(found))
        return page_answer(page, [{"keyword": one.value, "count": one.count} for one in shown])


@ns.marshal_with(media_facets_fields)
def with_facets(
    answer: dict[str, Any], names: list[str], scope: Scope, criteria: dict[str, Any]
) -> dict[str, Any]:
    """The answer of a list with facets of all of it."""
    wanted = scope.filter(criteria)
    counted = {
        name: current_facets().count(only_one(scope), wanted, name)[:SHOWN_MAX] for name in names
    }
    return {**answer, "facets": {name: [vars(one) for one in counted[name]] for name in names}}


def only_one(scope: Scope) -> str | None:
    """The application where there is one alone: what is counted of it can be remembered."""
    return scope.applications[0] if len(scope.applications) == 1 else None
