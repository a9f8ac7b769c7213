"""A media that a killed try left pending was acknowledged by nobody: the next try stores it."""

from datetime import timedelta
from pathlib import Path

import pytest

from udata_mediadb.application.models import Application
from udata_mediadb.media import pending
from udata_mediadb.media.models import ACTIVE, DELETED, PENDING, Media
from udata_mediadb.operations.imports.doing import Importing
from udata_mediadb.operations.imports.folder import bring_in

from ..images import jpeg
from ..portal_here import PortalHere, portal_here


@pytest.fixture
def uri(mongodb_uri: str, database_name: str) -> str:
    return f"{mongodb_uri.rstrip('/')}/{database_name}"


def outcome(here: PortalHere, folder: Path) -> tuple[str, str | None]:
    target = Application.objects.get(id=here.application)
    _, said = bring_in(
        Importing(target, here.user.id),
        folder,
        folder / "a.jpg",
        1 << 20,
        keywords_from_folders=False,
    )
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
        Media.objects(id=media).update(state=DELETED)
        assert outcome(here, tmp_path / "in") == ("skipped", media), "somebody did not want it"
        assert Media.objects.count() == 1
