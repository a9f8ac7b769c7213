"""Backups and restores that end early, places and portals that are not right, and damage."""

from hashlib import sha256
from pathlib import Path

import pytest

from udata_mediadb.media import files
from udata_mediadb.operations.backup import restoring, saving, snapshots
from udata_mediadb.operations.backup.objects import DamagedBackup, Objects
from udata_mediadb.operations.backup.places import Folder

from ..images import jpeg
from ..portal_here import PortalHere, portal_here
from .backups import check, fill, restored, run

pytestmark = pytest.mark.server


class FullAfter(Folder):
    """A disk that is full after so many writes."""

    def __init__(self, path: Path, writes: int) -> None:
        super().__init__(path)
        self.left = writes

    def write(self, name: str, content: bytes) -> None:
        self.left -= 1
        if self.left < 0:
            raise OSError(28, "No space left on device")
        super().write(name, content)


def test_a_backup_that_ends_early_leaves_the_one_before_and_is_taken_up(
    here: PortalHere, place: Path
) -> None:
    fill(here)
    run(here, "backup", str(place))
    for number in range(20, 24):
        here.add(jpeg(number, 320, 240))
    with here.app.app_context():
        for writes in range(4):
            full = Objects.open(FullAfter(place, writes), None, new=True)
            with pytest.raises(OSError, match="No space"):
                saving.save(full, here.storage)
            whole = Objects.open(Folder(place), None, new=False)
            assert len(snapshots.names(whole)) == 1
            assert not restoring.verify(whole, snapshots.read(whole))
        saved = saving.save(Objects.open(Folder(place), None, new=True), here.storage)
    assert saved.documents["mediadb_media"].count == 9


def test_a_restore_that_ends_early_is_taken_up_by_the_same_command(
    uri: str, mongodb_uri: str, tmp_path: Path, place: Path
) -> None:
    with portal_here(uri, tmp_path / "files") as here:
        facts = fill(here)
        run(here, "backup", str(place))
        run(here, "backup", str(place))
        older = run(here, "backup", str(place), "--list").split()[0]
    with restored(mongodb_uri, tmp_path / "other", here) as there:
        objects = Objects.open(Folder(place), None, new=False)
        newest = snapshots.read(objects)
        for end in (1, 4, 9):
            with there.app.app_context(), pytest.raises(KeyboardInterrupt):
                restoring.restore(objects, there.storage, newest, ended_after(end))
        exit_code, said = there.command("restore", str(place), "--backup", older)
        assert exit_code == 1
        assert newest.name in said
        run(there, "restore", str(place))
        check(there, facts)


def ended_after(steps: int) -> saving.Progress:
    left = [steps]

    def progress(what: str, count: int) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt

    return progress


def test_a_portal_that_is_not_empty_is_left_alone(here: PortalHere, place: Path) -> None:
    identifier = here.add(jpeg(1, 320, 240))["id"]
    run(here, "backup", str(place))
    for _ in range(2):
        exit_code, said = here.command("restore", str(place))
        assert exit_code == 1
        assert "not empty" in said
        assert "Nothing was changed" in said
    assert here.get(f"media/{identifier}/").status_code == 200
    with here.app.app_context():
        assert files.exists(here.storage, files.key(here.application, identifier, "original"))


def test_backups_of_another_portal_and_wrong_passwords_are_refused(
    uri: str, mongodb_uri: str, tmp_path: Path, place: Path
) -> None:
    right, wrong, empty = (tmp_path / name for name in ("right", "wrong", "empty"))
    right.write_text("right")
    wrong.write_text("wrong")
    empty.write_text("\n")
    with portal_here(uri, tmp_path / "files") as here:
        here.add(jpeg(1, 320, 240))
        run(here, "backup", str(place), "--password-file", str(right))
        for options, why in (
            ((), "sealed"),
            (("--password-file", str(wrong)), "not the password"),
            (("--password-file", str(empty)), "empty"),
        ):
            for command in (("backup", str(place)), ("restore", str(place))):
                exit_code, said = here.command(*command, *options)
                assert exit_code == 1
                assert why in said
        (tmp_path / "full" / "of").mkdir(parents=True)
        (tmp_path / "full" / "of" / "things.txt").write_text("things")
        exit_code, said = here.command("backup", str(tmp_path / "full"))
        assert (exit_code, "this place holds other things" in said) == (1, True)
        assert here.command("restore", str(tmp_path / "nowhere"))[0] == 1
        assert here.command("backup", "https://example.org/backup")[0] == 1
    with restored(mongodb_uri, tmp_path / "other", here) as there:
        exit_code, said = there.command("backup", str(place), "--password-file", str(right))
        assert exit_code == 1
        assert "another place" in said


@pytest.mark.parametrize("content", [None, b"", b"x" * 500], ids=["missing", "empty", "other"])
def test_each_damaged_object_is_named_and_nothing_wrong_is_restored(
    uri: str, mongodb_uri: str, tmp_path: Path, place: Path, content: bytes | None
) -> None:
    with portal_here(uri, tmp_path / "files") as here:
        here.add(jpeg(1, 320, 240))
        run(here, "backup", str(place))
        for path in [one for one in (place / "objects").rglob("*") if one.is_file()]:
            whole = path.read_bytes()
            path.unlink()
            if content is not None:
                path.write_bytes(content)
            exit_code, said = here.command("backup", str(place), "--verify")
            assert exit_code == 1, path
            assert "damaged" in said or "cannot be read" in said
            path.unlink(missing_ok=True)
            path.write_bytes(whole)
        digest = sha256(jpeg(1, 320, 240)).hexdigest()
        damaged = place / "objects" / digest[:2] / digest
        assert damaged.exists()
        damaged.write_bytes(b"x")
    with restored(mongodb_uri, tmp_path / "other", here) as there, there.app.app_context():
        objects = Objects.open(Folder(place), None, new=False)
        with pytest.raises(DamagedBackup):
            restoring.restore(objects, there.storage, snapshots.read(objects))


def test_an_object_that_was_removed_is_saved_again(here: PortalHere, place: Path) -> None:
    """Also where nothing changed since: the backup before says that it is there."""
    here.add(jpeg(1, 320, 240))
    run(here, "backup", str(place))
    with here.app.app_context():
        objects = Objects.open(Folder(place), None, new=False)
        saved = snapshots.read(objects)
        lines = [*snapshots.load_lines(objects, saved.files)]
        lines += snapshots.load_lines(objects, saved.descriptions)
    for _, _, digest in lines:
        (place / "objects" / digest[:2] / digest).unlink(missing_ok=True)
    assert here.command("backup", str(place), "--verify")[0] == 1

    run(here, "backup", str(place))
    assert "is whole" in run(here, "backup", str(place), "--verify")
