"""Tables as JSON lists, and what looks like one and is linked data."""

import json
from typing import Any

import pytest

from udata_mediadb.media.api_fields import media_fields
from udata_mediadb.operations.imports.rows import are_rows, items_of_rows, read_rows
from udata_mediadb.sources.tables import DERIVED

from ..fixtures import Tenant
from ..scripted_server import serve
from .beginning import PICTURES, begin, done, items, listed, zipped
from .test_tables_and_feeds import pictures


@pytest.mark.parametrize(
    ("written", "encoding"),
    [
        (json.dumps, "utf-8"),
        (lambda rows: json.dumps(rows, indent=2), "utf-8-sig"),
        (lambda rows: json.dumps(rows, indent=1), "utf-16"),
        (lambda rows: "\r\n".join(map(json.dumps, rows)), "utf-8"),
    ],
    ids=["one line", "indented", "UTF-16", "lines"],
)
def test_a_list_of_rows_is_a_table(tenant: Tenant, written: Any, encoding: str) -> None:
    with serve(pictures) as server:
        address = f"http://127.0.0.1:{server.port}"
        rows = [
            {"url": f"{address}/0.jpg", "name": "Müller", "keywords": ["a, b", "c"]},
            {"url": f"{address}/1.jpg", "name": "B", "metadata": {"year": 1932}},
        ]
        job = done(tenant, begin(tenant, written(rows).encode(encoding), filename="rows.json"))

    assert job["counts"] == {"added": 2}, job
    found = tenant.client.get("media/", params={"application": tenant.application}).json()
    held = {one["name"]: one for one in found["data"]}
    assert held["Müller"]["keywords"] == ["a, b", "c"]
    assert held["B"]["metadata"] == {"year": 1932}


def test_one_object_over_several_lines_is_one_row(tenant: Tenant) -> None:
    with serve(pictures) as server:
        row = {"url": f"http://127.0.0.1:{server.port}/0.jpg", "name": "A"}
        data = json.dumps(row, indent=2).encode()
        assert done(tenant, begin(tenant, data, filename="a.json"))["counts"] == {"added": 1}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"[]", "no row"),
        (b'[{"url": "http://127.0.0.1:9/a.jpg"}, 7]', "row 2 is no object"),
        (b'[{"urll": "http://127.0.0.1:9/a.jpg"}]', "url"),
        (b'[{"url": "http://127.0.0.1:9/a.jpg"}', "Expecting"),
    ],
)
def test_a_list_that_is_no_table_is_said(tenant: Tenant, data: bytes, said: str) -> None:
    job = done(tenant, begin(tenant, data, filename="rows.json", source="jsonl"))

    assert (job["state"], said in job["message"]) == ("failed", True), job["message"]


def test_linked_data_in_a_list_stay_what_they_are() -> None:
    assert are_rows([{"url": "a", "name": "b"}])
    assert not are_rows([{"@id": "a"}])
    assert not are_rows([{"http://www.w3.org/ns/dcat#downloadURL": "a"}])
    assert not are_rows([{"dcat:downloadURL": "a"}])
    assert not are_rows([{"id": "a", "distribution": []}])
    assert not are_rows([{"@id": "a", "url": "b"}])
    assert not are_rows(["a"])


def test_a_list_at_the_top_of_a_zip_names_its_files(tenant: Tenant) -> None:
    """As any table does; a JSON file that names none is a file that is no picture."""
    rows = [{"file": "in/a.jpg", "filename": "old bridge.jpg", "title": "Bridge"}]
    files = {"in/a.jpg": PICTURES[0], "b.jpg": PICTURES[1]}
    job = done(tenant, begin(tenant, zipped({**files, "all.json": json.dumps(rows).encode()})))
    other = done(tenant, begin(tenant, zipped({"c.jpg": PICTURES[2], "x.json": b'[{"a": 1}]'})))

    assert job["counts"] == {"added": 2}, items(tenant, job)
    assert other["counts"] == {"added": 1, "failed": 1}
    held = listed(tenant)
    assert set(held) == {"old bridge.jpg", "b.jpg", "c.jpg"}
    assert held["old bridge.jpg"]["title"] == "Bridge"


def test_all_that_a_media_answers_may_stand_in_a_row() -> None:
    """What a list answers is a table that comes back; else a field that is new would break that."""
    row = dict.fromkeys(media_fields) | {"url": "http://127.0.0.1:9/a.jpg"}
    row |= dict.fromkeys(DERIVED, "x")
    data = json.dumps(row).encode()

    [item] = items_of_rows(read_rows("a.jsonl", data))
    assert item.problem is None


def test_a_licence_as_it_is_answered_is_one_that_is_said(tenant: Tenant) -> None:
    added = tenant.client.add(tenant.application, PICTURES[0], licence="CC-BY-4.0", title="A")
    answered = tenant.client.get("media/", params={"lang": "*"}).json()["data"]
    changed = [{**one, "title": {"de": "B"}} for one in answered]
    data = json.dumps(changed).encode()

    job = done(tenant, begin(tenant, data, filename="a.json", on_duplicate="update"))

    assert job["counts"] == {"updated": 1}, items(tenant, job)
    held = tenant.client.get(f"media/{added['id']}/", params={"lang": "*"}).json()
    assert (held["licence"]["id"], held["title"]) == ("CC-BY-4.0", {"de": "B"})
