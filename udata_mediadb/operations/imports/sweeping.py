"""Removing what was sent to be imported and is in no import."""

from flask import current_app

from ...jobs.models import Job
from ...media.files import current_storage, index_root
from . import parcels
from .job import NAME


def sweep() -> None:
    """Remove what was sent a day ago or earlier and is in no import that goes on."""
    storage, root = current_storage(), index_root(current_app)
    old = list(parcels.old_ones(storage, root))
    if not old:
        return
    unfinished = Job.objects(kind=NAME, ended_at=None, arguments__parcel__in=old)
    used = {job.arguments["parcel"] for job in unfinished}
    for parcel in set(old) - used:
        parcels.remove(storage, parcel, root)
