"""Backups: what was acknowledged before one is there after its restore, whatever ends early."""

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import mongoengine
import pytest
from flask import Flask
from pymongo import MongoClient

from udata_mediadb.media import files
from udata_mediadb.operations.backup import restoring, saving, snapshots
from udata_mediadb.operations.backup.objects import DamagedBackup, Objects
from udata_mediadb.operations.backup.places import Folder

from ..hosts import current_host
from ..images import jpeg
from ..portal_here import PortalHere, portal_here, wait_for_mending
from ..s3 import S3, needs_s3

pytestmark = pytest.mark.server


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "backups"


@dataclass
class Facts:
    """What a client knows of a portal."""

    media: dict[str, dict[str, object]] = field(default_factory=dict)
    deleted: str = ""
    collection: str = ""

    def note(self, here: PortalHere, identifier: str) -> None:
        self.media[identifier] = here.get(f"media/{identifier}/").json


def fill(here: PortalHere) -> Facts:
    facts = Facts()
    made = [
        here.add(jpeg(n, 320, 240), name=f"picture {n}", keywords="a,b")["id"] for n in range(5)
    ]
    body = {"application": here.application, "name": "Bridges"}
    facts.collection = here.post("collections/", json=body).json["id"]
    here.post(f"collections/{facts.collection}/media/", json={"media": made[:2]})
    facts.deleted = made.pop()
    assert here.delete(f"media/{facts.deleted}/").status_code == 204
    for identifier in made:
        facts.note(here, identifier)
    return facts


@contextmanager
def restored(
    mongodb: str, root: Path, here: PortalHere, **settings: object
) -> Iterator[PortalHere]:
    """An empty portal with the same secret, for the same user."""
    name = f"mediadb_test_{secrets.token_hex(6)}"
    mongoengine.disconnect_all()
    app: Flask = current_host().new_app(f"{mongodb.rstrip('/')}/{name}", root, **settings)
    try:
        yield PortalHere(app, here.user, here.key, here.application)
    finally:
        wait_for_mending()
        mongoengine.disconnect_all()
        with MongoClient(mongodb) as client:
            client.drop_database(name)


def check(there: PortalHere, facts: Facts) -> None:
    """All facts are the same, the files too, and a picture is found by itself."""
    for identifier, known in facts.media.items():
        told = there.get(f"media/{identifier}/").json
        assert {**told, "updated_at": None} == {**known, "updated_at": None}
        original = there.get(f"media/{identifier}/files/original/").data
        assert sha256(original).hexdigest() == known["sha256"]
        found = there.post("search/", data={"image": (BytesIO(original), "a.jpg")}).json["data"]
        assert identifier in [hit["media"]["id"] for hit in found]
    assert there.get("media/").json["total"] == len(facts.media)
    if facts.collection:
        assert there.get(f"collections/{facts.collection}/media/").json["total"] == 2
        assert there.post(f"media/{facts.deleted}/restore/").status_code == 200
    exit_code, said = there.command("check", "--deep")
    assert exit_code == 0, said


def run(there: PortalHere, *arguments: str) -> str:
    exit_code, said = there.command(*arguments)
    assert exit_code == 0, said
    return said


def objects_in(place: Path) -> set[str]:
    return {path.name for path in (place / "objects").rglob("*") if path.is_file()}


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
        assert (exit_code, "no backup in this place" in said) == (1, True)
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
        original = place / "objects" / sha256(jpeg(1, 320, 240)).hexdigest()[:2]
        (damaged,) = original.iterdir()
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
