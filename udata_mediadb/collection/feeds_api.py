"""What other programs read of a collection and of a smart collection: Atom and JSON-LD."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Response, request

from ..authorization.resource import MediaDBResource
from ..filters.arguments import FILTERS
from ..filters.compose import compose
from ..filters.conditions import both
from ..filters.query_string import read_criteria
from ..media.feeds import atom, linked_data
from ..media.feeds.api import feed, linked, newest
from ..media.listing import active_in
from ..web.declaring import takes
from ..web.namespace import ns
from ..web.page_arguments import PAGE_ARGUMENTS
from ..web.page_fields import requested_page
from .access import require_collection
from .actions import find_collection, find_smart_collection
from .arguments import IN_PATH
from .listing import members_clause
from .models import Collection, SmartCollection

Find = Callable[[object], Any]


@ns.route("/collections/<string:collection>/recent.atom", endpoint="mediadb_collection_recent")
class RecentOfCollectionAPI(MediaDBResource):
    """The newest media of a collection."""

    @takes(path=(IN_PATH,), query=FILTERS, errors=(403, 404))
    @ns.doc("get_mediadb_collection_recent", produces=[atom.MIMETYPE])
    def get(self, collection: str) -> Response:
        """Follow the newest media of a collection, as an Atom feed."""
        return _feed(find_collection, collection)


@ns.route(
    "/smart_collections/<string:collection>/recent.atom",
    endpoint="mediadb_smart_collection_recent",
)
class RecentOfSmartCollectionAPI(MediaDBResource):
    """The newest media of a smart collection."""

    @takes(path=(IN_PATH,), query=FILTERS, errors=(403, 404))
    @ns.doc("get_mediadb_smart_collection_recent", produces=[atom.MIMETYPE])
    def get(self, collection: str) -> Response:
        """Follow the newest media that meet the query, as an Atom feed."""
        return _feed(find_smart_collection, collection)


@ns.route("/collections/<string:collection>/jsonld/", endpoint="mediadb_collection_jsonld")
class CollectionLinkedDataAPI(MediaDBResource):
    """A collection as linked data."""

    @takes(path=(IN_PATH,), query=PAGE_ARGUMENTS, errors=(403, 404))
    @ns.doc("get_mediadb_collection_jsonld", produces=[linked_data.MIMETYPE])
    def get(self, collection: str) -> Response:
        """A collection as schema.org's ImageGallery, with a page of its media."""
        return _linked(find_collection, collection)


@ns.route(
    "/smart_collections/<string:collection>/jsonld/", endpoint="mediadb_smart_collection_jsonld"
)
class SmartCollectionLinkedDataAPI(MediaDBResource):
    """A smart collection as linked data."""

    @takes(path=(IN_PATH,), query=PAGE_ARGUMENTS, errors=(403, 404))
    @ns.doc("get_mediadb_smart_collection_jsonld", produces=[linked_data.MIMETYPE])
    def get(self, collection: str) -> Response:
        """A smart collection as schema.org's ImageGallery, with a page of what meets it."""
        return _linked(find_smart_collection, collection)


def _feed(find: Find, identifier: str) -> Response:
    found, application = require_collection("read", find, identifier)
    wanted = _members(found, compose(read_criteria(request.args)))
    return feed(found.name, wanted, application)


def _linked(find: Find, identifier: str) -> Response:
    found, _application = require_collection("read", find, identifier)
    shown, total = newest(_members(found, {}), requested_page())
    gallery = linked_data.gallery(request.base_url, found.name, shown, total)
    return linked(linked_data.document({**gallery, "keywords": list(found.keywords)}))


def _members(
    collection: Collection | SmartCollection, further: Mapping[str, Any]
) -> dict[str, Any]:
    return active_in(collection.application, both(members_clause(collection), further))
