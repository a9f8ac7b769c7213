"""Several workers over one database agree, and a killed one loses nothing acknowledged."""

import os
import random
import secrets
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import psutil
import pytest
import requests

from udata_mediadb.indexing import log

from ..fixtures import Tenant
from ..images import jpeg
from ..portal import Client, Portal
from ..waiting import eventually

pytestmark = pytest.mark.xdist_group("kills")


POSTS, KILLS = 120, 10  # the storm kills more often, and for longer (test_storm.py)
SIDES = (240, 180)  # found among hundreds, and described in half the time of larger ones


def workers_of(portal: Portal) -> list[int]:
    return [child.pid for child in psutil.Process(portal.process.pid).children()]


def found(client: Client, image: bytes) -> list[str]:
    answer = client.post("search/", files={"image": image})
    assert answer.status_code == 200, answer.text
    return [hit["media"]["id"] for hit in answer.json()["data"]]


def test_what_one_worker_acknowledged_every_worker_finds_next(tenant: Tenant) -> None:
    """Each request is a new connection, so either worker may get it."""
    for seed in range(18):
        image = jpeg(1000 + seed, 320, 240)
        media = tenant.client.add(tenant.application, image)["id"]
        assert all(found(tenant.client, image) == [media] for _ in range(2))
        if seed % 3 == 0:
            tenant.client.delete(f"media/{media}/")
            assert all(found(tenant.client, image) == [] for _ in range(2))


def test_four_writers_leave_no_hole_in_the_log(portal: Portal) -> None:
    application = secrets.token_hex(16)
    with portal.app.app_context(), ThreadPoolExecutor(4) as pool:
        numbers = list(pool.map(lambda n: log.append(application, "add", [str(n)]), range(200)))
        seq, media = log.tail(application, 0)

    assert sorted(numbers) == list(range(1, 201))
    assert seq == 200
    assert set(media) == {str(n) for n in range(200)}


@pytest.mark.slow
def test_kill_9_in_the_middle_of_posts_loses_nothing_acknowledged(
    own_portal: Portal, own_tenant: Tenant
) -> None:
    acknowledged: dict[str, int] = {}
    chance = random.Random(7)
    kills = set(chance.sample(range(5, POSTS - 5), KILLS))

    def post(seed: int) -> None:
        if seed in kills:
            time.sleep(chance.uniform(0, 0.1))  # in any moment of the three posts beside it
            if workers := workers_of(own_portal):
                kill(chance.choice(workers))
        try:
            answer = own_tenant.client.post("media/", files={"image": jpeg(seed, *SIDES)})
        except requests.RequestException:
            return  # the worker was killed under it
        if answer.status_code == 201:
            acknowledged[answer.json()["id"]] = seed

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(post, range(POSTS)))
        posted = POSTS
        while len(acknowledged) == posted < 2 * POSTS:  # each kill met a worker without a post
            kills.add(posted + 2)
            list(pool.map(post, range(posted, posted + 4)))
            posted += 4

    wait_until_served(own_tenant)
    assert 0 < len(acknowledged) < posted, "the test must both store and kill"
    check = own_portal.flask("check", "--deep")
    healed = own_portal.flask("reindex")
    clean = own_portal.flask("check", "--deep")
    assert check.returncode in (0, 1), check.stderr
    assert healed.returncode == 0, healed.stdout + healed.stderr
    assert clean.returncode == 0, f"{check.stdout}\n{healed.stdout}\n{clean.stdout}"
    listed = all_ids(own_tenant)
    assert set(acknowledged) <= listed
    with ThreadPoolExecutor(4) as pool:
        images = [jpeg(seed, *SIDES) for seed in acknowledged.values()]
        hits = pool.map(lambda image: found(own_tenant.client, image), images)
        lost = [media for media, ids in zip(acknowledged, hits, strict=True) if media not in ids]
    assert not lost


def all_ids(tenant: Tenant) -> set[str]:
    ids: set[str] = set()
    page = tenant.client.get("media/", params={"page_size": "100"}).json()
    ids.update(media["id"] for media in page["data"])
    while page["next_page"]:
        page = tenant.client.get(page["next_page"].removeprefix(tenant.client.api)).json()
        ids.update(media["id"] for media in page["data"])
    return ids


def kill(worker: int) -> None:
    """As the kernel does where memory ends; another thread may have been quicker."""
    with suppress(ProcessLookupError):
        os.kill(worker, signal.SIGKILL)


def wait_until_served(tenant: Tenant) -> None:
    def is_served() -> bool:
        try:
            return tenant.client.get("media/").status_code == 200
        except requests.RequestException:
            return False

    eventually(is_served)
