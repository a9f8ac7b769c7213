"""Imports are written in groups, described by processes: the outcomes are those of one by one."""

import io
import sys
import zipfile
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4, uuid5

import psutil
import pytest

from udata_mediadb.application.models import Application
from udata_mediadb.imaging import sniff
from udata_mediadb.indexing import log
from udata_mediadb.indexing.models import StoredSignature
from udata_mediadb.jobs.kinds import Task
from udata_mediadb.media.described import Refused
from udata_mediadb.media.describing_pool import TRIES
from udata_mediadb.media.local_files import write_many
from udata_mediadb.media.models import ACTIVE, Media
from udata_mediadb.operations.imports import parcels
from udata_mediadb.operations.imports.job import steps
from udata_mediadb.operations.imports.models import ImportedItem
from udata_mediadb.operations.imports.pool import new_pool

from ..images import jpeg
from ..portal_here import PortalHere, portal_here

COUNT = 120  # more than a group
NAME = "all.zip"


@pytest.fixture
def uri(mongodb_uri: str, database_name: str) -> str:
    return f"{mongodb_uri.rstrip('/')}/{database_name}"


def small(seed: int) -> bytes:
    return jpeg(seed, 64, 48)


def task_of(here: PortalHere, files: dict[str, bytes], **arguments: Any) -> Task:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    parcel = uuid4().hex
    piece = parcels.add_piece(here.storage, parcel, out.getvalue())
    asked = {
        **{"parcel": parcel, "pieces": [piece], "name": NAME, "source": None},
        **{"on_duplicate": "skip", "keywords": [], "keywords_from_folders": False},
        **{"collection": None, "dry_run": False},
        **arguments,
    }
    return Task(uuid4().hex, here.application, here.user.id, asked, None)


def outcomes(task: Task) -> dict[str, str]:
    done = ImportedItem.objects(job=task.id).order_by("number")
    return {one.item: one.outcome for one in done}


def test_a_group_of_new_ones_is_one_entry_of_the_log_and_whole(uri: str, tmp_path: Path) -> None:
    files = {f"{n:03d}.jpg": small(n) for n in range(COUNT)}
    settings = {"MEDIADB_IMPORT_PROCESSES": 1}
    with portal_here(uri, tmp_path / "files", **settings) as here, here.app.app_context():
        task = task_of(here, files)

        said = list(steps(task))

        assert [step.done for step in said if step.done] == [100, 20]
        assert set(outcomes(task).values()) == {"added"}
        media = list(Media.objects(application=here.application))
        assert {one.state for one in media} == {ACTIVE}
        assert {one.id for one in media} == {
            str(uuid5(UUID(task.id), str(n))) for n in range(COUNT)
        }
        assert log.last_seq(here.application) == 2
        for one in media[::20]:
            assert here.get(f"media/{one.id}/files/original/").data == files[one.filename]
            assert sniff(here.get(f"media/{one.id}/files/thumbnail/").data) == "JPEG"
        assert StoredSignature.objects.count() == COUNT  # match alone, as usual
        asked = {"image": (io.BytesIO(files["005.jpg"]), "a.jpg")}
        hits = here.post("search/", data=asked).get_json()
        assert hits["data"][0]["media"]["filename"] == "005.jpg"
        assert here.command("check", "--deep")[0] == 0


def test_what_needs_a_decision_gets_that_of_one_by_one(uri: str, tmp_path: Path) -> None:
    files = {f"{n}.jpg": small(n) for n in range(6)}
    files |= {"same.jpg": small(1), "there.jpg": small(9), "broken.jpg": b"broken", "no.jpg": b""}
    table = "file,external_id,sha256\n2.jpg,a1,\n3.jpg,a1,\n4.jpg,a2,\n5.jpg,," + "0" * 64 + "\n"
    with portal_here(uri, tmp_path / "files") as here, here.app.app_context():
        here.add(small(9))
        here.add(small(8), external_id="a2")
        task = task_of(here, {**files, "list.csv": table.encode()})

        list(steps(task))

        said = {name.rpartition(": ")[2]: one for name, one in outcomes(task).items()}
        assert said == {
            **{"0.jpg": "added", "1.jpg": "added", "2.jpg": "added"},
            **{"3.jpg": "skipped", "4.jpg": "skipped", "5.jpg": "failed"},
            **{"same.jpg": "skipped", "there.jpg": "skipped"},
            **{"broken.jpg": "failed", "no.jpg": "failed"},
        }
        assert Media.objects(state=ACTIVE).count() == 5


def test_a_quota_is_kept_to_the_picture(uri: str, tmp_path: Path) -> None:
    files = {f"{n}.jpg": small(n) for n in range(9)}
    with portal_here(uri, tmp_path / "files") as here, here.app.app_context():
        Application.objects(id=here.application).update(quota_media=5)
        task = task_of(here, files)

        list(steps(task))

        assert list(outcomes(task).values()) == ["added"] * 5 + ["failed"] * 4
        assert Media.objects.count() == 5


def test_where_the_storage_fails_nothing_of_the_group_is_there(uri: str, tmp_path: Path) -> None:
    files = {f"{n}.jpg": small(n) for n in range(4)}
    with portal_here(uri, tmp_path / "files") as here, here.app.app_context():
        task = task_of(here, files)
        (own,) = (tmp_path / "files").rglob(".mediadb")
        in_the_way = own.parent / here.application / str(uuid5(UUID(task.id), "2"))
        in_the_way.parent.mkdir(parents=True)
        in_the_way.write_bytes(b"")

        with pytest.raises(OSError):
            list(steps(task))

        assert Media.objects.count() == 0
        assert StoredSignature.objects.count() == 0
        in_the_way.unlink(missing_ok=True)
        list(steps(task))
        assert list(outcomes(task).values()) == ["added"] * 4


def test_files_are_there_whole_or_not_at_all(tmp_path: Path) -> None:
    (tmp_path / "b").write_bytes(b"in the way")

    with pytest.raises(OSError):
        write_many({tmp_path / "a" / "x": b"1", tmp_path / "b" / "x": b"2"}, root=tmp_path)

    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["b"]


def test_a_picture_that_kills_its_process_fails_alone(uri: str, tmp_path: Path) -> None:
    with portal_here(uri, tmp_path / "files") as here, here.app.app_context():
        keys = ["colors@" + here.ingest.registry["colors"].signature.version]
        with new_pool(9, 2) as pool:
            both = [pool.describe(small(1), keys) for _ in range(2)]
            whole = both[0].result()
            assert not isinstance(whole, Refused)
            assert both[1].result() == whole
            while len(describing()) < 2:  # one that is quick may have done both
                for again in [pool.describe(small(1), keys) for _ in range(2)]:
                    again.result()
            suspended = describing()
            for process in suspended:
                process.suspend()

            asked = pool.describe(small(1), keys)
            for process in suspended:  # whichever is asked first, the other one is second
                process.kill()
            said = asked.result()

            assert len(suspended) == TRIES
            assert isinstance(said, Refused)
            assert "killed" in said.reason
            assert pool.describe(small(1), keys).result() == whole
        assert describing() == []


def test_where_no_process_can_be_started_threads_describe(
    uri: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python-that-is-not-there"))
    with portal_here(uri, tmp_path / "files") as here, here.app.app_context():
        keys = ["colors@" + here.ingest.registry["colors"].signature.version]
        with new_pool(9, 1) as pool:
            assert not isinstance(pool.describe(small(1), keys).result(), Refused)
            broken = pool.describe(b"broken", keys).result()
        assert isinstance(broken, Refused)
        assert broken.error == "unsupported-image"


def describing() -> list[psutil.Process]:
    """The processes of pools of this one."""
    return [
        one
        for one in psutil.Process().children()
        if one.status() != psutil.STATUS_ZOMBIE and "describing_process" in " ".join(one.cmdline())
    ]
