"""mongod is killed while pictures are stored, and comes back: so does the portal, by itself."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from udata_mediadb.demo.mongod import EmbeddedMongod, find_mongod

from ..fixtures import Tenant, new_tenant
from ..images import jpeg
from ..portal import running_portal
from ..ports import free_port
from ..waiting import eventually
from .test_workers import found, wait_until_served, workers_of

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("kills")]

BEFORE, DURING, AFTER = range(5), range(5, 17), range(17, 20)
SOME = 3  # are stored of those that are posted while it is killed


@pytest.mark.slow
def test_503_while_mongod_is_away_and_recovery_without_a_restart(tmp_path: Path) -> None:
    mongod = EmbeddedMongod(tmp_path / "mongod", port=free_port()).start()
    try:
        port = int(mongod.uri.rsplit(":", 1)[1].strip("/"))
        with running_portal(f"{mongod.uri}portal", tmp_path / "files") as portal:
            tenant = new_tenant(portal)
            stored = {seed: post(tenant, seed) for seed in BEFORE}
            workers = set(workers_of(portal))
            with ThreadPoolExecutor(4) as pool:
                posts = {seed: pool.submit(post, tenant, seed) for seed in DURING}
                eventually(lambda: sum(one.done() for one in posts.values()) >= SOME)
                os.kill(mongod.pid, signal.SIGKILL)
                refused = tenant.client.post("search/", files={"image": jpeg(1, 320, 240)})
                stored |= {seed: done.result() for seed, done in posts.items()}
            assert refused.status_code == 503
            assert int(refused.headers["Retry-After"]) > 0
            mongod.stop()
            eventually(lambda: mongod._try_to_start(find_mongod(), port))

            wait_until_served(tenant)
            stored |= {seed: post(tenant, seed) for seed in AFTER}
            assert set(workers_of(portal)) == workers, "no worker was to be restarted"
            acknowledged = {seed: media for seed, media in stored.items() if media}
            assert set(BEFORE) | set(AFTER) <= set(acknowledged)
            assert set(DURING) - set(acknowledged), "some were to be refused"
            for seed, media in acknowledged.items():
                assert media in found(tenant.client, jpeg(seed, 320, 240))
    finally:
        mongod.stop()


def post(tenant: Tenant, seed: int) -> str | None:
    """The id of a stored picture; None where it was refused, with 503."""
    answer = tenant.client.post("media/", files={"image": jpeg(seed, 320, 240)})
    if answer.status_code == 201:
        return str(answer.json()["id"])
    assert answer.status_code == 503, answer.text
    assert int(answer.headers["Retry-After"]) > 0
    return None
