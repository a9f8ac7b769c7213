"""Routes that say why a picture is not found, udata dialect."""

from collections.abc import Iterator
from typing import Any, get_args

from flask import request
from flask_restx import Model, fields

from ..application.models import Application
from ..authorization.caller import require_active, require_application
from ..authorization.resource import MediaDBResource
from ..errors import InvalidFields, TooLarge, UnsupportedImage
from ..filters.compose import Criteria, compose
from ..filters.conditions import both
from ..media.access import readable_media
from ..media.models import Media
from ..recognition.signature import Decision
from ..web.bodies import Upload, read_upload
from ..web.declaring import takes
from ..web.namespace import SECURITY, ns
from ..web.page_fields import nullable, shaped
from .arguments import EXPLAIN_BODY, EXPLAIN_QUERY
from .explaining.explain import Asked, explain, unreadable
from .explaining.stage import NAMES, Explanation
from .keeping import find_query, require_own
from .query import score_of
from .querying import Sought, members_of, new_query
from .request import SearchRequest, read_search

stage_fields = Model(
    "MediaDBStage",
    {
        "stage": fields.String(enum=list(NAMES)),
        "passed": nullable(fields.Boolean, description="null: could not be looked at"),
        "value": nullable(fields.Float, description="The figure; of `shortlisted` the rank"),
        "threshold": nullable(fields.Float, description="What it must reach; of a rank the limit"),
        "of": nullable(fields.Integer, description="How many the rank is among"),
        "advice": fields.String(description="What that means and what to do"),
    },
)
tried_fields = Model(
    "MediaDBTried",
    {
        "setting": fields.String(description="An argument of a search"),
        "value": shaped({"x-nullable": True}, description="What it was set to"),
        "found": fields.Boolean(description="Whether the search then shows the media"),
    },
)
explanation_fields = Model(
    "MediaDBExplanation",
    {
        "found": fields.Boolean(description="Whether the search shows the media"),
        "stage": nullable(
            fields.String, enum=list(NAMES), description="Where it was lost; null where it is found"
        ),
        "advice": fields.String(description="Of that stage"),
        "stages": fields.List(fields.Nested(stage_fields)),
        "tried": fields.List(fields.Nested(tried_fields)),
        "decision": nullable(fields.String, enum=list(get_args(Decision))),
        "distance": nullable(fields.Float),
        "score": nullable(fields.Float),
        "media": fields.String(description="Its id"),
    },
)
for _model in (stage_fields, tried_fields, explanation_fields):
    ns.add_model(_model.name, _model)


@ns.route("/explain/", endpoint="mediadb_explain")
class ExplainAPI(MediaDBResource):
    """Why a search does not find a media."""

    only_reads = True

    @takes(query=EXPLAIN_QUERY, errors=(403, 404, 410, 429))
    @ns.doc("explain_mediadb_search", security=SECURITY)
    @ns.marshal_with(explanation_fields)
    def get(self) -> dict[str, Any]:
        """Each stage of the search for a kept query, with its figure, for the media expected."""
        return _answer(Upload(properties=request.args.to_dict()))

    @takes(body=EXPLAIN_BODY, image=True, errors=(403, 404, 410, 413, 429))
    @ns.doc("explain_mediadb_search_by_picture", security=SECURITY)
    @ns.marshal_with(explanation_fields)
    def post(self) -> dict[str, Any]:
        """The same for a picture that is sent; one that cannot be read is explained, too."""
        return _answer(read_upload())


def represent_explanation(explanation: Explanation, media: str) -> dict[str, Any]:
    """An explanation for JSON."""
    failed, comparison = explanation.failed, explanation.comparison
    return {
        "found": explanation.found,
        "stage": failed.name if failed else None,
        "advice": failed.advice if failed else "The search finds it.",
        "stages": [{**vars(one), "stage": one.name} for one in explanation.stages],
        "tried": [vars(one) for one in explanation.tried],
        "decision": comparison.decision if comparison else None,
        "distance": comparison.distance if comparison else None,
        "score": score_of(comparison) if comparison else None,
        "media": media,
    }


def explained(
    application: Application,
    asked: SearchRequest,
    upload: Upload,
    sought: Sought,
    media: Media,
    home: Application,
) -> Explanation:
    """Why this search, in this application, does not find a media of another or the same one."""
    try:
        query = new_query(application, asked, upload, sought)
    except (UnsupportedImage, TooLarge) as exc:
        return unreadable(exc, media)
    unmet = tuple(_unmet(application, asked, media))
    return explain(Asked(application, home, query, media, unmet))


def _answer(upload: Upload) -> dict[str, Any]:
    asked = read_search(upload.properties)
    if asked.media is None:
        raise InvalidFields({"media": "name the media that you expected"})
    if (asked.kept is not None) + upload.has_picture != 1:
        raise InvalidFields({"query": "name a kept query, or send a file or a url; one of them"})
    kept = find_query(asked.kept) if asked.kept is not None else None
    media, home = readable_media(asked.media)
    named = kept.application if kept is not None else home.id
    application = require_application("search", asked.application or named)
    require_active(application)
    if kept is not None:
        require_own(kept, application)
    found = explained(application, asked, upload, Sought(kept=kept), media, home)
    return represent_explanation(found, media.id)


def _unmet(application: Application, asked: SearchRequest, media: Media) -> Iterator[str]:
    """Names of the arguments whose filter the media does not meet."""
    wanted = {name: value for name, value in vars(asked.criteria).items() if value}
    filters = {
        "conditions" if name == "query" else name: compose(Criteria(**{name: value}))
        for name, value in wanted.items()
    }
    filters |= members_of(asked, application)
    for name, one in filters.items():
        if Media.objects(__raw__=both({"_id": media.id}, one)).only("id").first() is None:
            yield name
