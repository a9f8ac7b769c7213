"""Jobs that nobody does, whatever worker looks meanwhile."""

from uuid import uuid4

from udata_mediadb.jobs.models import PAUSED, Job
from udata_mediadb.mongo.clock import now


def paused_job(kind: str, application: str) -> str:
    """Its id. A job that is paused after it was put into the queue may be done by then."""
    job = Job(id=uuid4().hex, kind=kind, application=application, state=PAUSED, claimed_at=now())
    return str(job.save(force_insert=True).id)
