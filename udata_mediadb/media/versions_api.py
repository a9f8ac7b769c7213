"""Routes to replace the picture of a media, and of the pictures that it had before."""

from functools import partial
from typing import Any

from flask import Response
from flask_restx import Model, fields

from ..application.models import Application
from ..authorization.caller import name_of_caller, require_caller
from ..authorization.resource import MediaDBResource
from ..web.arguments import readers
from ..web.bodies import Upload, image_of, read_upload
from ..web.declaring import takes
from ..web.namespace import SECURITY, ns
from ..web.once import KEY, Answer, answered_once
from ..web.page_arguments import PAGE_ARGUMENTS
from ..web.page_fields import nullable, page_answer, page_model, requested_page
from ..web.pages import Page
from ..web.preconditions import MATCH, require_match
from ..web.readers import read_properties
from .access import editable_media
from .api_fields import media_fields, represent
from .arguments import IN_PATH, MD5, REPLACING, SHA256, VERSION_IN_PATH
from .current import current_ingest, duplicates_mode
from .describer import describe_if_due
from .files import current_storage
from .models import Media
from .replacing import NewPicture, replace_picture
from .serving import serve_earlier
from .versions import earlier_pictures, find_earlier, remove_earlier

version_fields = Model(
    "MediaDBEarlierPicture",
    {
        "id": fields.String(attribute="picture", description="The id of the picture, a UUID"),
        "filename": nullable(fields.String, description="As sent, for show only"),
        "md5": fields.String,
        "sha256": fields.String,
        "size": fields.Integer(description="Bytes of the original"),
        "width": fields.Integer(description="Pixels, upright"),
        "height": fields.Integer(description="Pixels, upright"),
        "format": fields.String,
        "replaced_at": fields.DateTime,
    },
)
version_page_fields = page_model("MediaDBEarlierPicturePage", version_fields)
for _model in (version_fields, version_page_fields):
    ns.add_model(_model.name, _model)


@ns.route("/media/<string:media>/file/", endpoint="mediadb_media_replacement")
class MediaReplacementAPI(MediaDBResource):
    """The picture of a media, to be replaced."""

    @takes(
        path=(IN_PATH,),
        body=REPLACING,
        headers=(KEY, MATCH),
        image=True,
        errors=(403, 404, 409, 410, 412, 413, 415, 422, 423),
    )
    @ns.doc("replace_mediadb_media_file", security=SECURITY)
    @ns.marshal_with(media_fields)
    def put(self, media: str) -> Answer:
        """Replace the picture: a file part `image`, the bytes as the body, or JSON with a `url`.

        Name, keywords and all else stay; the earlier picture is kept, see `versions/`. A search
        finds the earlier picture or the new one, at no moment neither or both.
        """
        require_caller()
        found, application = editable_media(media)
        shown = partial(represent, [found], application)
        require_match(self.api, lambda: shown()[0], media_fields)
        upload = read_upload()

        def replace(identifier: str | None) -> Answer:
            return _replaced(found, application, upload, identifier), 200

        return answered_once(name_of_caller(application), upload, media_fields, replace)


def _replaced(
    media: Media, application: Application, upload: Upload, identifier: str | None
) -> dict[str, Any]:
    sums = read_properties(upload.properties, readers(MD5, SHA256))
    rejects = duplicates_mode(application, upload.properties) != "allow"
    new = NewPicture(image_of(upload), upload.filename, sums, rejects)
    changed = replace_picture(current_ingest(), application, media, new, identifier)
    describe_if_due(application)
    return represent([changed], application)[0]


@ns.route("/media/<string:media>/versions/", endpoint="mediadb_media_versions")
class EarlierPicturesAPI(MediaDBResource):
    """The pictures that a media had before its file was replaced."""

    @takes(path=(IN_PATH,), query=PAGE_ARGUMENTS, errors=(403, 404, 410))
    @ns.doc("list_mediadb_media_versions", security=SECURITY)
    @ns.marshal_with(version_page_fields)
    def get(self, media: str) -> dict[str, Any]:
        """List the earlier pictures of a media, newest first; for who may edit."""
        found, _application = editable_media(media)
        wanted, earlier = requested_page(), earlier_pictures(found)
        shown = earlier[wanted.offset :][: wanted.page_size]
        return page_answer(Page(shown, wanted, len(earlier)), shown)


@ns.route("/media/<string:media>/versions/<string:version>/", endpoint="mediadb_media_version")
class EarlierPictureAPI(MediaDBResource):
    """One earlier picture of a media."""

    @takes(path=(IN_PATH, VERSION_IN_PATH), errors=(403, 404, 410))
    @ns.doc("get_mediadb_media_version", security=SECURITY, produces=["image/jpeg", "image/png"])
    def get(self, media: str, version: str) -> Response:
        """Download an earlier picture as it was uploaded; for who may edit."""
        found, _application = editable_media(media)
        return serve_earlier(found, find_earlier(found, version))

    @takes(path=(IN_PATH, VERSION_IN_PATH), errors=(403, 404, 410, 423))
    @ns.doc("delete_mediadb_media_version", security=SECURITY, responses={204: "Deleted"})
    def delete(self, media: str, version: str) -> tuple[str, int]:
        """Remove an earlier picture for good."""
        found, _application = editable_media(media)
        remove_earlier(current_storage(), found, version)
        return "", 204
