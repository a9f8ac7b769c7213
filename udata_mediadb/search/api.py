"""Routes of the search, udata dialect."""

from collections.abc import Mapping
from typing import Any

from flask import request

from ..application.models import Application
from ..authorization.caller import require_active, require_allowed, require_application
from ..authorization.resource import MediaDBResource
from ..errors import InvalidFields, NotFound
from ..media.access import readable_media
from ..web.bodies import Upload, read_upload
from ..web.declaring import takes
from ..web.namespace import SECURITY, ns
from ..web.page_arguments import PAGE_ARGUMENTS
from ..web.page_fields import page_answer, requested_page
from .api_fields import hit_fields, hit_page_fields, represent, represent_found
from .arguments import SEARCH_BODY, SEARCH_QUERY
from .keeping import find_query, require_own
from .links import ENDPOINT, followable
from .querying import Sought, find_by_criteria, find_by_picture, new_query
from .request import SearchRequest, read_search

for model in (hit_fields, hit_page_fields):
    ns.add_model(model.name, model)


@ns.route("/search/", endpoint=ENDPOINT)
class SearchAPI(MediaDBResource):
    """Search by image."""

    only_reads = True

    @takes(query=SEARCH_QUERY, errors=(403, 404, 410, 429))
    @ns.doc("get_mediadb_search", security=SECURITY)
    @ns.marshal_with(hit_page_fields)
    def get(self) -> dict[str, Any]:
        """Search by what is kept or stored: `query`, `media`, `palette`, or criteria alone.

        Nothing is sent and nothing described, so pages, tabs and filters are links.
        """
        return _answer(Upload(properties=request.args.to_dict()))

    @takes(query=PAGE_ARGUMENTS, body=SEARCH_BODY, image=True, errors=(403, 404, 410, 413, 415))
    @ns.doc("search_mediadb", security=SECURITY)
    @ns.marshal_with(hit_page_fields)
    def post(self) -> dict[str, Any]:
        """Find stored pictures that are wholly or partly the same as this one, best first.

        Without a picture: all that meet the keywords, metadata, query and collection, newest first.
        The links to other pages are those of `GET search/`.
        """
        return _answer(read_upload())


def _answer(upload: Upload) -> dict[str, Any]:
    wanted = requested_page(upload.properties)
    asked = read_search(upload.properties)
    sought = _sought(asked, upload)
    application = _where(asked, sought)
    query = new_query(application, asked, upload, sought)
    if not query.compares_pictures:
        found = find_by_criteria(application, query, wanted)
        has_more = len(found.items) < found.total
        url = followable(upload, application, query, None, has_more=has_more)
        return page_answer(found, represent_found(found.items, application), url)
    hits = find_by_picture(application, query, wanted)
    has_more = len(hits.items) < hits.total
    url = followable(upload, application, query, asked.region, has_more=has_more)
    return page_answer(hits, represent(hits.items, application), url)


def _sought(asked: SearchRequest, upload: Upload) -> Sought:
    """The media or the kept query that is named; InvalidFields beside a picture, or both."""
    named: Mapping[str, object] = {"media": asked.media, "query": asked.kept}
    given = [name for name, value in named.items() if value is not None]
    if len(given) + upload.has_picture > 1:
        raise InvalidFields({given[0]: "send a file, a url, a media id or a query id, not several"})
    media, home = readable_media(asked.media) if asked.media is not None else (None, None)
    kept = find_query(asked.kept) if asked.kept is not None else None
    return Sought(media=media, home=home, kept=kept)


def _where(asked: SearchRequest, sought: Sought) -> Application:
    """Where to search. The application of what is sought is the default."""
    if sought.home is not None and asked.application is None:
        application = sought.home
        require_allowed("search", application)
    else:
        named = sought.kept.application if sought.kept is not None else None
        application = require_application("search", asked.application or named)
    require_active(application)
    media, kept = sought.media, sought.kept
    if media is not None and media.application != application.id:
        raise NotFound(f"There is no media {media.id!r} in this application.")
    if kept is not None:
        require_own(kept, application)
    return application
