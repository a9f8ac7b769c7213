"""A media that a killed try left pending was acknowledged by nobody: the next try stores it."""

import os
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from udata_mediadb.application.models import Application
from udata_mediadb.jobs.kinds import Task
from udata_mediadb.media import pending
from udata_mediadb.media.files import index_root
from udata_mediadb.media.models import ACTIVE, DELETED, PENDING, PURGED, Media
from udata_mediadb.mongo.clock import now
from udata_mediadb.operations.imports import parcels
from udata_mediadb.operations.imports.doing import Importing
from udata_mediadb.operations.imports.folder import Folder
from udata_mediadb.operations.imports.job import NO_COLLECTION, steps
from udata_mediadb.operations.imports.models import ImportedItem
from udata_mediadb.operations.imports.pool import new_pool
from udata_mediadb.operations.imports.sweeping import sweep
from udata_mediadb.operations.imports.walking import Found

from ..images import jpeg
from ..portal_here import PortalHere, portal_here
from .beginning import zipped


@pytest.fixture
def uri(mongodb_uri: str, database_name: str) -> str:
    return f"{mongodb_uri.rstrip('/')}/{database_name}"


def outcome(here: PortalHere, folder: Path, *, dry_run: bool = False) -> tuple[str, str | None]:
    target = Application.objects.get(id=here.application)
    importing = Importing(target, here.user.id, dry_run=dry_run, earlier="skipped")
    with new_pool(1) as pool:
        groups = Folder(importing, folder, 1 << 20).bring_in([Found(folder / "a.jpg")], pool)
        ((_, said),) = next(groups)
    return said.outcome, said.media


def test_what_is_pending_is_stored_anew_and_what_counts_is_skipped(
    uri: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pending, "GIVEN_UP_AFTER", timedelta(seconds=1))
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.jpg").write_bytes(jpeg(1, 320, 240))
    with portal_here(uri, tmp_path / "files") as here, here.app.app_context():
        done, media = outcome(here, tmp_path / "in")
        assert done == "added"
        assert outcome(here, tmp_path / "in") == ("skipped", media)
        # killed before it was acknowledged: the file may be there or not
        Media.objects(id=media).update(state=PENDING)
        assert outcome(here, tmp_path / "in") == ("added", media)
        assert Media.objects.get(id=media).state == ACTIVE
        assert here.get(f"media/{media}/files/original/").data == jpeg(1, 320, 240)
        # marked for removal, which a storage that was away did not let end
        Media.objects(id=media).update(state=PURGED)
        assert outcome(here, tmp_path / "in") == ("added", media)
        Media.objects(id=media).update(state=PENDING, created_at=now() - timedelta(minutes=1))
        assert outcome(here, tmp_path / "in", dry_run=True) == ("added", None)
        assert Media.objects.get(id=media).state == PENDING, "a dry run changes nothing"
        Media.objects(id=media).update(state=DELETED)
        assert outcome(here, tmp_path / "in") == ("skipped", media), "somebody did not want it"
        assert Media.objects.count() == 1


def test_an_import_whose_last_step_is_all_that_lacks_is_done(uri: str, tmp_path: Path) -> None:
    """Killed, stopped or handed on between the last item and its end: the pieces may be gone."""
    with portal_here(uri, tmp_path / "files") as here, here.app.app_context():
        parcel = uuid4().hex
        piece = parcels.add_piece(here.storage, parcel, b"name,file\nA,a.jpg\n")
        arguments = {
            **{"parcel": parcel, "pieces": [piece], "name": "a.csv", "source": None},
            **{"on_duplicate": "skip", "keywords": [], "keywords_from_folders": False},
            **{"collection": None, "dry_run": False},
        }
        task = Task(uuid4().hex, here.application, here.user.id, arguments, None)
        said = list(steps(task))
        assert [one.total for one in said] == [1, None, None]

        again = list(steps(replace(task, cursor=said[1].cursor, total=said[0].total)))

        assert again == [said[-1]]


def test_a_collection_that_is_gone_meanwhile_stops_no_import(uri: str, tmp_path: Path) -> None:
    """What is stored by then is reported, and told why it lies in no collection."""
    with portal_here(uri, tmp_path / "files") as here, here.app.app_context():
        parcel = uuid4().hex
        piece = parcels.add_piece(here.storage, parcel, zipped({"a.jpg": jpeg(1), "b.jpg": b"x"}))
        arguments = {
            **{"parcel": parcel, "pieces": [piece], "name": "a.zip", "source": None},
            **{"on_duplicate": "skip", "keywords": [], "keywords_from_folders": False},
            **{"collection": "0" * 32, "dry_run": False},
        }
        said = list(steps(Task(uuid4().hex, here.application, here.user.id, arguments, None)))

        assert said[1].counts == {"added": 1, "failed": 1}
        reasons = {one.outcome: one.reason for one in ImportedItem.objects}
        assert reasons["added"] == NO_COLLECTION
        assert Media.objects(state=ACTIVE).count() == 1


def test_what_another_machine_has_ended_is_removed_from_this_one(uri: str, tmp_path: Path) -> None:
    with portal_here(uri, tmp_path / "files") as here, here.app.app_context():
        folder = index_root(here.app) / "imports"
        folder.mkdir(parents=True)
        old, killed, young = (folder / name for name in ("a" * 32, f"{'b' * 32}.c", "d" * 32))
        for path in (old, killed, young):
            path.write_bytes(b"x")
        for path in (old, killed):
            os.utime(path, (time.time() - 2 * parcels.KEPT_S,) * 2)

        sweep()

        assert list(folder.iterdir()) == [young]
