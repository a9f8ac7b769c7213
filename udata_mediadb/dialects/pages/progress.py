"""How far a job is, in words and as a number for a bar."""

from collections.abc import Mapping
from typing import Any

from ...jobs.models import CANCELLED, DONE, FAILED, PAUSED, QUEUED, RUNNING, Job
from .figures import figure
from .languages import gettext, marked, ngettext

STATE_WORDS: Mapping[str, str] = {
    QUEUED: marked("waiting for its turn"),
    RUNNING: marked("going on"),
    PAUSED: marked("paused"),
    DONE: marked("done"),
    FAILED: marked("failed"),
    CANCELLED: marked("stopped"),
}


def progress_of(job: Job) -> dict[str, Any]:
    """`done` of `total`, None while nobody has counted; `words`: what to say of it."""
    words = [gettext(STATE_WORDS[job.state])]
    if job.total is not None:
        numbers = {"done": figure(job.done), "all": figure(job.total)}
        words.append(gettext("%(done)s of %(all)s") % numbers)
    if job.state == RUNNING and job.rate:
        words.append(gettext("%(n)s a second") % {"n": figure(job.rate, 1)})
        if job.total:
            words.append(_left(max(0.0, (job.total - job.done) / job.rate)))
    return {"done": job.done, "total": job.total, "words": " · ".join(words)}


def _left(seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes < 1:
        return gettext("less than a minute left")
    return ngettext("%(n)s minute left", "%(n)s minutes left", minutes) % {"n": minutes}
