"""A change of many media is begun: which ones, and what is done to each of them."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from bson import json_util

from ...application.models import Application
from ...collection.access import require_collection
from ...collection.actions import find_collection
from ...jobs.models import Job
from ...jobs.workers import start
from ...media.bulk_editing import read_edit
from ...media.models import DELETED
from ...mongo.clock import now
from .job import CHANGE, DELETE, IDS, NAME, PURGE, WANTED, moment_of


def begin_changes(
    application: Application,
    do: str,
    wanted: Mapping[str, Any],
    *,
    total: int,
    owner: str | None,
    ids: Sequence[str] | None = None,
    said: Mapping[str, Any] | None = None,
) -> Job:
    """The job that does this to all media that meet `wanted`, a filter of ours, at this moment.

    `ids`: these ones, in place of the filter. `said`: what CHANGE changes, as `edit_many` takes it.
    A second click gets what the first one began. Raises what reading `said` raises.
    """
    moment = now()
    arguments: dict[str, Any] = {"do": do, "at": moment.isoformat()}
    if do == CHANGE:
        read_edit(said or {})
        arguments["said"] = dict(said or {})
        if collection := (said or {}).get("add_to_collection"):
            require_collection("edit", find_collection, collection)
            find_collection(collection, application.id)
    same = hashlib.sha256(json_util.dumps([wanted, ids, arguments.get("said")]).encode())
    if ids is not None:
        arguments[IDS] = sorted(ids)
    elif do in (CHANGE, DELETE):  # what comes in later is not of the list that was looked at
        wanted = {"$and": [wanted, {"created_at": {"$lte": moment}}]}
    elif do == PURGE:
        wanted = {"$and": [wanted, {"deleted_at": {"$lte": moment}}]}
    arguments[WANTED] = json_util.dumps(wanted)
    return start(
        NAME,
        application=application.id,
        owner=owner,
        arguments=arguments,
        total=total,
        only_one=f"{NAME} {application.id} {do} {same.hexdigest()}",
    )


def deleted_by(job: Job) -> dict[str, Any]:
    """The filter of what a job deleted, and nobody has brought back yet."""
    return {"application": job.application, "state": DELETED, "deleted_at": moment_of(job)}
