"""`udata mediadb import`: the pictures that the portal shows already."""

import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import mongoengine
import pytest
from flask import Flask
from udata.core import storages
from udata.core.dataset.models import CommunityResource, Dataset, Resource
from udata.core.reuse.models import Reuse
from udata.core.user.models import User

from udata_mediadb.application.models import Application
from udata_mediadb.hosts.udata.pictures import pictures
from udata_mediadb.media.models import Media

from ..connections import disconnect
from ..hosts import Account
from ..hosts.udata import create_organization, create_user, new_app
from ..images import jpeg
from ..portal import REPOSITORY
from ..scripted_server import Exchange, serve
from ..waiting import PATIENCE_S
from .objects import dataset, logo, picture, reuse

OWNER = "manager@example.org"


@pytest.fixture(scope="module")
def app(mongodb_uri: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    name = f"mediadb_test_{secrets.token_hex(6)}"
    root = tmp_path_factory.mktemp("files")
    made = new_app(f"{mongodb_uri.rstrip('/')}/{name}", root, MEDIADB_FETCH_ALLOW=["127.0.0.1"])
    yield made
    mongoengine.get_connection().drop_database(name)
    disconnect()


@pytest.fixture
def manager(app: Flask) -> Iterator[Account]:
    """The portal's manager; all that a test made is gone afterwards."""
    with app.app_context():
        yield create_user("Manager", OWNER)
        database = mongoengine.get_db()
        for collection in database.list_collection_names():
            database[collection].delete_many({})
        shutil.rmtree(Path(app.config["FS_ROOT"]) / "mediadb", ignore_errors=True)


def imported(app: Flask, *options: str) -> str:
    result = app.test_cli_runner().invoke(args=["mediadb", "import", "--owner", OWNER, *options])
    assert result.exit_code == 0, result.output
    return result.output.strip()


def resource(image: bytes, name: str) -> Resource:
    stored = storages.resources.save(picture(image, name), prefix=secrets.token_hex(4))
    url = f"https://portal.example.org/s/resources/{stored}"
    return Resource(title=name, url=url, format="jpg", fs_filename=stored)


def show(reuse: Reuse, image: bytes) -> None:
    """Change its picture, as udata's API does."""
    found = Reuse.objects.get(id=reuse.id)
    found.image.save(picture(image))
    found.save()


def test_every_picture_comes_with_the_object_that_shows_it(app: Flask, manager: Account) -> None:
    organization = create_organization("City", manager)
    logo(organization, jpeg(1, 200, 200))
    shown = reuse("Map", manager, jpeg(2))
    data = dataset("Bridges", manager, resources=[resource(jpeg(3), "bridge.jpg")])
    made = resource(jpeg(4), "community.jpg")
    CommunityResource(title="By the way", url=made.url, format="JPG", dataset=data,
                      fs_filename=made.fs_filename).save()  # fmt: skip

    summary = imported(app)

    assert "4 pictures, 4 added" in summary
    related = {media.name: media.related for media in Media.objects(state="active")}
    assert related == {
        "City": [f"Organization:{organization}"],
        "Map": [f"Reuse:{shown.id}"],
        "bridge.jpg": [f"Dataset:{data.id}"],
        "By the way": [f"Dataset:{data.id}"],
    }


def test_a_found_picture_says_where_it_is_used(app: Flask, manager: Account) -> None:
    shown = reuse("Map", manager, jpeg(2))
    imported(app, "--public")
    key = Application.objects.first().public_key

    answer = app.test_client(use_cookies=False).post(
        "/api/1/mediadb/search/",
        data={"image": picture(jpeg(2))},
        headers={"api-key": key},
    )

    assert answer.status_code == 200, answer.json
    (hit,) = answer.json["data"]
    assert hit["media"]["related"][0]["id"] == str(shown.id)
    assert hit["media"]["related"][0]["title"] == "Map"


def test_a_second_run_adds_nothing_and_a_changed_picture_is_replaced(
    app: Flask, manager: Account
) -> None:
    changed = reuse("Changed", manager, jpeg(1))
    reuse("Same", manager, jpeg(2))
    imported(app)
    before = {media.name: media.id for media in Media.objects}

    assert "2 pictures, 0 added, 2 unchanged" in imported(app)
    show(changed, jpeg(3))
    assert "2 pictures, 0 added, 1 replaced, 1 unchanged" in imported(app)

    after = {media.name: media.id for media in Media.objects}
    assert after["Same"] == before["Same"]
    assert after["Changed"] != before["Changed"]
    assert len(Media.objects) == 2
    show(changed, jpeg(1))
    assert "1 replaced" in imported(app)


def test_a_picture_that_cannot_be_read_is_named_and_the_rest_goes_on(
    app: Flask, manager: Account
) -> None:
    lost = reuse("Lost", manager, jpeg(1))
    storages.images.delete(lost.image.original)
    reuse("Whole", manager, jpeg(2))
    dataset("Text", manager, resources=[resource(b"no picture", "text.jpg")])

    summary = imported(app)

    assert "3 pictures, 1 added, 2 failed" in summary
    assert f"Reuse:{lost.id}/image (Lost): its file cannot be read" in summary
    assert "(text.jpg): " in summary


def test_what_is_private_deleted_or_a_draft_is_left_out(app: Flask, manager: Account) -> None:
    reuse("Private", manager, jpeg(1), private=True)
    reuse("Deleted", manager, jpeg(2), deleted=datetime.now(UTC))
    dataset("Hidden", manager, private=True, resources=[resource(jpeg(3), "hidden.jpg")])

    assert pictures(avatars=True) == []


def test_avatars_come_only_when_asked_for(app: Flask, manager: Account) -> None:
    user = User.objects.get(id=manager.id)
    user.avatar.save(picture(jpeg(1, 200, 200)))
    user.save()

    assert "0 pictures" in imported(app)
    assert "1 pictures, 1 added" in imported(app, "--avatars")


def test_pictures_of_other_hosts_are_fetched_only_when_asked_for(
    app: Flask, manager: Account
) -> None:
    def answer(exchange: Exchange) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(jpeg(1))}\r\n\r\n"
        exchange.send(head.encode() + jpeg(1))

    with serve(answer) as server:
        url = f"http://127.0.0.1:{server.port}/far.jpg"
        far = Resource(title="Far", url="https://example.org", format="jpg", filetype="remote")
        made = dataset("Remote", manager, resources=[far])
        # udata takes no address of this machine, and would be right
        Dataset._get_collection().update_one({"_id": made.id}, {"$set": {"resources.0.url": url}})

        assert "1 pictures, 0 added, 1 elsewhere" in imported(app)
        assert "1 pictures, 1 added" in imported(app, "--remote")
        assert "1 pictures, 0 added, 1 unchanged" in imported(app, "--remote")
        assert server.connections == 1


def test_what_somebody_deleted_stays_deleted(app: Flask, manager: Account) -> None:
    reuse("Map", manager, jpeg(1))
    imported(app)
    Media.objects.update(state="deleted", deleted_at=datetime.now(UTC))

    assert "1 unchanged" in imported(app)
    assert Media.objects.first().state == "deleted"


def test_what_is_marked_for_removal_is_stored_anew(app: Flask, manager: Account) -> None:
    reuse("Map", manager, jpeg(1))
    imported(app)
    Media.objects.update(state="purged")  # as a storage that is away leaves it

    assert "1 added" in imported(app)
    assert Media.objects.get().state == "active"


def test_what_the_portal_shows_no_more_goes_when_asked_for(app: Flask, manager: Account) -> None:
    gone = reuse("Gone", manager, jpeg(1))
    imported(app)
    gone.delete()

    assert "1 are no longer in the portal" in imported(app)
    assert Media.objects(state="active").count() == 1
    assert "1 deleted" in imported(app, "--prune")
    assert Media.objects(state="active").count() == 0


def test_without_an_owner_no_application_is_made(app: Flask, manager: Account) -> None:
    result = app.test_cli_runner().invoke(args=["mediadb", "import"])

    assert result.exit_code == 1
    assert "--owner EMAIL" in result.output


@pytest.mark.slow
def test_a_run_that_is_killed_goes_on_where_it_was(app: Flask, manager: Account) -> None:
    count = 12
    for seed in range(count):
        reuse(f"R{seed}", manager, jpeg(seed, 320, 240))
    process = _importing(app)
    end = time.monotonic() + PATIENCE_S
    while not Media.objects(state="active"):
        assert process.poll() is None
        assert time.monotonic() < end
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert Media.objects(state="active").count() < count

    assert f"{count} pictures" in imported(app)

    assert Media.objects(state="active").count() == len(Media.objects) == count
    result = app.test_cli_runner().invoke(args=["mediadb", "check"])
    assert result.exit_code == 0, result.output


def _importing(app: Flask) -> "subprocess.Popen[bytes]":
    environment = {
        **os.environ,
        "TEST_MONGODB": app.config["MONGODB_HOST"].partition("?")[0],
        "TEST_FS_ROOT": str(Path(app.config["FS_ROOT"])),
    }
    command = [sys.executable, "-m", "flask", "--app", "tests.portal", "mediadb", "import"]
    return subprocess.Popen([*command, "--owner", OWNER], env=environment, cwd=REPOSITORY)


def test_what_would_do_nothing_is_refused(app: Flask, manager: Account) -> None:
    create_user("Other", "other@example.org")
    imported(app)

    def refused(*options: str) -> tuple[int, str]:
        line = ["mediadb", "import", *options]
        result = app.test_cli_runner().invoke(args=line)
        return result.exit_code, result.output

    again = refused("--owner", OWNER, "--again")
    other = refused("--owner", "other@example.org")
    public = refused("--owner", OWNER, "--public")
    assert (again[0], other[0], public[0]) == (2, 1, 1)
    assert "--again goes with --remote" in again[1]
    assert "is not as --owner would make it" in other[1]
    assert "is not as --public would make it" in public[1]
    assert imported(app), "the line that made it may be run again"
