"""`udata_mediadb.client` on a real portal."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest

from tools.make_sync_client import files
from udata_mediadb.client import (
    AsyncMediaDB,
    BadRequest,
    Conflict,
    Media,
    MediaDB,
    NotAllowed,
    NotFound,
    Unreachable,
    UnsupportedImage,
)

from ..fixtures import Tenant
from ..images import encoded, jpeg, photo
from ..ltu.pictures import serving_pictures
from ..portal import Portal
from ..scripted_server import Exchange, serve
from .turns import answering


@pytest.fixture
def db(portal: Portal, tenant: Tenant) -> Iterator[MediaDB]:
    with MediaDB(portal.url, key=tenant.client.key, application=tenant.application) as opened:
        yield opened


def test_what_the_guide_shows(db: MediaDB, tmp_path: Path) -> None:
    """docs/how-to/use-the-python-client.md in one go."""
    picture = tmp_path / "bridge.jpg"
    picture.write_bytes(jpeg(3))

    bridge = db.media.add(picture, keywords=["river, wide", "bridge"], metadata={"year": 1932})
    hits = list(db.search(encoded(photo(3)[60:420, 100:560]), signatures=["match"]))
    found = list(db.media.list(keyword="bridge", metadata={"year": 1932}, sort="-created_at"))
    made = db.collections.create("Bridges").add([bridge])

    assert bridge.keywords == ["river, wide", "bridge"]
    assert (bridge.filename, bridge.metadata) == ("bridge.jpg", {"year": 1932})
    assert isinstance(bridge.created_at, datetime)
    [hit] = hits
    assert (hit.media.id, hit.decision) == (bridge.id, "match")
    assert hit.match is not None
    assert hit.match.box is not None
    assert len(hit.match.box) == 4
    assert [one.id for one in found] == [bridge.id]
    assert [one.id for one in made.media()] == [bridge.id]
    assert [one.name for one in db.collections.list(q="bridg")] == ["Bridges"]
    db.media.delete(bridge)
    with pytest.raises(NotFound) as gone:
        db.media.get(bridge)
    assert gone.value.status == 410
    assert db.media.restore(bridge).deleted is None
    assert db.media.edit(bridge, name="Old bridge").name == "Old bridge"
    db.media.delete(bridge, force=True)
    assert db.media.count() == 0


def test_a_picture_is_a_path_bytes_an_open_file_or_an_address(db: MediaDB, tmp_path: Path) -> None:
    path = tmp_path / 'a "quoted" name.jpg'
    path.write_bytes(jpeg(1))
    with serving_pictures() as url, path.open("rb") as opened:
        added = [
            db.media.add(str(path)),
            db.media.add(path.read_bytes(), name="bytes"),
            db.media.add(BytesIO(jpeg(2))),
            db.media.add(opened),
            db.media.add(f"{url}/3.jpg", keywords=["from afar"]),
        ]
    assert added[0].filename == path.name
    assert [one.name for one in added][1] == "bytes"
    assert added[4].keywords == ["from afar"]
    assert db.media.count() == 5


def test_two_addresses_are_compared_as_two(db: MediaDB) -> None:
    with serving_pictures() as url:
        told = db.compare(f"{url}/3.jpg", f"{url}/3.jpg")
    assert told["decision"] == "clone"


def test_lists_are_read_page_by_page(db: MediaDB) -> None:
    names = [f"picture {number}" for number in range(7)]
    for name in names:
        db.media.add(jpeg(1, 160, 120), name=name)
    assert [one.name for one in db.media.list(page_size=3, sort="name")] == names
    assert next(iter(db.media.list(page_size=2))).name == names[-1]


def test_hits_are_read_page_by_page(db: MediaDB) -> None:
    for number in range(5):
        db.media.add(jpeg(1, 320, 240), name=f"copy {number}")
    hits = list(db.search(jpeg(1, 320, 240), page_size=2))
    assert sorted(hit.media.name for hit in hits) == [f"copy {number}" for number in range(5)]
    assert len(list(db.search(keywords=["nothing"]))) == 0


def test_errors_say_what_the_portal_said(portal: Portal, db: MediaDB) -> None:
    with pytest.raises(BadRequest) as wrong:
        list(db.media.list(keywrod="x"))
    assert wrong.value.status == 400
    assert "keyword" in wrong.value.fields["keywrod"]
    with pytest.raises(UnsupportedImage):
        db.media.add(b"no picture")
    with pytest.raises(NotAllowed), MediaDB(portal.url, key="mdb_wrong") as other:
        other.me()
    db.media.add(jpeg(1), external_id="7")
    with pytest.raises(Conflict):
        db.media.add(jpeg(2), external_id="7")
    with pytest.raises(Unreachable), MediaDB("http://127.0.0.1:9") as nobody:
        nobody.media.edit("x", name="y")


def test_keys_are_made_limited_and_revoked(portal: Portal, db: MediaDB) -> None:
    made = db.keys.create(name="kiosk", scopes=["search"])
    assert made.key is not None
    assert made.key not in repr(made)
    with MediaDB(portal.url, application_key=made.key) as kiosk:
        assert kiosk.me()["applications"][0]["rights"] == ["search"]
        with pytest.raises(NotAllowed):
            list(kiosk.media.list())
        db.keys.edit(made, scopes=["read"])
        assert list(kiosk.media.list()) == []
        db.keys.revoke(made)
        with pytest.raises(NotAllowed):
            kiosk.me()


def test_unknown_fields_are_kept() -> None:
    media = Media.of({"id": "1", "name": "a", "depth": 8, "created_at": "2024-05-01T12:00:00Z"})
    assert media.extra == {"depth": 8}
    assert media.created_at == datetime.fromisoformat("2024-05-01T12:00:00+00:00")


def test_the_same_with_asyncio(portal: Portal, tenant: Tenant) -> None:
    async def use() -> list[str]:
        async with AsyncMediaDB(portal.url, key=tenant.client.key) as db:
            added = await db.media.add(jpeg(3), name="A bridge", application=tenant.application)
            made = await db.collections.create("Bridges")
            await made.add([added])
            assert [one.id async for one in made.media()] == [added.id]
            return [hit.media.name async for hit in db.search(jpeg(3))]

    assert asyncio.run(use()) == ["A bridge"]


# What a server answers in turn (None: it hangs up), what is asked, and whether it works.
TURNS = [
    ("GET", [None, 200], True),
    ("GET", [503, 429, 200], True),
    ("GET", [500], False),
    ("PATCH", [None, 200], False),
    ("PATCH", [429, 200], True),
    ("add", [None, 503, 201], True),
]


@pytest.mark.parametrize(("verb", "answers", "works"), TURNS)
def test_only_what_is_safe_is_tried_again(
    verb: str, answers: list[int | None], works: bool
) -> None:
    with answering(answers, {"id": "1"}) as (url, requests):
        calls = {
            "GET": lambda db: db.media.get("1"),
            "PATCH": lambda db: db.media.edit("1", name="a"),
            "add": lambda db: db.media.add(b"picture"),
        }
        with MediaDB(url) as db:
            if works:
                assert calls[verb](db).id == "1"
            else:
                with pytest.raises(Exception, match=r"gave no answer|answered 500"):
                    calls[verb](db)
    assert len(requests) == (len(answers) if works else 1)
    if verb == "add":
        assert len({(one.key, one.body) for one in requests}) == 1


def test_a_key_goes_to_no_other_host() -> None:
    """Whatever the link to the next page says."""
    first = {"data": [{"id": "1"}], "next_page": "http://203.0.113.5/api/?after=x"}
    with (
        answering([200, 200], first, {"data": []}) as (url, requests),
        MediaDB(url, key="secret") as db,
    ):
        assert [one.id for one in db.media.list()] == ["1"]
    assert requests[1].path.endswith("/mediadb/media/?after=x")


def test_the_client_without_asyncio_is_that_with_it() -> None:
    assert {path.name: path.read_text() == text for path, text in files()} == {
        path.name: True for path, _ in files()
    }


def test_the_client_imports_no_flask() -> None:
    code = "import sys, udata_mediadb.client as c; print(sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    for other in ("'flask'", "'werkzeug'", "'mongoengine'", "'pymongo'", "'PIL'", "'numpy'"):
        assert other not in done.stdout


def test_a_file_in_a_bucket_is_fetched_without_any_key() -> None:
    """MEDIADB_FILES_REDIRECT: the portal answers with a link that needs none."""

    def bucket(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\nConnection: close\r\n\r\npicture")

    with serve(bucket) as there:
        link = f"http://127.0.0.1:{there.port}/pictures/one?X-Amz-Signature=1".encode()

        def portal(exchange: Exchange) -> None:
            head = b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nConnection: close\r\nLocation: "
            exchange.send(head + link + b"\r\n\r\n")

        keys = {"key": "secret-1", "application_key": "secret-2"}
        with serve(portal) as here, MediaDB(f"http://127.0.0.1:{here.port}/", **keys) as client:
            assert client.media.file("one", "thumbnail") == b"picture"
            assert b"secret-1" in here.requests[0]
    [asked] = there.requests
    assert asked.startswith(b"GET /pictures/one?X-Amz-Signature=1 ")
    assert b"secret" not in asked
