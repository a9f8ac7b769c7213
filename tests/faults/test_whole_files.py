"""A file of a media is there whole or not at all, and a damaged derived one is made anew."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from udata_mediadb.media import files
from udata_mediadb.media.models import Media

from ..images import jpeg
from ..portal_here import PortalHere, portal_here


def file_of(here: PortalHere, media: str, kind: files.Kind) -> Path:
    with here.app.app_context():
        return Path(here.storage.path(files.key(here.application, media, kind)))


def assert_is_shown(here: PortalHere, media: str, kind: str) -> bytes:
    answer = here.get(f"media/{media}/files/{kind}/")
    assert answer.status_code == 200, answer.text
    Image.open(BytesIO(answer.data)).load()
    return answer.data


def test_a_full_disk_hides_no_picture_and_leaves_no_part_of_one(uri: str, small_disk: Path) -> None:
    with portal_here(uri, small_disk / "files") as here:
        media = here.add(jpeg(1, 320, 240))["id"]
        filler = small_disk / "filler"
        with pytest.raises(OSError, match="No space"), filler.open("wb") as opened:
            while True:
                opened.write(b"x" * 4096)
                opened.flush()

        assert_is_shown(here, media, "media")
        file_of(here, media, "thumbnail").unlink()
        assert_is_shown(here, media, "thumbnail")
        refused = here.upload(jpeg(2, 640, 480))
        assert (refused.status_code, refused.json["error"]) == (507, "storage-full")
        assert int(refused.headers["Retry-After"]) > 0
        assert Media.objects.count() == 1
        with here.app.app_context():
            names = list(files.list_names(here.storage))
        assert {name.rpartition("/")[0] for name in names} == {f"{here.application}/{media}"}
        assert not [name for name in names if files.is_unfinished(name)]

        filler.unlink()
        assert_is_shown(here, media, "media")
        assert file_of(here, media, "media").stat().st_size > 0


@pytest.mark.parametrize("kind", ["media", "thumbnail"])
@pytest.mark.parametrize("left", [0, 1, 0.5, -1])
def test_an_empty_or_cut_derived_file_is_made_anew(
    here: PortalHere, kind: files.Kind, left: float
) -> None:
    media = here.add(jpeg(3, 320, 240))["id"]
    whole = assert_is_shown(here, media, kind)
    path = file_of(here, media, kind)
    path.write_bytes(whole[: left if isinstance(left, int) else int(len(whole) * left)])

    code, said = here.command("check")
    assert code == 1
    assert media in said
    assert assert_is_shown(here, media, kind) == whole
    assert path.read_bytes() == whole


@pytest.mark.parametrize("kind", ["media", "thumbnail"])
def test_what_does_not_decode_is_named_by_a_deep_check_and_mended(
    here: PortalHere, kind: files.Kind
) -> None:
    media = here.add(jpeg(4, 320, 240))["id"]
    whole = assert_is_shown(here, media, kind)
    path = file_of(here, media, kind)
    path.write_bytes(b"\0" * (len(whole) - 2) + whole[-2:])  # a machine that lost its power

    assert here.command("check", "--deep")[0] == 1
    here.command("reindex", "--deep")

    assert here.command("check", "--deep")[0] == 0
    assert path.read_bytes() == whole


def test_six_that_look_at_once_for_the_first_time_see_the_whole_picture(here: PortalHere) -> None:
    for seed in range(5):
        media = here.add(jpeg(10 + seed, 640, 480))["id"]
        together = threading.Barrier(6)

        def look(media: str = media, together: threading.Barrier = together) -> bytes:
            together.wait()
            return assert_is_shown(here, media, "media")

        with ThreadPoolExecutor(6) as pool:
            assert len({future.result() for future in [pool.submit(look) for _ in range(6)]}) == 1


def test_what_a_killed_writer_left_is_named_after_a_while_and_goes(here: PortalHere) -> None:
    media = here.add(jpeg(5, 320, 240))["id"]
    left = file_of(here, media, "media").with_name("media.0123.unfinished")
    left.write_bytes(b"half")
    assert here.command("check")[0] == 0, "its writer may be at work"
    long_ago = left.stat().st_mtime - 3600
    os.utime(left, (long_ago, long_ago))

    code, said = here.command("check")
    assert (code, "file-unfinished" in said) == (1, True)
    here.command("reindex")
    assert not left.exists()
    assert here.command("check")[0] == 0
