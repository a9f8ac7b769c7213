"""A job is paused, goes on, or is stopped by a form of its page."""

from ...errors import Conflict, InvalidFields
from ...jobs import queue
from ...jobs.models import Job
from ...jobs.workers import current_jobs
from .languages import gettext

_STEER = {"pause": queue.pause, "resume": queue.resume, "cancel": queue.cancel}


def steer_job(job: Job, do: str) -> None:
    """Do what the form says; InvalidFields for another word, Conflict where the job has ended."""
    if do not in _STEER:
        raise InvalidFields({"do": f"one of {', '.join(_STEER)}"})
    if not _STEER[do](job.id):
        raise Conflict(gettext("It has ended meanwhile."))
    current_jobs().start()
