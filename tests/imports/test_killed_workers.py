"""The portal's own worker is killed within the group of an import: another one goes on."""

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import psutil
import pytest
import requests

from udata_mediadb.jobs.models import RUNNING, Job
from udata_mediadb.media.models import ACTIVE, PENDING, Media
from udata_mediadb.mongo.clock import now

from ..fixtures import Tenant
from ..images import jpeg
from ..portal import Portal
from ..waiting import eventually
from .beginning import begin, done, zipped

pytestmark = [pytest.mark.server, pytest.mark.slow, pytest.mark.xdist_group("kills")]
COUNT = 450  # five groups: while one is written, the next one is described


def test_a_zip_comes_in_whole_whichever_worker_is_killed_within_a_group(
    own_portal: Portal, own_tenant: Tenant
) -> None:
    data = zipped({f"album {n % 3}/{n}.jpg": jpeg(n, 64, 48) for n in range(COUNT)})
    answer = begin(own_tenant, data, keywords_from_folders="true")
    job = answer.json()["id"]
    mine = Media.objects(application=own_tenant.application)

    with own_portal.app.app_context():
        for is_time in (
            lambda: mine.clone().filter(state=PENDING).count() > 0,
            lambda: mine.clone().filter(state=ACTIVE).count() > Job.objects.get(id=job).done,
            lambda: Job.objects.get(id=job).done > 0,
        ):
            _kill_when(own_portal, own_tenant, job, is_time)

    ended = done(own_tenant, answer)
    assert (ended["state"], ended["total"], ended["done"]) == ("done", COUNT, COUNT)
    assert ended["counts"] == {"added": COUNT}
    with own_portal.app.app_context():
        media = list(mine.clone())
    assert [one.state for one in media] == [ACTIVE] * COUNT
    assert len({one.sha256 for one in media}) == COUNT
    reported = _report(own_tenant, job)
    assert [one["item"] for one in reported] == [f"album {n % 3}/{n}.jpg" for n in range(COUNT)]
    assert {one["media"] for one in reported} == {one.id for one in media}
    assert {one["outcome"] for one in reported} == {"added"}
    first = own_tenant.client.get("media/", params={"keyword": "album 0"}).json()
    assert first["total"] == COUNT / 3
    checked = own_portal.flask("check", "--deep")
    assert checked.returncode == 0, checked.stdout


def _kill_when(portal: Portal, tenant: Tenant, job: str, is_time: Callable[[], bool]) -> None:
    """Kill -9 the worker that holds the job, then let the time pass after which others go on.

    Who holds it has the processes that describe; they end with it.
    """
    found: list[psutil.Process] = []

    def is_at_it() -> bool:
        found[:] = _holders(portal)
        if not found:
            _look(tenant, job)
        return bool(found) and is_time()

    eventually(is_at_it)
    (holder,) = found
    children = holder.children(recursive=True)
    os.kill(holder.pid, signal.SIGKILL)
    eventually(lambda: not any(_lives(one) for one in children))
    left = Job.objects.get(id=job)
    assert (left.state, left.done < COUNT) == (RUNNING, True), "killed too late: it had ended"
    Job.objects(id=job).update(lease_until=now() - timedelta(seconds=1))
    Media.objects(state=PENDING).update(created_at=now() - timedelta(minutes=1))


def _look(tenant: Tenant, job: str) -> None:
    """As its page does: whoever answers sees that nobody is at the job any more."""
    with suppress(requests.ConnectionError):
        tenant.client.get(f"imports/{job}/")


def _holders(portal: Portal) -> list[psutil.Process]:
    """Workers with processes of their own."""
    holding = []
    for worker in psutil.Process(portal.process.pid).children():
        with suppress(psutil.NoSuchProcess):
            if worker.children():
                holding.append(worker)
    return holding


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _report(tenant: Tenant, job: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    path: str | None = f"imports/{job}/items/?page_size=100"
    while path:
        answer = tenant.client.get(path).json()
        found += answer["data"]
        following = answer["next_page"]
        path = following and following.removeprefix(tenant.client.api)
    return found
