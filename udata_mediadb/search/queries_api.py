"""Routes of kept queries, udata dialect."""

import hashlib
from typing import Any

from flask import Response, url_for
from flask_restx import Model, fields

from ..application.models import Application
from ..authorization.caller import require_active, require_allowed, require_application
from ..authorization.resource import MediaDBResource
from ..errors import InvalidFields, NotFound
from ..hosts.current import endpoint_prefix
from ..media.access import readable_media
from ..media.models import Media
from ..media.serving import picture_of
from ..mongo.ids import compact_id
from ..web.arguments import Argument
from ..web.bodies import Upload, image_of, read_upload
from ..web.declaring import takes
from ..web.namespace import SECURITY, ns
from ..web.page_fields import nullable
from .arguments import APPLICATION, MEDIA, URL
from .keeping import find_query, keep_query
from .models import KeptQuery
from .querying import sent_picture, stored_picture

ENDPOINT, COPY_ENDPOINT = "mediadb_query", "mediadb_query_copy"
IN_PATH = Argument("query", "the id of a query that you made")
query_fields = Model(
    "MediaDBQuery",
    {
        "id": fields.String(description="For `query` in a search; it cannot be guessed"),
        "application": fields.String,
        "name": nullable(fields.String, description="The file's name, where it had one"),
        "width": fields.Integer,
        "height": fields.Integer,
        "format": fields.String,
        "sha256": fields.String(description="Of the file"),
        "url": fields.String(description="A small copy, for you only"),
        "uri": fields.String,
        "search_url": fields.String(description="The hits; arguments of a search may follow"),
        "created_at": fields.DateTime,
        "expires_at": fields.DateTime(description="It is gone then"),
    },
)
ns.add_model(query_fields.name, query_fields)


@ns.route("/queries/", endpoint="mediadb_queries")
class QueriesAPI(MediaDBResource):
    """Pictures that you look for, kept for a while."""

    only_reads = True

    @takes(body=(APPLICATION, MEDIA, URL), image=True, errors=(403, 404, 410, 413, 415, 429))
    @ns.doc("create_mediadb_query", security=SECURITY)
    @ns.marshal_with(query_fields, code=201)
    def post(self) -> tuple[dict[str, Any], int]:
        """Keep a picture for searching: a file part `image`, a `url`, or a `media` id.

        It is described once; every search that names it, and each of its pages, describes nothing.
        """
        upload = read_upload()
        media, application = _about(upload)
        require_active(application)
        data = picture_of(media) if media else image_of(upload)
        sha256 = media.sha256 if media else hashlib.sha256(data).hexdigest()
        name = media.name if media else upload.filename
        sent = stored_picture(media) if media else sent_picture(data, sha256)
        kept = keep_query(application, sent, sha256=sha256, name=name, data=data)
        return represent_query(kept), 201


@ns.route("/queries/<string:query>/", endpoint=ENDPOINT)
class QueryAPI(MediaDBResource):
    """One kept query."""

    only_reads = True

    @takes(path=(IN_PATH,), errors=(404,))
    @ns.doc("get_mediadb_query", security=SECURITY)
    @ns.marshal_with(query_fields)
    def get(self, query: str) -> dict[str, Any]:
        """Get a query that you made."""
        return represent_query(find_query(query))

    @takes(path=(IN_PATH,), errors=(404,))
    @ns.doc("delete_mediadb_query", security=SECURITY, responses={204: "Deleted"})
    def delete(self, query: str) -> tuple[str, int]:
        """Forget a query before its time."""
        find_query(query).delete()
        return "", 204


@ns.route("/queries/<string:query>/copy/", endpoint=COPY_ENDPOINT)
class QueryCopyAPI(MediaDBResource):
    """The picture of a kept query."""

    @takes(path=(IN_PATH,), errors=(404,))
    @ns.doc("get_mediadb_query_copy", security=SECURITY, produces=["image/jpeg"])
    def get(self, query: str) -> Response:
        """A copy of at most 1,024 pixels, without metadata."""
        response = Response(bytes(find_query(query).copy), mimetype="image/jpeg")
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
        response.headers["Cache-Control"] = "private, no-store"
        return response


def represent_query(kept: KeptQuery) -> dict[str, Any]:
    """A query with its links."""
    names = ("id", "application", "name", "width", "height", "format", "sha256")
    times = ("created_at", "expires_at")
    prefix = endpoint_prefix()
    return {
        **{name: getattr(kept, name) for name in (*names, *times)},
        "uri": url_for(prefix + ENDPOINT, query=kept.id, _external=True),
        "url": url_for(prefix + COPY_ENDPOINT, query=kept.id, _external=True),
        "search_url": url_for(prefix + "mediadb_search", query=kept.id, _external=True),
    }


def _about(upload: Upload) -> tuple[Media | None, Application]:
    """The media that is named, None for none, and where to search."""
    identifier, named = (upload.properties.get(one) for one in ("media", "application"))
    if identifier in (None, ""):
        return None, require_application("search", named)
    if upload.has_picture:
        raise InvalidFields({"media": "send a file, a url or a media id, not several"})
    media, home = readable_media(identifier)
    if named and compact_id(named) != home.id:
        raise NotFound(f"There is no media {media.id!r} in this application.")
    require_allowed("search", home)
    return media, home
