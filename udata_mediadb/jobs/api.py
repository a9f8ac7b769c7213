"""Routes of jobs, udata dialect. Other routes begin them: each says which job it began."""

from typing import Any

from flask import request
from mongoengine.queryset import QuerySet

from ..authorization.resource import MediaDBResource
from ..errors import Conflict, InvalidFields
from ..web.arguments import readers
from ..web.bodies import read_object
from ..web.declaring import takes
from ..web.namespace import SECURITY, ns
from ..web.page_arguments import PAGE_ARGUMENTS
from ..web.page_fields import page_answer, requested_page
from ..web.pages import Page
from ..web.readers import read_properties
from . import queue
from .access import filters, require_job, visible_jobs
from .api_fields import (
    ENDPOINT,
    failure_fields,
    failure_page_fields,
    job_fields,
    job_page_fields,
    represent,
)
from .arguments import CHANGING, IN_PATH, KIND, LISTING, STATE
from .models import JobFailure
from .workers import current_jobs

for model in (failure_fields, failure_page_fields, job_fields, job_page_fields):
    ns.add_model(model.name, model)

_DOING = {"pause": queue.pause, "resume": queue.resume, "cancel": queue.cancel}


@ns.route("/jobs/", endpoint="mediadb_jobs")
class JobListAPI(MediaDBResource):
    """Work that outlives a request."""

    @takes(query=LISTING, errors=(403, 404))
    @ns.doc("list_mediadb_jobs", security=SECURITY)
    @ns.marshal_with(job_page_fields)
    def get(self) -> dict[str, Any]:
        """List the jobs of your applications, newest first; finished ones for thirty days."""
        asked = read_properties(request.args, readers(KIND, STATE))
        found = visible_jobs(request.args.get("application")).filter(**filters(asked))
        page = _page(found)
        return page_answer(page, represent(page.items))


@ns.route("/jobs/<string:job>/", endpoint=ENDPOINT)
class JobAPI(MediaDBResource):
    """One job."""

    @takes(path=(IN_PATH,), errors=(403, 404))
    @ns.doc("get_mediadb_job", security=SECURITY)
    @ns.marshal_with(job_fields)
    def get(self, job: str) -> dict[str, Any]:
        """How far it is, how fast, when it will end, and what failed."""
        return represent([require_job(job)])[0]

    @takes(path=(IN_PATH,), body=CHANGING, errors=(403, 404, 409, 423))
    @ns.doc("steer_mediadb_job", security=SECURITY)
    @ns.marshal_with(job_fields)
    def patch(self, job: str) -> dict[str, Any]:
        """Pause it, let it go on, or cancel it; what it did stays done.

        Saying again what is so already changes nothing; 409 for one that has ended.
        """
        found = require_job(job)
        action = _action(read_object())
        if not _DOING[action](found.id) and not (action == "cancel" and found.state == "cancelled"):
            found.reload()
            raise Conflict(f"The job is {found.state}: it has ended.")
        current_jobs().start()
        return represent([found.reload()])[0]


@ns.route("/jobs/<string:job>/failures/", endpoint=f"{ENDPOINT}_failures")
class JobFailuresAPI(MediaDBResource):
    """What a job could not do."""

    @takes(path=(IN_PATH,), query=PAGE_ARGUMENTS, errors=(403, 404))
    @ns.doc("list_mediadb_job_failures", security=SECURITY)
    @ns.marshal_with(failure_page_fields)
    def get(self, job: str) -> dict[str, Any]:
        """List the items that failed, each with its reason, in the order in which they did."""
        failures = JobFailure.objects(job=require_job(job).id).order_by("at", "id")
        page = _page(failures)
        return page_answer(page, list(page.items))


def _page(found: QuerySet) -> Page[Any]:
    wanted = requested_page()
    items = list(found.skip(wanted.offset).limit(wanted.page_size))
    return Page(items, wanted, found.count())


def _action(properties: dict[str, Any]) -> str:
    asked = set(read_properties(properties, readers(*CHANGING)).values())
    if len(asked) != 1:
        raise InvalidFields({"action": "say pause, resume or cancel"})
    action: str = asked.pop()
    return action
