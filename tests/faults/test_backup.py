"""Backups: what was acknowledged before one is there after its restore, whatever ends early."""

import secrets
import threading
from hashlib import sha256
from pathlib import Path

import pytest

from ..images import jpeg
from ..portal_here import portal_here
from ..s3 import S3, needs_s3
from .backups import check, fill, objects_in, restored, run

pytestmark = pytest.mark.server


@pytest.mark.parametrize("sealed", [False, True], ids=["plain", "sealed"])
def test_a_portal_moves_to_another_database_and_storage(
    uri: str, mongodb_uri: str, tmp_path: Path, place: Path, sealed: bool
) -> None:
    password = tmp_path / "password"
    password.write_text("a password of this test\n")
    options = ("--password-file", str(password)) if sealed else ()
    with portal_here(uri, tmp_path / "files") as here:
        facts = fill(here)
        assert "5 media" in run(here, "backup", str(place), *options)
        before = objects_in(place)
        run(here, "backup", str(place), *options)
        assert len(objects_in(place) - before) <= 2, "nothing new but who the portal is"
        late = here.add(jpeg(50, 320, 240))
        run(here, "backup", str(place), *options)
        facts.note(here, late["id"])
        originals = {sha256(jpeg(n, 320, 240)).hexdigest() for n in range(5)}
        assert bool(originals & objects_in(place)) != sealed, (
            "names tell nothing of sealed contents"
        )
        assert len(run(here, "backup", str(place), *options, "--list").split()) == 3
        assert "is whole" in run(here, "backup", str(place), *options, "--verify")
    with restored(mongodb_uri, tmp_path / "other", here) as there:
        assert "mediadb_media: 6" in run(there, "restore", str(place), *options)
        check(there, facts)
        assert here.get("media/").status_code == 200


@needs_s3
def test_a_place_where_a_backup_would_be_lost_is_refused(uri: str, tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.mkdir()
    (taken / "notes.txt").write_text("mine")
    with portal_here(uri, tmp_path / "files") as here:
        own = Path(here.app.config["FS_ROOT"])
        fill(here)
        for place, said in (
            (own / "backup", "among the files of this portal"),
            (own.with_name(f"{own.name}-index") / "backup", "among the files of this portal"),
            (taken / "notes.txt", "is no folder"),
            (taken, "an empty one"),
        ):
            exit_code, told = here.command("backup", str(place))
            assert (exit_code, said in told) == (1, True), told
        assert not (own / "backup").exists()
    assert [one.name for one in taken.iterdir()] == ["notes.txt"]


def test_from_a_bucket_into_a_bucket(uri: str, mongodb_uri: str, tmp_path: Path, s3: S3) -> None:
    place = f"s3://pictures/backups-{secrets.token_hex(4)}"
    first = {**s3.settings, "MEDIADB_FS_PREFIX": f"a-{secrets.token_hex(4)}"}
    second = {**s3.settings, "MEDIADB_FS_PREFIX": f"b-{secrets.token_hex(4)}"}
    with portal_here(uri, tmp_path / "files", **first) as here:
        facts = fill(here)
        run(here, "backup", place)
    with restored(mongodb_uri, tmp_path / "other", here, **second) as there:
        run(there, "restore", place)
        check(there, facts)
    s3.empty()


def test_what_was_acknowledged_before_the_mark_is_there_while_others_write(
    uri: str, mongodb_uri: str, tmp_path: Path, place: Path
) -> None:
    with portal_here(uri, tmp_path / "files") as here:
        facts = fill(here)
        stop = threading.Event()

        def write() -> None:
            for number in range(1000, 1200):
                if stop.is_set():
                    return
                added = here.add(jpeg(number, 160, 120))["id"]
                if number % 3 == 0:
                    here.delete(f"media/{added}/?force=true")

        writer = threading.Thread(target=write)
        writer.start()
        try:
            for _ in range(3):
                run(here, "backup", str(place))
        finally:
            stop.set()
            writer.join()
    with restored(mongodb_uri, tmp_path / "other", here) as there:
        run(there, "restore", str(place))
        run(there, "reindex")
        assert there.command("check", "--deep")[0] == 0
        for identifier, known in facts.media.items():
            assert there.get(f"media/{identifier}/").json["sha256"] == known["sha256"]
        assert not [one for one in there.command("orphans", "list")[1].split() if "original" in one]
