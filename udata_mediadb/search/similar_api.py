"""The route of what looks like a stored media, udata dialect."""

from typing import Any

from flask import request

from ..authorization.caller import require_active, require_allowed
from ..authorization.resource import MediaDBResource
from ..media.access import readable_media
from ..media.arguments import IN_PATH
from ..web.declaring import takes
from ..web.namespace import SECURITY, ns
from ..web.page_fields import page_answer, requested_page
from .api_fields import hit_page_fields, represent
from .arguments import SIMILAR
from .querying import find_by_picture, similar_query
from .request import read_search


@ns.route("/media/<string:media>/similar/", endpoint="mediadb_media_similar")
class SimilarAPI(MediaDBResource):
    """Media that look like this one."""

    @takes(path=(IN_PATH,), query=SIMILAR, errors=(403, 404, 410))
    @ns.doc("list_mediadb_similar_media", security=SECURITY)
    @ns.marshal_with(hit_page_fields)
    def get(self, media: str) -> dict[str, Any]:
        """Find what looks like a stored media, best first; itself is left out."""
        wanted = requested_page()
        found, application = readable_media(media)
        require_allowed("search", application)
        require_active(application)
        asked = read_search(request.args)
        hits = find_by_picture(application, similar_query(application, asked, found), wanted)
        return page_answer(hits, represent(hits.items, application))
