"""Groups of duplicates of a portal in this process."""

from typing import Any

import cv2

from udata_mediadb.jobs.workers import current_jobs

from ..images import encoded, photo
from ..portal_here import PortalHere

WIDTH, HEIGHT = 640, 480


def copy_of(seed: int, quality: int = 60) -> bytes:
    """The same picture in another file."""
    return encoded(cv2.resize(photo(seed, WIDTH, HEIGHT), (480, 360)), quality=quality)


def crop_of(seed: int) -> bytes:
    return encoded(photo(seed, WIDTH, HEIGHT)[60:420, 80:520].copy(), quality=90)


def work(here: PortalHere) -> None:
    with here.app.app_context():
        current_jobs().run_free()


def scan(here: PortalHere) -> dict[str, Any]:
    answer = here.post("duplicates/scan/", json={"application": here.application})
    assert answer.status_code == 202, answer.text
    work(here)
    job: dict[str, Any] = here.get(f"jobs/{answer.json['id']}/").json
    assert job["state"] == "done", job
    return job


def groups(here: PortalHere, **arguments: str) -> list[dict[str, Any]]:
    named = {"application": here.application, "page_size": 100, **arguments}
    answer = here.get("duplicates/", query_string=named)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json["data"]
    return found


def members(group: dict[str, Any]) -> set[str]:
    return {one["id"] for one in group["media"]}
