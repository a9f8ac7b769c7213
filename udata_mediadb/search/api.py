"""Routes of the search, udata dialect."""

from typing import Any

from ..application.actions import require_active
from ..application.models import Application
from ..authorization.caller import require_allowed, require_application
from ..authorization.resource import MediaDBResource
from ..errors import InvalidFields, NotFound
from ..media.access import readable_media
from ..media.models import Media
from ..web.bodies import Upload, read_upload
from ..web.declaring import takes
from ..web.namespace import SECURITY, ns
from ..web.page_arguments import PAGE_ARGUMENTS
from ..web.page_fields import page_answer, requested_page
from .api_fields import hit_fields, hit_page_fields, represent, represent_found
from .arguments import SEARCH_BODY
from .querying import find_by_criteria, find_by_picture, new_query
from .request import SearchRequest, read_search

for model in (hit_fields, hit_page_fields):
    ns.add_model(model.name, model)


@ns.route("/search/", endpoint="mediadb_search")
class SearchAPI(MediaDBResource):
    """Search by image."""

    only_reads = True

    @takes(query=PAGE_ARGUMENTS, body=SEARCH_BODY, image=True, errors=(403, 404, 410, 413, 415))
    @ns.doc("search_mediadb", security=SECURITY)
    @ns.marshal_with(hit_page_fields)
    def post(self) -> dict[str, Any]:
        """Find stored pictures that are wholly or partly the same as this one, best first.

        Without a picture: all that meet the keywords, metadata, query and collection, newest first.
        """
        upload = read_upload()
        wanted = requested_page(upload.properties)
        asked = read_search(upload.properties)
        application, media = _where(asked, upload)
        query = new_query(application, asked, upload, media)
        if not query.compares_pictures:
            found = find_by_criteria(application, query, wanted)
            return page_answer(found, represent_found(found.items, application))
        hits = find_by_picture(application, query, wanted)
        return page_answer(hits, represent(hits.items, application))


def _where(asked: SearchRequest, upload: Upload) -> tuple[Application, Media | None]:
    """Where to search, and the media that is named. Its application is the default for its id."""
    if asked.media is not None and upload.has_picture:
        raise InvalidFields({"media": "send a file, a url or a media id, not several"})
    media, application = readable_media(asked.media) if asked.media else (None, None)
    if application is not None and asked.application is None:
        require_allowed("search", application)
    else:
        application = require_application("search", asked.application)
    require_active(application)
    if media is not None and media.application != application.id:
        raise NotFound(f"There is no media {media.id!r} in this application.")
    return application, media
