"""Watches of a portal in this process, and their receiver."""

from datetime import timedelta
from io import BytesIO
from typing import Any

from udata_mediadb.jobs.workers import current_jobs
from udata_mediadb.mongo.clock import now
from udata_mediadb.mongo.documents import durable
from udata_mediadb.search.watches.models import WatchEvent

from ..images import encoded, photo
from ..portal_here import PortalHere

SETTINGS: dict[str, Any] = {
    "MEDIADB_JOBS_IN_WEB": False,
    "MEDIADB_FETCH_ALLOW": ("127.0.0.0/8",),
}


def crop_of(seed: int) -> bytes:
    return encoded(photo(seed)[60:420, 80:520].copy(), quality=90)


def work(here: PortalHere) -> None:
    with here.app.app_context():
        current_jobs().run_free()


def watch(here: PortalHere, **properties: Any) -> dict[str, Any]:
    answer = here.post("watches/", json={"application": here.application, **properties})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json
    return made


def kept_query(here: PortalHere, image: bytes) -> str:
    data = {"application": here.application, "image": (BytesIO(image), "q.jpg")}
    return str(here.post("queries/", data=data).json["id"])


def deliveries(here: PortalHere, made: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = here.get(f"watches/{made['id']}/deliveries/").json["data"]
    return found


def later(here: PortalHere) -> None:
    """What waits is due now."""
    change = {"$set": {"next_at": now() - timedelta(seconds=1)}}
    durable(WatchEvent).update_many({"state": "waiting"}, change)
    work(here)
