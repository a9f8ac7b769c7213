"""The route of changes of many media, udata dialect. Such a change is a job: steered as one."""

from collections.abc import Mapping
from typing import Any

from ...application.models import Application
from ...authorization.caller import acting_user, require_application, require_caller
from ...authorization.resource import MediaDBResource
from ...errors import InvalidFields
from ...filters.conditions import clause
from ...jobs.answering import answered_with_job
from ...jobs.api_fields import job_fields
from ...jobs.models import Job
from ...media.arguments import BULK_WHERE
from ...media.counts import current_counts
from ...media.listing import active_in
from ...media.models import DELETED
from ...mongo.ids import compact_id
from ...web.arguments import readers
from ...web.bodies import Upload, read_object
from ...web.bulk_results import read_ids
from ...web.declaring import takes
from ...web.namespace import SECURITY, ns
from ...web.once import KEY, Answer
from ...web.readers import read_properties
from .arguments import BEGINNING, DO, SAID, UNDOES
from .beginning import begin_changes, deleted_by
from .job import CHANGE, DELETE, NAME, RESTORE


@ns.route("/media/changes/", endpoint="mediadb_media_changes")
class MediaChangesAPI(MediaDBResource):
    """More media than a request has time for."""

    @takes(body=BEGINNING, headers=(KEY,), errors=(403, 404, 409, 422, 423))
    @ns.doc("create_mediadb_media_changes", security=SECURITY)
    @ns.marshal_with(job_fields, code=202)
    def post(self) -> Answer:
        """Begin to change, delete or restore any number of media; the answer is the job.

        They are named by `ids` or by a `query`, and are those that meet it at this moment.
        """
        require_caller()
        sent = read_object()
        application = require_application("edit", sent.get("application"), active=True)
        upload = Upload(properties=sent)
        return answered_with_job(application, upload, lambda: _begun(application, sent))


def _begun(application: Application, sent: Mapping[str, Any]) -> Job:
    asked = read_properties(sent, readers(DO, UNDOES, *BULK_WHERE))
    do, ids = asked.get("do", CHANGE), None
    said = {one.name: sent[one.name] for one in SAID if one.name in sent}
    if do != CHANGE and said:
        raise InvalidFields(dict.fromkeys(said, f"nothing is changed with do={do}"))
    if sum(sent.get(name) is not None for name in ("ids", "query", "undoes")) != 1:
        raise InvalidFields(
            {"ids": "name media by ids, or by a query, or by a job; by one of them"}
        )
    if "undoes" in asked:
        wanted = _deletions(application, do, asked["undoes"])
    elif "query" in asked:
        wanted = _meeting(application, do, clause(asked["query"]))
    else:
        wanted, ids = _meeting(application, do, {}), read_ids(sent["ids"], "ids")
    return begin_changes(
        application,
        do,
        wanted,
        total=current_counts().count(application.id, wanted) if ids is None else len(ids),
        owner=acting_user(application),
        ids=ids,
        said=said or None,
    )


def _meeting(application: Application, do: str, met: dict[str, Any]) -> dict[str, Any]:
    if do in (CHANGE, DELETE):
        return active_in(application.id, met)
    return {"application": application.id, "state": DELETED, **({"$and": [met]} if met else {})}


def _deletions(application: Application, do: str, identifier: str) -> dict[str, Any]:
    if do != RESTORE:
        raise InvalidFields({"undoes": f"goes with do={RESTORE}"})
    key = compact_id(identifier)
    job = Job.objects(id=key, kind=NAME, application=application.id).first() if key else None
    if job is None or job.arguments["do"] != DELETE:
        raise InvalidFields({"undoes": "there is no such deletion in this application"})
    return deleted_by(job)
