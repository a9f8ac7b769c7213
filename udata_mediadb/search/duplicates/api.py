"""Routes of duplicates, udata dialect."""

from typing import Any

from flask import request

from ...application.models import Application
from ...authorization.caller import (
    acting_user,
    find_application,
    require_active,
    require_allowed,
    require_application,
    require_caller,
)
from ...authorization.resource import MediaDBResource
from ...errors import NotFound
from ...jobs.api_fields import job_fields
from ...jobs.api_fields import represent as represent_jobs
from ...mongo.ids import compact_id
from ...web.arguments import readers
from ...web.bodies import read_object
from ...web.declaring import takes
from ...web.namespace import SECURITY, ns
from ...web.page_fields import page_answer, requested_page
from ...web.pages import Page
from ...web.readers import read_properties
from .api_fields import (
    ENDPOINT,
    counts_of,
    group_fields,
    group_list_fields,
    group_page_fields,
    pair_fields,
    represent,
)
from .arguments import ACTING, IN_PATH, KIND, LISTING, SCANNING, STATE
from .deciding import act
from .models import OPEN, DuplicateGroup, Followed
from .scanning import start_scan

for model in (pair_fields, group_fields, group_list_fields, group_page_fields):
    ns.add_model(model.name, model)


@ns.route("/duplicates/", endpoint="mediadb_duplicates")
class DuplicateListAPI(MediaDBResource):
    """Groups of media that show the same."""

    @takes(query=LISTING, errors=(403, 404))
    @ns.doc("list_mediadb_duplicates", security=SECURITY)
    @ns.marshal_with(group_page_fields)
    def get(self) -> dict[str, Any]:
        """List the groups of an application, newest first, with how many there are of each."""
        application = require_application("edit", request.args.get("application"))
        asked = read_properties(request.args, readers(KIND, STATE))
        wanted = requested_page()
        found = DuplicateGroup.objects(application=application.id)
        if (state := asked.get("state", OPEN)) != "any":
            found = found.filter(state=state)
        if "kind" in asked:
            found = found.filter(kind=asked["kind"])
        ordered = found.order_by("-created_at", "-id")
        items = list(ordered.skip(wanted.offset).limit(wanted.page_size))
        page = Page(items, wanted, found.count())
        followed = Followed.objects(id=application.id).first()
        return {
            **page_answer(page, represent(items, application)),
            "counts": counts_of(application.id),
            "scanned_at": followed and followed.scanned_at,
            "job": followed and followed.job,
        }


@ns.route("/duplicates/scan/", endpoint="mediadb_duplicates_scan")
class DuplicateScanAPI(MediaDBResource):
    """Comparing all media of an application."""

    @takes(body=SCANNING, errors=(403, 404, 423))
    @ns.doc("scan_mediadb_duplicates", security=SECURITY)
    @ns.marshal_with(job_fields, code=202)
    def post(self) -> tuple[dict[str, Any], int]:
        """Begin to look for duplicates, or give the job that is at it.

        Afterwards every new media is compared by itself.
        """
        require_caller()
        application = require_application("edit", read_object().get("application"))
        require_active(application)
        job = start_scan(application, acting_user(application))
        return represent_jobs([job])[0], 202


@ns.route("/duplicates/<string:group>/", endpoint=ENDPOINT)
class DuplicateAPI(MediaDBResource):
    """One group."""

    @takes(path=(IN_PATH,), errors=(403, 404))
    @ns.doc("get_mediadb_duplicate", security=SECURITY)
    @ns.marshal_with(group_fields)
    def get(self, group: str) -> dict[str, Any]:
        """Get a group with its media and the proofs."""
        found, application = require_group(group)
        return represent([found], application)[0]

    @takes(path=(IN_PATH,), body=ACTING, errors=(403, 404, 409, 410, 423))
    @ns.doc("decide_mediadb_duplicate", security=SECURITY)
    @ns.marshal_with(group_fields)
    def post(self, group: str) -> dict[str, Any]:
        """Merge the group, keep all, link them as versions, dismiss it; or undo that."""
        found, application = require_group(group)
        body = read_object()
        asked = read_properties({**body, "action": body.get("action") or ""}, readers(*ACTING))
        act(
            found,
            asked["action"],
            keep=asked.get("keep"),
            version=asked.get("version"),
            by=acting_user(application),
        )
        now = DuplicateGroup.objects(id=found.id).first() or found
        return represent([now], application)[0]


def require_group(identifier: str) -> tuple[DuplicateGroup, Application]:
    """The group, if the caller may change its application; else NotFound, Forbidden, …"""
    require_caller()
    key = compact_id(identifier)
    group = DuplicateGroup.objects(id=key).first() if key else None
    missing = NotFound(f"There is no group {identifier!r:.60}, or no longer.")
    if group is None:
        raise missing
    application = find_application(group.application)
    require_allowed("edit", application, missing)
    return group, application
