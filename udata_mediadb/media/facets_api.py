"""The route of keywords, and how facets look on the wire."""

from typing import Any

from flask import request
from flask_restx import Model, fields

from ..authorization.caller import acting_user, require_application, require_caller
from ..authorization.resource import MediaDBResource
from ..filters.arguments import APPLICATION
from ..jobs.api_fields import job_fields
from ..jobs.api_fields import represent as represent_jobs
from ..web.arguments import Argument, readers
from ..web.bodies import read_object
from ..web.declaring import takes
from ..web.namespace import SECURITY, ns
from ..web.page_arguments import PAGE_ARGUMENTS
from ..web.page_fields import page_answer, page_model, requested_page, shaped
from ..web.pages import Page
from ..web.readers import read_keywords, read_properties, read_text
from .api_fields import media_page_fields
from .arguments import APPLICATION as APPLICATION_OF_BODY
from .facets import NAMES, SHOWN_MAX, current_facets, matching
from .renaming import rename_keywords
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

RENAMING = (
    APPLICATION_OF_BODY,
    Argument(
        "keywords",
        "the keywords that are to go, in any case; several are merged",
        "array",
        required=True,
        read=read_keywords,
        schema={"items": {"type": "string"}, "example": ["Brigde", "bridges"]},
    ),
    Argument(
        "to",
        "the keyword in their place, in this spelling; without one they are taken away",
        read=read_text,
        schema={"x-nullable": True, "example": "bridge"},
    ),
)
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

    @takes(body=RENAMING, errors=(403, 404, 423))
    @ns.doc("rename_mediadb_keywords", security=SECURITY)
    @ns.marshal_with(job_fields, code=202)
    def patch(self) -> tuple[dict[str, Any], int]:
        """Rename a keyword, or merge several into one, on all media of an application.

        The answer is the job that does it.
        """
        require_caller()
        body = read_object()
        application = require_application("edit", body.get("application"))
        asked = read_properties(body, readers(*RENAMING))
        owner = acting_user(application)
        job = rename_keywords(application, asked.get("keywords", []), asked.get("to"), owner)
        return represent_jobs([job])[0], 202


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
