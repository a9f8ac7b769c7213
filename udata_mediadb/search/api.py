"""Routes of the search, udata dialect."""

from typing import Any

from flask import current_app, request

from ..application.actions import require_active
from ..application.models import Application
from ..auth.guard import require_application
from ..errors import InvalidFields, NotFound
from ..imaging import decode
from ..media.access import readable_media
from ..namespace import SECURITY, ns
from ..pagination import Page, PageRequest, parse_page
from ..resource import MediaDBResource
from ..state import current_mediadb
from ..uploads import Upload, image_of, read_upload
from ..wire import PAGE_PARAMS, page_answer
from .actions import Query, choose_signatures, search
from .api_fields import hit_fields, hit_page_fields, represent
from .request import SearchRequest, read_search

for model in (hit_fields, hit_page_fields):
    ns.add_model(model.name, model)

DECODE_SIDE_PX = 1024  # as when the picture is stored: the two must be described alike


@ns.route("/search/", endpoint="mediadb_search")
class SearchAPI(MediaDBResource):
    """Search by image."""

    @ns.doc(
        "search_mediadb",
        security=SECURITY,
        params=PAGE_PARAMS,
        consumes=["multipart/form-data", "application/json"],
    )
    @ns.marshal_with(hit_page_fields)
    def post(self) -> dict[str, Any]:
        """Find stored pictures that are wholly or partly the same as this one, best first."""
        upload = read_upload()
        wanted = _page(upload)
        asked = read_search(upload.properties)
        application, query = _query(asked, upload)
        hits = search(application, query, current_mediadb().catalogs)
        shown = hits[wanted.offset :][: wanted.page_size]
        return page_answer(Page(shown, wanted, len(hits)), represent(shown))


def _page(upload: Upload) -> PageRequest:
    """The page of the query string, else of the body."""
    asked = {**upload.properties, **request.args.to_dict()}
    return parse_page(asked, max_size=current_app.config["MEDIADB_PAGE_SIZE_MAX"])


def _query(asked: SearchRequest, upload: Upload) -> tuple[Application, Query]:
    """Where to search, and for what. A media's own application is the default for its id."""
    picture, media = None, None
    if asked.media is not None:
        if upload.image is not None or upload.properties.get("url"):
            raise InvalidFields({"media": "send a file, a url or a media id, not several"})
        media = readable_media(asked.media)
    application = require_application(
        "search", asked.application or (media.application if media else None)
    )
    require_active(application)
    if media is not None and media.application != application.id:
        raise NotFound(f"There is no media {media.id!r} in this application.")
    if media is None:
        picture = decode(
            image_of(upload),
            max_pixels=current_app.config["MEDIADB_IMAGE_MAX_PIXELS"],
            side=DECODE_SIDE_PX,
        )
    query = Query(
        picture=picture,
        media=media.id if media else None,
        keywords=asked.keywords,
        metadata=asked.metadata,
        signatures=choose_signatures(application, asked.signatures),
        include_rejected=asked.include_rejected,
        candidates=current_app.config["MEDIADB_SEARCH_CANDIDATES"],
    )
    return application, query
