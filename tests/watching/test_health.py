"""Live and ready: what restarts workers, and what sends requests to them."""

import shutil
from pathlib import Path

import pytest

from udata_mediadb.demo.mongod import EmbeddedMongod
from udata_mediadb.media.files import index_root
from udata_mediadb.operations.watching import state

from ..connections import disconnect, wait_for_background
from ..hosts import current_host
from ..portal_here import PortalHere

LIVE, READY = "/api/1/mediadb/health/live/", "/api/1/mediadb/health/ready/"


def test_a_portal_that_works_is_live_and_ready(here: PortalHere) -> None:
    client = here.app.test_client()

    live, ready = client.get(LIVE), client.get(READY)

    assert (live.status_code, live.json) == (200, {"live": True})
    checks = {"database": "ok", "files": "ok", "index": "ok"}
    assert (ready.status_code, ready.json) == (200, {"ready": True, "checks": checks})


def test_without_a_database_it_is_live_and_not_ready(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disconnect()
    with EmbeddedMongod(tmp_path / "db") as mongod:
        uri = f"{mongod.uri.rstrip('/')}/health"
        client = current_host().new_app(uri, tmp_path / "files").test_client()
        assert client.get(READY).status_code == 200
        wait_for_background()
    monkeypatch.setattr(state, "DATABASE_S", 0.5)  # it is away, however long one waits
    key = {"X-API-KEY": "mdb_of_somebody"}  # nobody's keys are looked up first

    live, ready = client.get(LIVE, headers=key), client.get(READY, headers=key)

    assert live.status_code == 200
    assert ready.status_code == 503
    assert set(ready.json["errors"]) == {"database"}
    assert ready.headers["Retry-After"]
    metrics = client.get("/api/1/mediadb/metrics/")
    assert metrics.status_code == 200
    assert "mediadb_database_up 0.0" in metrics.text
    disconnect()


@pytest.mark.parametrize("what", ["files", "index"])
def test_where_nothing_can_be_written_it_is_not_ready(here: PortalHere, what: str) -> None:
    folder = Path(here.app.config["FS_ROOT"]) if what == "files" else index_root(here.app)
    shutil.rmtree(folder, ignore_errors=True)
    folder.symlink_to("/proc/self")  # nobody may write there, not even root

    ready = here.app.test_client().get(READY)

    assert ready.status_code == 503
    assert set(ready.json["errors"]) == {what}
    folder.unlink()
