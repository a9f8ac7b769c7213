"""The routes of feeds, linked data and oEmbed over media."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from flask import Response, current_app, request
from flask_restx import Model, fields

from ...application.arguments import IN_PATH as APPLICATION_IN_PATH
from ...application.models import Application
from ...authorization.caller import require_application
from ...authorization.resource import MediaDBResource
from ...errors import InvalidFields, NotFound
from ...filters.arguments import FILTERS, SCOPES
from ...filters.compose import compose
from ...filters.query_string import read_criteria
from ...hosts.current import current_host
from ...web.arguments import Argument
from ...web.declaring import also_as, takes
from ...web.namespace import ns
from ...web.page_arguments import PAGE_ARGUMENTS
from ...web.page_fields import nullable, requested_page
from ...web.pages import PageRequest, require_in_range
from ..access import readable_media
from ..api_fields import represent
from ..arguments import IN_PATH
from ..counts import current_counts
from ..cursors import NEWEST_FIRST
from ..links import page_of
from ..listing import active_in, list_page
from ..models import Media
from ..scope import requested_scope
from . import atom, linked_data, oembed

_FIELDS = ("title", "author_name", "provider_name", "provider_url", "url", "thumbnail_url", "alt")
_MORE = ("credit", "license", "license_id", "license_url", "attribution", "attribution_html")
_PIXELS = ("width", "height", "thumbnail_width", "thumbnail_height")
oembed_fields = Model(
    "MediaDBOEmbed",
    {
        "type": fields.String(description="photo"),
        "version": fields.String(description="1.0"),
        "cache_age": fields.Integer,
        **{name: nullable(fields.String) for name in (*_FIELDS, *_MORE, "web_page")},
        **dict.fromkeys(_PIXELS, fields.Integer),
    },
)
ns.add_model(oembed_fields.name, oembed_fields)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)  # of a feed that never had an entry
_UNLIMITED = 10**6
URL = Argument("url", "the address of a media: in the API, its page or its picture", required=True)
SIDES = (
    Argument("maxwidth", "pixels", "integer"),
    Argument("maxheight", "pixels", "integer"),
    Argument("format", "json", schema={"enum": ["json"]}),
)


@ns.route("/media/recent.atom", endpoint="mediadb_media_recent")
class RecentMediaAPI(MediaDBResource):
    """The newest media of a list."""

    @takes(query=(*SCOPES, *FILTERS), errors=(403, 404))
    @ns.doc("get_mediadb_recent_media", produces=[atom.MIMETYPE])
    def get(self) -> Response:
        """Follow the newest media that meet the filters, as an Atom feed."""
        wanted = requested_scope(request.args).filter(compose(read_criteria(request.args)))
        words = request.args.get("q") or request.args.get("keyword")
        title = f"Newest pictures: {words}" if words else "Newest pictures"
        return feed(title, wanted, None)


@ns.route("/recent.atom", endpoint="mediadb_recent")
class RecentAPI(MediaDBResource):
    """The same, where udata has its feeds."""

    get = also_as(RecentMediaAPI.get, "get_mediadb_recent")


@ns.route("/applications/<string:application>/recent.atom", endpoint="mediadb_application_recent")
class RecentOfApplicationAPI(MediaDBResource):
    """The newest media of an application."""

    @takes(path=(APPLICATION_IN_PATH,), query=FILTERS, errors=(403, 404))
    @ns.doc("get_mediadb_application_recent", produces=[atom.MIMETYPE])
    def get(self, application: str) -> Response:
        """Follow the newest media of an application, as an Atom feed."""
        found = require_application("read", application)
        return feed(found.name, active_in(found.id, compose(read_criteria(request.args))), found)


@ns.route("/media.jsonld", endpoint="mediadb_media_list_jsonld")
class MediaListLinkedDataAPI(MediaDBResource):
    """A list of media as linked data."""

    @takes(query=(*PAGE_ARGUMENTS, *SCOPES, *FILTERS), errors=(403, 404))
    @ns.doc("list_mediadb_media_jsonld", produces=[linked_data.MIMETYPE])
    def get(self) -> Response:
        """Media as schema.org's ImageObject, and what they illustrate with `foaf:depiction`."""
        wanted = requested_scope(request.args).filter(compose(read_criteria(request.args)))
        shown, total = newest(wanted, requested_page())
        found = linked_data.gallery(request.url, "Pictures", shown, total)
        graph = [found, *linked_data.depicted(shown)]
        return linked({"@context": list(linked_data.CONTEXT), "@graph": graph})


@ns.route("/media/<string:media>/jsonld/", endpoint="mediadb_media_jsonld")
class MediaLinkedDataAPI(MediaDBResource):
    """One media as linked data."""

    @takes(path=(IN_PATH,), errors=(403, 404, 410))
    @ns.doc("get_mediadb_media_jsonld", produces=[linked_data.MIMETYPE])
    def get(self, media: str) -> Response:
        """A media as schema.org's ImageObject, which is a `foaf:Image` too."""
        found, application = readable_media(media)
        shown = presented([found], application)[0]
        return linked(linked_data.document(linked_data.image_object(shown)))


@ns.route("/oembed/", endpoint=oembed.ENDPOINT)
class OEmbedAPI(MediaDBResource):
    """What a page needs to embed a media."""

    @takes(query=(URL, *SIDES), errors=(404, 410))
    @ns.doc("get_mediadb_oembed", responses={501: "Another format than json"})
    @ns.marshal_with(oembed_fields, skip_none=True)
    def get(self) -> dict[str, Any]:
        """Embed a public media with its credit and licence (oEmbed 1.0)."""
        if request.args.get("format", "json") != "json":
            raise InvalidFields({"format": "json"})
        width, height = (_side(name) for name in ("maxwidth", "maxheight"))
        named = oembed.media_of(request.args.get("url", ""), request.host)
        if named is None:
            raise NotFound("This is the address of no media.")
        found, application = readable_media(named)
        if not application.public:
            raise NotFound("This is the address of no public media.")
        config = current_app.config
        shown = presented([found], application)[0]
        shown["thumbnail_side_px"] = config["MEDIADB_THUMBNAIL_SIDE_PX"]
        provider = {"provider_name": application.name, "provider_url": request.host_url}
        return oembed.photo(shown, provider, width, height, config["MEDIADB_SERVED_SIDE_PX"])


def feed(title: str, wanted: Mapping[str, Any], application: Application | None) -> Response:
    """The newest media of a filter of ours, as a feed."""
    shown, _total = newest(wanted, PageRequest(1, atom.SIZE))
    began = application.created_at if application else _EPOCH
    author = application.name if application else current_host().name
    about = atom.Feed(title, request.url, author, began)
    return Response(atom.render(about, shown), mimetype=atom.MIMETYPE)


def newest(wanted: Mapping[str, Any], page: PageRequest) -> tuple[list[dict[str, Any]], int]:
    """One page of a filter's media as they are answered, the newest first, and how many it has."""
    found = list_page(wanted, NEWEST_FIRST, page, counts=current_counts(), application=None)
    require_in_range(found)
    return presented(found.items), found.total


def presented(found: Sequence[Media], *held: Application) -> list[dict[str, Any]]:
    """As they are answered, and their pages for people where there are any."""
    shown = represent(found, *held)
    return [{**one, "page": page_of(one["id"], one["application"])} for one in shown]


def linked(found: Mapping[str, Any]) -> Response:
    """An answer of linked data."""
    return Response(json.dumps(found, ensure_ascii=False), mimetype=linked_data.MIMETYPE)


def _side(name: str) -> int:
    sent = request.args.get(name)
    if sent is None:
        return _UNLIMITED
    if not (sent.isascii() and sent.isdigit() and 0 < len(sent) < 6 and int(sent) > 0):
        raise InvalidFields({name: "pixels, from 1"})
    return int(sent)
