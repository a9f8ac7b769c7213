"""What a killed worker holds, as if the time were over in which nobody else may have it."""

from datetime import timedelta

from udata_mediadb.jobs.models import RUNNING, Job
from udata_mediadb.media.stretches import Stretch
from udata_mediadb.mongo.clock import now
from udata_mediadb.mongo.documents import durable
from udata_mediadb.mongo.lease import Lease


def end_leases() -> None:
    """Of jobs, of their stretches and of whole machines, in the database that is connected."""
    past = now() - timedelta(seconds=1)
    for document, held, field in (
        (Job, {"state": RUNNING}, "lease_until"),
        (Stretch, {"is_done": False, "until": {"$ne": None}}, "until"),
        (Lease, {}, "until"),
    ):
        durable(document).update_many(held, {"$set": {field: past}})
