"""Routes of uploads that can be resumed: tus 1.0.0 with most of its extensions."""

from typing import Any

from flask import Response, current_app, jsonify, request
from flask_restx import marshal
from werkzeug.http import http_date

from ...authorization.caller import require_application, require_caller
from ...authorization.resource import MediaDBResource
from ...errors import InvalidFields
from ...media.arguments import APPLICATION
from ...media.files import current_storage, index_root
from ...web.arguments import Argument
from ...web.bodies import read_upload
from ...web.declaring import takes
from ...web.namespace import SECURITY, ns
from . import parcels, tus, uploads
from .api_fields import upload_fields
from .arguments import UPLOAD_IN_PATH
from .models import ResumableUpload
from .uploads import MAX_BYTES

ns.add_model(upload_fields.name, upload_fields)

ENDPOINT = "mediadb_upload"
LENGTH = Argument("Upload-Length", f"bytes of the whole, at most {MAX_BYTES:,}", "integer")
METADATA = Argument("Upload-Metadata", "pairs of a key and a value in Base64; `filename` names it")
OFFSET = Argument("Upload-Offset", "bytes that are there already", "integer")
CHECKSUM = Argument(
    "Upload-Checksum", "of this part: `md5`, `sha1`, `sha256` or `sha512`, and the sum in Base64"
)
RESUMABLE = Argument("Tus-Resumable", "the version of tus that the client speaks: 1.0.0")


@ns.route("/uploads/", endpoint="mediadb_uploads")
class UploadListAPI(MediaDBResource):
    """Uploads that can be resumed."""

    @takes(
        query=(APPLICATION,),
        headers=(RESUMABLE, LENGTH, METADATA, CHECKSUM),
        image=True,
        any_file=True,
        errors=(403, 404, 412, 413, 423),
    )
    @ns.doc("create_mediadb_upload", security=SECURITY, responses={201: ("Begun", upload_fields)})
    def post(self) -> Response:
        """Begin an upload (tus): the answer's `Location` takes its parts.

        The first part may come along, as `application/offset+octet-stream`.
        """
        require_caller()
        tus.require_spoken()
        application = require_application("edit", request.args.get("application"), active=True)
        said, name = request.headers.get("Upload-Metadata"), tus.filename()
        data, length = tus.first_part(), tus.number("Upload-Length")
        if len(data) > length:
            raise InvalidFields({LENGTH.name: f"{len(data)} bytes came along"})
        upload = uploads.begin(application.id, length, name, said)
        if data:
            uploads.add(current_storage(), upload, 0, data)
        answer = _answer(upload, 201)
        path = f"{ns.path}/uploads/{upload.id}/"
        answer.headers["Location"] = request.url.partition(f"{ns.path}/uploads/")[0] + path
        return answer


@ns.route("/uploads/<string:upload>/", endpoint=ENDPOINT)
class UploadAPI(MediaDBResource):
    """One upload."""

    @takes(path=(UPLOAD_IN_PATH,), errors=(403, 404))
    @ns.doc("get_mediadb_upload", security=SECURITY, responses={200: ("Offset", upload_fields)})
    def get(self, upload: str) -> Response:
        """How much is there, in `Upload-Offset`; also by HEAD."""
        return _answer(uploads.find(upload), 200)

    @takes(
        path=(UPLOAD_IN_PATH,),
        headers=(RESUMABLE, OFFSET, CHECKSUM),
        image=True,
        any_file=True,
        errors=(403, 404, 409, 412, 413, 415, 423),
    )
    @ns.doc("add_to_mediadb_upload", security=SECURITY, responses={204: "Kept"})
    def patch(self, upload: str) -> Response:
        """Send the next part: bytes as `application/offset+octet-stream`."""
        found = uploads.find(upload)
        tus.require_spoken()
        data = read_upload().image
        if data is None:
            raise InvalidFields({"file": f"send bytes as {tus.PART}"})
        tus.check_sum(data)
        uploads.add(current_storage(), found, tus.number("Upload-Offset"), data)
        answer = _answer(found, 204)
        answer.set_data(b"")
        return answer

    @takes(path=(UPLOAD_IN_PATH,), headers=(RESUMABLE,), errors=(403, 404, 412, 423))
    @ns.doc("delete_mediadb_upload", security=SECURITY, responses={204: "Removed"})
    def delete(self, upload: str) -> tuple[str, int]:
        """Remove what was sent."""
        found = uploads.find(upload)
        tus.require_spoken()
        uploads.forget(found.id)
        parcels.remove(current_storage(), found.id, index_root(current_app))
        return "", 204


def _answer(upload: ResumableUpload, status: int) -> Response:
    shown: Any = marshal(upload, upload_fields)
    answer = jsonify(shown)
    answer.status_code = status
    answer.headers["Upload-Offset"] = str(upload.offset)
    answer.headers["Upload-Length"] = str(upload.length)
    answer.headers["Upload-Expires"] = http_date(uploads.ends_at(upload))
    if upload.metadata:
        answer.headers["Upload-Metadata"] = upload.metadata
    answer.headers["Cache-Control"] = "no-store"
    return answer
