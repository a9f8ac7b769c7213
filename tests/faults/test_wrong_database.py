"""No repair removes an original: with a database that is wrong, empty or older, or by mistake."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from pymongo import MongoClient

from udata_mediadb.application.models import Application
from udata_mediadb.collection.models import Collection
from udata_mediadb.indexing.models import StoredSignature
from udata_mediadb.media import files
from udata_mediadb.media.models import Media
from udata_mediadb.mongo.clock import now
from udata_mediadb.operations.recovery.at_start import mend_old

from ..connections import disconnect
from ..hosts import current_host
from ..images import jpeg
from ..portal_here import PortalHere, portal_here
from ..s3 import S3, needs_s3


def originals(here: PortalHere) -> set[str]:
    """The media whose originals are where they were stored."""
    with here.app.app_context():
        names = list(files.list_names(here.storage))
    return {name.split("/")[1] for name in names if name.endswith("/original")}


def copied(uri: str, source: str, target: str) -> None:
    """What a backup and its restore do."""
    with MongoClient(uri) as client:
        client.drop_database(target)
        for name in client[source].list_collection_names():
            documents = list(client[source][name].find())
            if documents:
                client[target][name].insert_many(documents)


def name_of(uri: str) -> str:
    return uri.rpartition("/")[2]


@pytest.fixture
def other(mongodb_uri: str, uri: str) -> Iterator[str]:
    """The name of another database."""
    yield f"{name_of(uri)}_other"
    with MongoClient(mongodb_uri) as client:
        client.drop_database(f"{name_of(uri)}_other")


def commands_on(
    here: PortalHere, database: str, *commands: tuple[str, ...]
) -> list[tuple[int, str]]:
    """Run commands with this database and the same files, as in a process of their own."""
    config = here.app.config
    uri = f"{config['MEDIADB_MONGODB_URI'].rpartition('/')[0]}/{database}"
    settings = {key: value for key, value in config.items() if "FS_" in key and key != "FS_ROOT"}
    disconnect()
    app: Flask = current_host().new_app(uri, Path(config["FS_ROOT"]), **settings)
    try:
        there = PortalHere(app, here.user, here.key, here.application)
        return [there.command(*command) for command in commands]
    finally:
        disconnect()
        current_host().reconnect(here.app)


def settled(here: PortalHere) -> None:
    """The identity stands on both sides, as after the first request of a worker."""
    assert here.command("check")[0] == 0


@pytest.mark.parametrize("known", [True, False], ids=["settled", "never checked before"])
def test_an_empty_database_is_refused_by_check_and_reindex(
    here: PortalHere, other: str, known: bool
) -> None:
    media = {here.add(jpeg(seed, 160, 120))["id"] for seed in range(4)}
    if known:
        settled(here)

    for code, said in commands_on(here, other, ("check",), ("reindex",), ("purge",)):
        assert code == 1, said
        assert "identity --accept" in said
        assert "MEDIADB_MONGODB_URI" in said
    assert originals(here) == media
    assert here.command("check")[0] == 0


def test_an_older_database_is_refused_until_a_person_says_so(
    here: PortalHere, mongodb_uri: str, uri: str, other: str
) -> None:
    known = {here.add(jpeg(seed, 160, 120))["id"] for seed in range(4)}
    settled(here)
    copied(mongodb_uri, name_of(uri), other)
    newer = {here.add(jpeg(10 + seed, 160, 120))["id"] for seed in range(2)}

    (code, said), (checked, named) = commands_on(here, other, ("reindex",), ("check",))

    assert code == 1
    assert "older than the files" in said
    assert checked == 1
    assert all(f"{media}/original" in named for media in newer)
    assert originals(here) == known | newer

    taken = commands_on(here, other, ("orphans", "adopt"), ("reindex",), ("check", "--deep"))
    assert [code for code, _ in taken] == [0, 0, 0], taken
    assert originals(here) == known | newer
    with MongoClient(mongodb_uri) as client:
        active = client[other]["mediadb_media"].find({"state": "active"})
        assert {media["_id"] for media in active} == known | newer


def test_an_older_database_is_known_by_its_turn_alone(
    here: PortalHere, mongodb_uri: str, uri: str, other: str
) -> None:
    here.add(jpeg(1, 160, 120))
    settled(here)
    copied(mongodb_uri, name_of(uri), other)
    with MongoClient(mongodb_uri) as client:
        portal = client[name_of(uri)]["mediadb_portal"]
        portal.update_one({}, {"$set": {"turned_at": now() - timedelta(days=1)}})
    settled(here)

    ((code, said),) = commands_on(here, other, ("reindex",))
    assert (code, "older" in said) == (1, True)
    accepted = commands_on(here, other, ("identity", "--accept", "--yes"), ("reindex",))
    assert [code for code, _ in accepted] == [0, 0], accepted


def test_two_portals_on_one_folder_leave_each_other_alone(
    here: PortalHere, other: str, tmp_path: Path
) -> None:
    mine = here.add(jpeg(1, 160, 120))["id"]
    settled(here)
    root, database = here.app.config["FS_ROOT"], here.app.config["MEDIADB_MONGODB_URI"]
    with portal_here(f"{database}_other", Path(root)) as second:
        theirs = second.add(jpeg(2, 160, 120))["id"]
        code, said = second.command("reindex")
        assert (code, "the portal" in said) == (1, True)
        assert second.command("identity", "--accept", "--yes")[0] == 0
        code, said = second.command("reindex")
        assert code == 1
        assert f"{mine}/original" in said
        assert originals(second) == {mine, theirs}


def test_files_that_are_somewhere_else_are_noticed(here: PortalHere, tmp_path: Path) -> None:
    here.add(jpeg(1, 160, 120))
    settled(here)
    root = Path(here.app.config["FS_ROOT"])
    root.rename(tmp_path / "elsewhere")
    root.mkdir()

    code, said = here.command("reindex")

    assert (code, "are not there" in said) == (1, True)


def test_a_lost_application_costs_nothing_and_can_come_back(here: PortalHere) -> None:
    image = jpeg(1, 160, 120)
    media = here.add(image)["id"]
    made = here.post("collections/", json={"application": here.application, "name": "Best"}).json
    here.post(f"collections/{made['id']}/media/", json={"media": [media]})
    settled(here)
    document = Application._get_collection().find_one_and_delete({"_id": here.application})

    code, said = here.command("reindex")
    assert (code, "application's document" in said) == (1, True)
    assert originals(here) == {media}
    Application._get_collection().insert_one(document)

    assert here.command("check", "--deep")[0] == 0
    assert here.get(f"collections/{made['id']}/media/").json["total"] == 1


def test_what_belongs_to_nothing_is_moved_away_and_brought_back(here: PortalHere) -> None:
    gone, kept = (here.add(jpeg(seed, 160, 120))["id"] for seed in (1, 2))
    for seed in range(20):
        here.add(jpeg(30 + seed, 32, 32))
    made = here.post("collections/", json={"application": here.application, "name": "Best"}).json
    here.post(f"collections/{made['id']}/media/", json={"media": [kept]})
    settled(here)
    document = Media._get_collection().find_one_and_delete({"_id": gone})
    collection = Collection._get_collection().find_one_and_delete({"_id": made["id"]})

    code, said = here.command("reindex")
    assert code == 0, said
    assert here.command("check", "--deep")[0] == 0
    assert gone not in originals(here)
    assert Media.objects.get(id=kept).collections == []
    listed = here.command("orphans", "list")[1]
    assert f"{gone}/original" in listed
    assert f"mediadb_signature/{gone}/match" in listed
    assert f"memberships/{made['id']}/{kept}" in listed
    code, said = here.command("orphans", "remove", "--yes")
    assert "0 files and 0 documents" in said, "nothing is that old"

    Media._get_collection().insert_one(document)
    Collection._get_collection().insert_one(collection)
    assert "0 left" in here.command("orphans", "bring-back")[1]

    assert here.command("check", "--deep")[0] == 0
    assert gone in originals(here)
    assert Media.objects.get(id=kept).collections == [made["id"]]
    assert StoredSignature.objects(media=gone).count() == 1


def test_what_was_moved_away_is_removed_by_who_says_so_only(here: PortalHere) -> None:
    media = [here.add(jpeg(seed, 32, 32))["id"] for seed in range(12)]
    settled(here)
    Media._get_collection().delete_one({"_id": media[0]})
    assert here.command("reindex")[0] == 0

    def left() -> list[str]:
        with here.app.app_context():
            names = list(files.list_names(here.storage, own=True))
        return [name for name in names if name.endswith("/original")]

    assert len(left()) == 1
    assert here.command("orphans", "remove", "--older-than", "0", stdin="n\n")[0] == 1
    assert len(left()) == 1
    Media._get_collection().delete_many({"_id": {"$in": media[1:6]}})
    code, said = here.command("orphans", "set-aside", "--yes")
    assert (code, "--share" in said) == (1, True)
    assert here.command("orphans", "set-aside", "--yes", "--share", "100")[0] == 0
    code, said = here.command("orphans", "remove", "--older-than", "0", "--yes")
    assert (code, "--share" in said) == (1, True)
    assert len(left()) == 6
    share = ("--yes", "--share", "100")
    assert here.command("orphans", "remove", "--older-than", "0", *share)[0] == 0
    assert left() == []
    assert originals(here) == set(media[6:])


@needs_s3
def test_an_empty_database_is_refused_with_a_bucket_too(
    uri: str, tmp_path: Path, s3: S3, other: str
) -> None:
    with portal_here(uri, tmp_path, **s3.settings) as here:
        media = {here.add(jpeg(seed, 160, 120))["id"] for seed in range(2)}
        settled(here)
        before = s3.names()
        for code, said in commands_on(here, other, ("check",), ("reindex",)):
            assert (code, "identity --accept" in said) == (1, True)
        assert s3.names() == before
        assert originals(here) == media
    s3.empty()


def test_what_was_pending_for_long_is_mended_when_a_worker_starts(here: PortalHere) -> None:
    whole, lost, young = (here.add(jpeg(seed, 160, 120))["id"] for seed in range(3))
    long_ago: Any = now() - timedelta(hours=1)
    Media.objects(id__in=[whole, lost]).update(set__state="pending", set__created_at=long_ago)
    Media.objects(id=young).update(set__state="pending")
    with here.app.app_context():
        Path(here.storage.path(files.key(here.application, lost, "original"))).unlink()

        assert mend_old(here.ingest) == 2

    states = dict(Media.objects.scalar("id", "state"))
    assert states == {whole: "active", young: "pending"}
