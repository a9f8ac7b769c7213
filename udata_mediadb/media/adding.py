"""Answering an upload: one picture with its media, several each with a result of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid5

from flask_restx import Model, fields

from ..application.models import Application
from ..errors import InvalidFields, MediaDBError
from ..hosts.related import Related
from ..web.bodies import Upload
from ..web.namespace import ns
from ..web.once import Answer, answered_once
from ..web.page_fields import nullable
from .api_fields import media_fields, permissions_fields, represent
from .current import Added, add_upload
from .models import Media

FILES_MAX = 20  # in one form; all together are no larger than one upload
_OF_ONE_FILE = ("md5", "sha256", "external_id")

upload_result_fields = Model(
    "MediaDBUploadResult",
    {
        "filename": nullable(fields.String, description="As sent"),
        "status": fields.Integer(description="An HTTP status for this file alone"),
        "message": fields.String,
        "media": nullable(fields.Nested, model=media_fields, allow_null=True),
    },
)
upload_results_fields = Model(
    "MediaDBUploadResults",
    {
        "results": fields.List(fields.Nested(upload_result_fields)),
        "status": fields.Integer(description="207"),
        "message": fields.String,
    },
)
for _model in (permissions_fields, media_fields, upload_result_fields, upload_results_fields):
    ns.add_model(_model.name, _model)


@dataclass(frozen=True)
class Destination:
    """Where uploads go, and in whose name; `related`, `about`: already checked."""

    application: Application
    owner: str | None
    related: Sequence[Related]
    about: Mapping[str, Any]

    @property
    def caller(self) -> str:
        """Who asks, for requests that are answered once."""
        return f"{self.owner} {self.application.id}"

    def add(self, upload: Upload, identifier: str | None) -> Added:
        """Store one."""
        return add_upload(
            self.application,
            upload,
            upload.properties,
            self.owner,
            self.related,
            self.about,
            identifier=identifier,
        )

    def shown(self, media: Media) -> dict[str, Any]:
        return represent([media], self.application)[0]


@ns.marshal_with(media_fields, code=201)
def answer_one(destination: Destination, upload: Upload) -> Answer:
    """201 with the media, 200 with one that was there."""

    def add(identifier: str | None) -> Answer:
        added = destination.add(upload, identifier)
        return destination.shown(added.media), 201 if added.is_new else 200

    return answered_once(destination.caller, upload, media_fields, add)


@ns.marshal_with(upload_results_fields, code=207)
def answer_several(destination: Destination, upload: Upload) -> Answer:
    """207 with a result for each file, in the order of the form."""
    misplaced = [name for name in _OF_ONE_FILE if name in upload.properties]
    if misplaced:
        raise InvalidFields(dict.fromkeys(misplaced, "goes with one file"))

    def add(identifier: str | None) -> Answer:
        results = [
            _result(destination, one, str(uuid5(UUID(identifier), str(n))) if identifier else None)
            for n, one in enumerate((replace(upload, further=()), *upload.further))
        ]
        done = sum(result["status"] < 400 for result in results)
        message = f"{done} of {len(results)}"
        return {"results": results, "status": 207, "message": message}, 207

    return answered_once(destination.caller, upload, upload_results_fields, add)


def _result(destination: Destination, upload: Upload, identifier: str | None) -> dict[str, Any]:
    try:
        added = destination.add(upload, identifier)
    except MediaDBError as exc:
        failed = {"status": exc.status, "message": exc.message, "media": None}
        return {"filename": upload.filename, **failed}
    return {
        "filename": upload.filename,
        "status": 201 if added.is_new else 200,
        "message": "added" if added.is_new else "there already",
        "media": destination.shown(added.media),
    }
