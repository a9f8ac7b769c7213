"""What only a ZIP has is refused of any other source; nothing that is asked is passed over."""

import json
from base64 import b64encode

import pytest

from ..fixtures import Tenant
from ..scripted_server import Exchange, serve
from .beginning import PICTURES, begin, done, items, zipped

TABLE = b"url,name\nhttp://127.0.0.1:9/a.jpg,A\n"
LINES = b'{"url": "http://127.0.0.1:9/a.jpg"}\n{"url": "http://127.0.0.1:9/b.jpg"}\n'
FEED = b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>A</title></entry></feed>'
MANIFEST = json.dumps({"type": "Manifest", "id": "https://x.example/m", "items": []}).encode()
OPTIONS = ("keywords_from_folders", "hidden")


@pytest.mark.parametrize("data", [TABLE, LINES, FEED, MANIFEST, b"\xef\xbb\xbf" + TABLE])
@pytest.mark.parametrize("option", OPTIONS)
def test_a_source_without_folders_refuses_what_only_a_zip_has(
    tenant: Tenant, data: bytes, option: str
) -> None:
    answer = begin(tenant, data, filename="list.zip", **{option: "true"})

    assert answer.status_code == 400, answer.text
    assert answer.json()["errors"] == {option: "goes with a ZIP, and what was sent is none"}
    assert begin(tenant, data, dry_run="true", **{option: "false"}).status_code == 202


def test_a_zip_that_is_to_be_read_as_something_else_refuses_it_too(tenant: Tenant) -> None:
    data = zipped({"a.jpg": PICTURES[0]})
    named = dict.fromkeys(OPTIONS, "true")

    refused = begin(tenant, data, source="csv", **named)
    assert (refused.status_code, sorted(refused.json()["errors"])) == (400, sorted(OPTIONS))
    assert begin(tenant, data, source="zip", dry_run="true", **named).status_code == 202


def test_an_upload_and_a_dry_run_are_asked_what_they_are(tenant: Tenant) -> None:
    headers = {
        "Tus-Resumable": "1.0.0",
        "Upload-Length": str(len(TABLE)),
        "Upload-Metadata": f"filename {b64encode(b'list.csv').decode()}",
    }
    asked = {"application": tenant.application}
    made = tenant.client.post("uploads/", params=asked, headers=headers).json()["id"]
    for start, part in ((0, TABLE[:1]), (1, TABLE[1:])):
        own = {"Upload-Offset": str(start), "Content-Type": "application/offset+octet-stream"}
        told = {"Tus-Resumable": "1.0.0", **own}
        assert tenant.client.patch(f"uploads/{made}/", data=part, headers=told).status_code == 204

    refused = begin(tenant, upload=made, hidden=True)
    dry = done(tenant, begin(tenant, upload=made, dry_run=True))
    late = begin(tenant, checked=dry["id"], hidden=True)

    assert [list(one.json()["errors"]) for one in (refused, late)] == [["hidden"], ["hidden"]]


def test_what_a_dry_run_looked_at_is_read_as_it_is_asked_then(tenant: Tenant) -> None:
    dry = done(tenant, begin(tenant, TABLE, dry_run="true"))
    other = done(tenant, begin(tenant, checked=dry["id"], source="feed", dry_run=True))

    assert dry["state"] == "done"
    assert other["state"] == "failed"
    assert "feed" in other["message"]


def test_a_picture_without_a_name_is_called_as_its_address_on_wish(tenant: Tenant) -> None:
    def answer(exchange: Exchange) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(PICTURES[0])}\r\n\r\n"
        exchange.send(head.encode() + PICTURES[0])

    with serve(answer) as server:
        address = f"http://127.0.0.1:{server.port}/of%20the/old%20bridge.jpg?size=1"
        table = f"url\n{address}\n".encode()
        job = done(tenant, begin(tenant, table, names_from_files="true"))

    (item,) = items(tenant, job)
    assert item["outcome"] == "added", item
    assert tenant.client.get(f"media/{item['media']}/").json()["name"] == "old bridge"
