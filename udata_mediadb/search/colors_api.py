"""Routes of colours, udata dialect."""

from collections.abc import Mapping
from typing import Any

from flask import request
from flask_restx import Model, fields

from ..authorization.caller import require_application
from ..authorization.resource import MediaDBResource
from ..collection.actions import find_collection
from ..collection.listing import members_clause
from ..errors import InvalidFields
from ..filters.compose import compose
from ..filters.query_string import read_criteria
from ..imaging import Region
from ..indexing.current import current_registry
from ..media.access import readable_media
from ..media.arguments import IN_PATH
from ..media.listing import active_in
from ..recognition.colors import ColorsSignature
from ..web.arguments import readers
from ..web.bodies import image_of, read_upload
from ..web.declaring import takes
from ..web.namespace import SECURITY, ns
from ..web.page_fields import nullable
from ..web.readers import read_properties
from .actions import choose_signatures
from .arguments import PICTURE_COLORS, REGION, SUMMARY
from .colors import NAME, media_colors, shown, summarize_colors
from .querying import decode_media, decode_query
from .regions import part_of

MOST_COUNTED = 64  # each is compared with all swatches of thousands of pictures

color_fields = Model(
    "MediaDBColor",
    {
        "hex": fields.String(example="#1a4f8a"),
        "weight": fields.Float(description="Share of the picture without its background, 0 to 1"),
        "name": fields.String(description="The nearest CSS name"),
        "class": fields.String(description="Hue and lightness in words, 29 in all"),
        "rank": fields.Integer(description="The place in the order of hues"),
    },
)
color_count_fields = Model(
    "MediaDBColorCount",
    {
        "hex": fields.String,
        "name": fields.String,
        "any": fields.Integer(description="Media that have it"),
        "large": fields.Integer(description="Media that have it over half of their area"),
    },
)
media_colors_fields = Model(
    "MediaDBColors",
    {
        "colors": fields.List(fields.Nested(color_fields)),
        "background": nullable(fields.Nested, model=color_fields, allow_null=True),
    },
)
colors_summary_fields = Model(
    "MediaDBColorsSummary",
    {
        "colors": fields.List(fields.Nested(color_fields)),
        "counts": fields.List(fields.Nested(color_count_fields)),
        "media": fields.Integer(description="How many media this is made of, the newest"),
        "total": fields.Integer(description="How many there are"),
    },
)
for _model in (color_fields, color_count_fields, media_colors_fields, colors_summary_fields):
    ns.add_model(_model.name, _model)


@ns.route("/media/<string:media>/colors/", endpoint="mediadb_media_colors")
class MediaColorsAPI(MediaDBResource):
    """The colours of one media."""

    @takes(path=(IN_PATH,), query=(REGION,), errors=(403, 404, 410))
    @ns.doc("get_mediadb_media_colors")
    @ns.marshal_with(media_colors_fields)
    def get(self, media: str) -> dict[str, Any]:
        """Colours with their shares and names, heaviest first, and the background."""
        region = _region(request.args)
        found, application = readable_media(media)
        if region is not None:
            choose_signatures(application, [NAME])
            return shown(ColorsSignature().describe(decode_media(found, region)))
        return media_colors(current_registry(), application, found)


@ns.route("/colors/", endpoint="mediadb_colors")
class ColorsAPI(MediaDBResource):
    """Colours of many media, or of a picture that is not stored."""

    only_reads = True

    @takes(query=SUMMARY, errors=(403, 404))
    @ns.doc("summarize_mediadb_colors")
    @ns.marshal_with(colors_summary_fields)
    def get(self) -> dict[str, Any]:
        """The colours of all media that meet the filter, and how many media have each."""
        application = require_application("read", request.args.get("application"))
        criteria, members = read_criteria(request.args), []
        if named := request.args.get("collection"):
            members.append(members_clause(find_collection(named, application.id)))
        wanted = active_in(application.id, compose(criteria, *members))
        colors = request.args.getlist("color")
        if len(colors) > MOST_COUNTED:
            raise InvalidFields({"color": f"at most {MOST_COUNTED} are counted at once"})
        try:
            return vars(summarize_colors(current_registry(), application, wanted, colors))
        except ValueError as exc:
            raise InvalidFields({"color": str(exc)}) from exc

    @takes(body=PICTURE_COLORS, image=True, errors=(403, 404, 413, 415))
    @ns.doc("get_mediadb_colors_of_picture", security=SECURITY)
    @ns.marshal_with(media_colors_fields)
    def post(self) -> dict[str, Any]:
        """The colours of a picture, which is not stored; `application` says where you may ask."""
        upload = read_upload()
        region = _region(upload.properties)
        require_application("search", upload.properties.get("application"), active=True)
        return shown(ColorsSignature().describe(decode_query(image_of(upload), region)))


def _region(properties: Mapping[str, Any]) -> Region | None:
    return part_of(read_properties(properties, readers(REGION)).get("region"))
