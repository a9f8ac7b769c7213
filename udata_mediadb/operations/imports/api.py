"""Routes of imports, udata dialect. An import is a job: it is watched and steered as one."""

from typing import Any

from flask import request

from ...authorization.caller import require_application, require_caller
from ...authorization.resource import MediaDBResource
from ...errors import InvalidFields, NotFound
from ...jobs.access import require_job
from ...jobs.answering import answered_with_job
from ...jobs.api_fields import job_fields, represent
from ...jobs.models import Job
from ...web.arguments import Argument
from ...web.bodies import read_upload
from ...web.declaring import takes
from ...web.namespace import SECURITY, ns
from ...web.once import KEY, Answer
from ...web.page_arguments import PAGE_ARGUMENTS
from ...web.page_fields import page_answer, requested_page
from ...web.pages import Page
from ..importing.job import NAME as OF_PORTAL
from .api_fields import imported_fields, imported_page_fields
from .arguments import IMPORTING, IN_PATH, OUTCOMES
from .beginning import begin_import
from .job import NAME
from .models import ImportedItem
from .portal import begin_of_portal, is_of_portal

for _model in (imported_fields, imported_page_fields):
    ns.add_model(_model.name, _model)

OUTCOME = Argument(
    "outcome",
    "only items of which this became",
    schema={"enum": list(OUTCOMES)},
)


@ns.route("/imports/", endpoint="mediadb_imports")
class ImportListAPI(MediaDBResource):
    """Bringing in many pictures."""

    @takes(
        body=IMPORTING,
        headers=(KEY,),
        image=True,
        any_file=True,
        errors=(403, 404, 409, 410, 413, 422, 423),
    )
    @ns.doc("create_mediadb_import", security=SECURITY)
    @ns.marshal_with(job_fields, code=202)
    def post(self) -> Answer:
        """Begin an import: a ZIP, a table (CSV, JSON Lines), a IIIF manifest or collection, a feed.

        Or, with `source=portal`, of the pictures that the portal itself shows.

        The answer is its job. What is larger than an upload may be is sent to `uploads/` before.
        """
        require_caller()
        upload = read_upload()
        application = require_application("edit", upload.properties.get("application"), active=True)

        begin = begin_of_portal if is_of_portal(upload.properties) else begin_import
        return answered_with_job(application, upload, lambda: begin(application, upload))


@ns.route("/imports/<string:import>/", endpoint="mediadb_import")
class ImportAPI(MediaDBResource):
    """One import."""

    @takes(path=(IN_PATH,), errors=(403, 404))
    @ns.doc("get_mediadb_import", security=SECURITY)
    @ns.marshal_with(job_fields)
    def get(self, **path: str) -> dict[str, Any]:
        """How far it is: its job, which is paused and cancelled at `jobs/<id>/`."""
        return represent([_require_import(path["import"])])[0]


@ns.route("/imports/<string:import>/items/", endpoint="mediadb_import_items")
class ImportedItemsAPI(MediaDBResource):
    """What became of each item."""

    @takes(path=(IN_PATH,), query=(*PAGE_ARGUMENTS, OUTCOME), errors=(403, 404))
    @ns.doc("list_mediadb_import_items", security=SECURITY)
    @ns.marshal_with(imported_page_fields)
    def get(self, **path: str) -> dict[str, Any]:
        """List the items in their order with what became of each, or would in a dry run."""
        found = ImportedItem.objects(job=_require_import(path["import"]).id).order_by("number")
        if asked := request.args.get("outcome"):
            if asked not in OUTCOME.schema["enum"]:
                raise InvalidFields({"outcome": f"one of {', '.join(OUTCOME.schema['enum'])}"})
            found = found.filter(outcome=asked)
        wanted = requested_page()
        items = list(found.skip(wanted.offset).limit(wanted.page_size))
        return page_answer(Page(items, wanted, found.count()), items)


def _require_import(identifier: str) -> Job:
    job = require_job(identifier)
    if job.kind not in (NAME, OF_PORTAL):
        raise NotFound(f"There is no import {identifier!r:.60}.")
    return job
