"""Who may see and steer which jobs: who may change the application; the portal's own, its
administrators."""

from typing import Any

from mongoengine.queryset import QuerySet

from ..application.models import Application
from ..authorization.caller import (
    applications_for,
    find_application,
    require_allowed,
    require_application,
    require_caller,
)
from ..errors import NotFound
from ..mongo.ids import compact_id
from .models import Job


def visible_jobs(application: object) -> QuerySet:
    """The jobs of this application, else all that the caller may steer, newest first."""
    found = Job.objects.order_by("-created_at", "-id")
    caller = require_caller()
    if application not in (None, ""):
        return found.filter(application=require_application("edit", application).id)
    if caller.key is not None:
        return found.filter(application=caller.key.application.id)
    principal = caller.principal
    if principal is None or principal.is_admin:
        return found
    own = [one.id for one in applications_for("edit", principal)]
    return found.filter(application__in=own)


def require_job(identifier: str) -> Job:
    """The job of this id, if the caller may steer it; NotFound for one that they may not see."""
    caller = require_caller()
    key = compact_id(identifier)
    job = Job.objects(id=key).first() if key else None
    missing = NotFound(f"There is no job {identifier!r:.60}.")
    if job is None:
        raise missing
    if job.application is None:
        if caller.principal is None or not caller.principal.is_admin:
            raise missing
        return job
    require_allowed("edit", _application_of(job, missing), missing)
    return job


def _application_of(job: Job, missing: NotFound) -> Application:
    try:
        return find_application(job.application)
    except NotFound as exc:
        raise missing from exc


def filters(arguments: dict[str, Any]) -> dict[str, Any]:
    """What a list is narrowed to."""
    return {name: arguments[name] for name in ("kind", "state") if arguments.get(name)}
