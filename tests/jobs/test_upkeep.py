"""Purges and reindexes are jobs of the portal: another process goes on with what one began."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from udata_mediadb.errors import Conflict
from udata_mediadb.jobs.here import do_here
from udata_mediadb.jobs.models import Job
from udata_mediadb.jobs.running import Runner
from udata_mediadb.media.models import Media
from udata_mediadb.mongo.clock import now
from udata_mediadb.operations import purging
from udata_mediadb.operations.purging import PURGE, start_purge
from udata_mediadb.operations.recovery import job as reindexing
from udata_mediadb.operations.recovery.job import REINDEX, start_reindex

from ..hosts import current_host
from ..images import jpeg
from ..portal_here import PortalHere, portal_here

COUNT = 5


@pytest.fixture
def here(mongodb_uri: str, database_name: str, tmp_path: Path) -> Iterator[PortalHere]:
    uri = f"{mongodb_uri.rstrip('/')}/{database_name}"
    with portal_here(uri, tmp_path / "files", MEDIADB_JOBS_IN_WEB=False) as portal:
        yield portal


def begin(here: PortalHere, job: Job) -> None:
    """One step by a process that is ended behind it."""
    runner = Runner({kind.name: kind for kind in (PURGE, REINDEX)})
    runner.stopping.set()
    with here.app.app_context():
        assert runner.run_one()


def as_admin(here: PortalHere, method: str, job: Job, **arguments: object) -> dict[str, object]:
    with here.app.app_context():
        admin = current_host().create_user(f"root{method}", f"{method}@example.org", admin=True)
        headers = {"X-API-KEY": current_host().create_key(admin)}
    answer = here.request(method, f"jobs/{job.id}/", headers=headers, **arguments)
    assert answer.status_code == 200, answer.text
    found: dict[str, object] = answer.json
    return found


def delete_long_ago(here: PortalHere) -> list[str]:
    media = [here.add(jpeg(seed))["id"] for seed in range(COUNT)]
    for one in media:
        here.delete(f"media/{one}/")
    Media.objects(id__in=media).update(deleted_at=now() - timedelta(days=60))
    return media


def test_a_purge_goes_on_where_another_process_left_it(
    here: PortalHere, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purging, "BATCH", 2)
    media = delete_long_ago(here)
    kept = here.add(jpeg(9))["id"]
    restored = max(media)
    job = start_purge(now() - timedelta(days=30))
    begin(here, job)
    shown = as_admin(here, "GET", job)

    assert (shown["kind"], shown["state"], shown["done"], shown["total"]) == (
        "purge", "queued", 2, COUNT,
    )  # fmt: skip
    assert here.get(f"jobs/{job.id}/").status_code == 404, "it is the portal's, not a tenant's"
    here.post(f"media/{restored}/restore/")
    code, said = here.command("purge")
    assert (code, "4 media purged" in said) == (0, True), said
    assert job.reload().state == "done"
    assert sorted(Media.objects.scalar("id")) == sorted([kept, restored])
    assert not list(Path(here.app.config["FS_ROOT"]).rglob(min(media)))


def test_a_paused_purge_is_left_and_a_cancelled_one_keeps_the_rest(
    here: PortalHere, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purging, "BATCH", 2)
    delete_long_ago(here)
    job = start_purge(now() - timedelta(days=30))
    begin(here, job)
    as_admin(here, "PATCH", job, json={"action": "pause"})
    code, said = here.command("purge")
    assert (code, "is paused" in said) == (1, True), said
    with here.app.app_context():
        job.reload().update(set__state="cancelled", unset__only_one=True)
        with pytest.raises(Conflict, match="cancelled"):
            do_here(job, (PURGE,), lambda found: None)
    assert Media.objects.count() == COUNT - 2
    assert "3 media purged" in here.command("purge")[1]


def test_a_reindex_goes_on_where_another_process_left_it(
    here: PortalHere, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reindexing, "BATCH", 2)
    media = sorted(here.add(jpeg(seed))["id"] for seed in range(COUNT))
    root = Path(here.app.config["FS_ROOT"])
    for one in media:
        for path in root.rglob(f"{one}/thumbnail"):
            path.unlink()
    for path in root.rglob(f"{media[-1]}/original"):
        path.unlink()
    with here.app.app_context():
        job = start_reindex(deep=False)
    begin(here, job)
    assert as_admin(here, "GET", job)["done"] == 2
    assert here.command("check")[1].count("thumbnail-missing") == COUNT - 2

    code, said = here.command("reindex")
    assert code == 1, said
    assert "cannot be mended, bring the file back from a backup: original-missing" in said
    assert f"{COUNT} media, {COUNT - 1} mended, 2 left" in said
    assert job.reload().counts == {"mended": COUNT - 1}
