"""`flask mediadb rebuild` on a portal that serves."""

from pathlib import Path

from ..fixtures import Tenant
from ..images import jpeg
from ..portal import Portal


def test_rebuild_writes_segments_that_the_workers_use(portal: Portal, tenant: Tenant) -> None:
    image = jpeg(77, 320, 240)
    media = tenant.client.add(tenant.application, image)["id"]
    done = portal.flask("rebuild", "--application", tenant.application)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 media in 1 segments, generation 1" in done.stdout

    for _ in range(4):
        answer = tenant.client.post("search/", files={"image": image}).json()
        assert [hit["media"]["id"] for hit in answer["data"]] == [media]
    root = Path(portal.environment["TEST_FS_ROOT"] + "-index")
    assert list((root / tenant.application).glob("match@*/manifest-*.json"))


def test_rebuild_of_an_unknown_application_says_so(portal: Portal) -> None:
    done = portal.flask("rebuild", "--application", "0" * 32)
    assert done.returncode == 1
    assert "no application" in done.stderr
