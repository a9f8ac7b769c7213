"""How jobs look on the wire."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import url_for
from flask_restx import Model, fields

from ..hosts.current import current_host, endpoint_prefix
from ..mongo.clock import now, utc
from ..web.page_fields import FREE, nullable, page_model, reference, shaped
from ..web.readers import plain
from .models import ENDED, RUNNING, UNFINISHED, Job, JobFailure
from .queue import failures_of

ENDPOINT = "mediadb_job"
SHOWN_FAILURES = 20  # in the job itself; all of them are a list of their own
_COUNT = {"type": "integer", "minimum": 0}

failure_fields = Model(
    "MediaDBJobFailure",
    {
        "item": fields.String(description="A media, a file, a line: as the kind names it"),
        "error": fields.String(description="A stable word, as of errors"),
        "reason": fields.String,
        "at": fields.DateTime,
    },
)
job_fields = Model(
    "MediaDBJob",
    {
        "id": fields.String,
        "kind": fields.String,
        "application": nullable(fields.String, description="null: the whole portal"),
        "owner": reference(description="Who asked for it"),
        "state": fields.String(enum=[*UNFINISHED, *ENDED]),
        "total": nullable(fields.Integer, description="Items, where they are counted"),
        "done": fields.Integer(description="Items, with failed ones"),
        "failed": fields.Integer(description="Items that could not be done"),
        "progress": nullable(fields.Float, description="0 to 1"),
        "rate": nullable(fields.Float, description="Items a second, lately; while it runs"),
        "ends_at": nullable(fields.DateTime, description="At that rate"),
        "counts": shaped(
            {"type": "object", "additionalProperties": _COUNT},
            description="Items by outcome, in words of the kind's own",
        ),
        "result": shaped(FREE, description="What came out of it, by the kind"),
        "message": nullable(fields.String, description="Why it failed, or is tried again"),
        "arguments": shaped(FREE, description="What was asked for"),
        "failures": fields.List(
            fields.Nested(failure_fields), description=f"The first {SHOWN_FAILURES}"
        ),
        "created_at": fields.DateTime,
        "started_at": nullable(fields.DateTime),
        "updated_at": fields.DateTime,
        "ended_at": nullable(fields.DateTime),
        "uri": fields.String,
        "failures_url": fields.String(description="All of them, in pages"),
    },
)
job_page_fields = page_model("MediaDBJobPage", job_fields)
failure_page_fields = page_model("MediaDBJobFailurePage", failure_fields)


def represent(jobs: Sequence[Job]) -> list[dict[str, Any]]:
    """Jobs with their progress."""
    owners = current_host().user_refs([job.owner for job in jobs if job.owner])
    failed = failures_of([job.id for job in jobs])
    return [_represented(job, owners.get(job.owner), failed.get(job.id, 0)) for job in jobs]


def _represented(job: Job, owner: dict[str, Any] | None, failed: int) -> dict[str, Any]:
    names = ("id", "kind", "application", "state", "total", "done", "message")
    times = ("created_at", "started_at", "updated_at", "ended_at")
    prefix, runs = endpoint_prefix(), job.state == RUNNING
    shown = JobFailure.objects(job=job.id).order_by("at", "id").limit(SHOWN_FAILURES)
    return {
        **{name: getattr(job, name) for name in (*names, *times)},
        **{name: plain(getattr(job, name)) for name in ("counts", "result")},
        "arguments": _shown(plain(job.arguments)),
        "owner": owner,
        "failed": failed,
        "progress": _progress(job),
        "rate": job.rate if runs else None,
        "ends_at": _ends_at(job) if runs else None,
        "failures": list(shown) if failed else [],
        "uri": url_for(prefix + ENDPOINT, job=job.id, _external=True),
        "failures_url": url_for(prefix + f"{ENDPOINT}_failures", job=job.id, _external=True),
    }


def _shown(arguments: dict[str, Any]) -> dict[str, Any]:
    """Without those that are of use to its kind alone."""
    return {name: value for name, value in arguments.items() if not name.startswith("_")}


def _progress(job: Job) -> float | None:
    if job.state == "done":
        return 1.0
    return None if job.total is None else min(1.0, job.done / job.total) if job.total else 0.0


def _ends_at(job: Job) -> datetime | None:
    if job.total is None or not job.rate:
        return None
    since = max(now() - utc(job.updated_at), timedelta(0))
    left = timedelta(seconds=max(0, job.total - job.done) / job.rate)
    return now() + max(left - since, timedelta(0))
