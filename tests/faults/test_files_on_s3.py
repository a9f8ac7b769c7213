"""Files in a bucket of a real S3 server."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from udata_mediadb.media import files

from ..hosts import current_host
from ..images import jpeg
from ..portal_here import PortalHere, portal_here
from ..s3 import S3, needs_s3

pytestmark = needs_s3


@pytest.fixture
def here(uri: str, tmp_path: Path, s3: S3) -> Iterator[PortalHere]:
    with portal_here(uri, tmp_path, **s3.settings) as portal:
        yield portal
    s3.empty()


def test_a_purge_leaves_no_object(here: PortalHere, s3: S3) -> None:
    gone, kept = (here.add(jpeg(seed, 320, 240))["id"] for seed in (1, 2))
    assert here.get(f"media/{gone}/files/media/").status_code == 200
    assert len([key for key in s3.names() if gone in key]) == 3

    assert here.delete(f"media/{gone}/?force=true").status_code == 204

    assert not [key for key in s3.names() if gone in key]
    assert here.get(f"media/{kept}/files/media/").status_code == 200
    assert here.command("check")[0] == 0


def test_more_than_one_batch_is_removed_and_no_neighbour(here: PortalHere, s3: S3) -> None:
    with here.app.app_context():
        for number in range(1003):
            files.write(here.storage, f"{here.application}/one/{number}", b"1")
        files.write(here.storage, f"{here.application}/one-more/original", b"1")

        files.remove(here.storage, f"{here.application}/one")

        left = [key for key in s3.names() if here.application in key]
    assert left == [f"{here.application}/one-more/original"]


def test_what_is_not_there_is_told_from_what_cannot_be_known(
    here: PortalHere, tmp_path: Path, s3: S3
) -> None:
    with here.app.app_context():
        files.write(here.storage, f"{here.application}/a/original", b"")
        assert files.read(here.storage, f"{here.application}/a/original") == b""
        assert files.read_end(here.storage, f"{here.application}/a/original", 9) == b""
        assert files.read_begin(here.storage, f"{here.application}/a/original", 9) == b""
        assert files.read_begin(here.storage, f"{here.application}/b/original", 9) is None
        files.write(here.storage, f"{here.application}/c/original", b"0123456789")
        assert files.read_begin(here.storage, f"{here.application}/c/original", 4) == b"0123"
        assert files.read_begin(here.storage, f"{here.application}/c/original", 99) == b"0123456789"
        assert files.read(here.storage, f"{here.application}/b/original") is None
        assert not files.exists(here.storage, f"{here.application}/b/original")
    wrong = {**s3.settings, "FS_S3_SECRET_KEY": "wrong"}
    app = current_host().new_app(here.app.config["MEDIADB_MONGODB_URI"], tmp_path, **wrong)
    with app.app_context(), pytest.raises(files.STORAGE_ERRORS):
        files.exists(app.extensions["mediadb"].storage, f"{here.application}/a/original")


def test_a_file_is_moved_and_damage_is_mended(here: PortalHere, s3: S3) -> None:
    media = here.add(jpeg(3, 320, 240))["id"]
    key = files.key(here.application, media, "thumbnail")
    with here.app.app_context():
        files.move(here.storage, key, f"{here.application}/elsewhere")
        assert files.read(here.storage, key) is None
        assert files.read(here.storage, f"{here.application}/elsewhere")
        files.remove(here.storage, f"{here.application}/elsewhere")
        files.write(here.storage, key, b"cut")

    assert here.command("check")[0] == 1
    assert here.command("reindex")[0] == 0
    assert here.command("check", "--deep")[0] == 0


def test_files_that_were_copied_into_a_bucket_are_all_there(
    uri: str, tmp_path: Path, s3: S3
) -> None:
    """As docs/how-to/several-machines.md says: all below FS_ROOT/mediadb, by its name there."""
    with portal_here(uri, tmp_path) as local:
        media = local.add(jpeg(1, 320, 240))["id"]
        shown = local.get(f"media/{media}/files/media/").data
        assert local.command("check")[0] == 0
        moved = PortalHere(
            current_host().new_app(uri, tmp_path / "elsewhere", **s3.settings),
            local.user,
            local.key,
            local.application,
        )
        assert moved.command("check")[0] == 1
        below = tmp_path / files.STORAGE_NAME
        for path in (path for path in below.rglob("*") if path.is_file()):
            s3.client.upload_file(str(path), "pictures", str(path.relative_to(below)))

        assert moved.command("check")[0] == 0
        assert moved.get(f"media/{media}/files/media/").data == shown
    s3.empty()
