"""Workers that are killed in the middle of purges leave nothing that cannot be mended."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from udata_mediadb.indexing.models import StoredSignature
from udata_mediadb.media import files
from udata_mediadb.media.models import Media

from ..fixtures import Tenant
from ..images import jpeg
from ..portal import Portal
from .test_workers import kill, wait_until_served, workers_of

pytestmark = pytest.mark.xdist_group("kills")

COUNT = 60
KILLS = 8  # more would not let a slow machine start a worker


def test_killed_workers_lose_no_acknowledged_purge(
    own_portal: Portal,
    own_tenant: Tenant,
) -> None:
    ids = [
        own_tenant.client.add(own_tenant.application, jpeg(s, 64, 48))["id"] for s in range(COUNT)
    ]
    stop = threading.Event()

    def kill_now_and_then() -> None:
        chance = random.Random(5)
        for _ in range(KILLS):
            if stop.wait(chance.uniform(0.2, 0.5)):
                return
            for worker in workers_of(own_portal)[:1]:
                kill(worker)

    killer = threading.Thread(target=kill_now_and_then)
    killer.start()
    with ThreadPoolExecutor(4) as pool:
        answers = dict(zip(ids, pool.map(lambda i: purge(own_tenant, i), ids), strict=True))
    stop.set()
    killer.join()
    wait_until_served(own_tenant)

    assert any(answers.values())
    own_portal.flask("reindex")

    checked = own_portal.flask("check")
    assert checked.returncode == 0, checked.stdout
    with own_portal.app.app_context():
        storage = own_portal.app.extensions["mediadb"].storage
        for identifier, purged in answers.items():
            left = Media.objects(id=identifier).first()
            original = files.key(own_tenant.application, identifier, "original")
            assert left is None or (not purged and left.state == "active")
            assert storage.exists(original) == (left is not None)
            stored = StoredSignature.objects(media=identifier).first()
            assert (stored is None) == (left is None)


def purge(tenant: Tenant, identifier: str) -> bool:
    """Whether the purge was acknowledged."""
    try:
        answer = tenant.client.delete(f"media/{identifier}/", params={"force": "true"})
    except requests.RequestException:
        return False
    return answer.status_code == 204
