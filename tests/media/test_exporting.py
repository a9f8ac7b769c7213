"""What leaves in bulk: CSV that spreadsheets do not compute, JSON Lines, and back again exactly."""

import csv
import io
import json

import pytest

from udata_mediadb.media.exporting.columns import CHANGEABLE, COLUMNS, properties_of
from udata_mediadb.sources.cells import from_cell, to_cell

from ..fixtures import Tenant, new_tenant
from ..images import encoded, jpeg, photo
from ..portal import Client, Portal

SAID = {
    "name": '=HYPERLINK("http://evil.example";"x")',
    "keywords": ["-5 °C", "a, b", "[c", "@home"],
    "metadata": {"year": 1903, "size": 1.5, "deep": {"a": [True, None, "=1"]}},
    "title": {"x-default": "{not JSON", "de": "Brücke"},
    "description": "First line\r\n\r\n+ second; \"quoted\"\t'x'",
    "alt": "'=already quoted",
    "creator": "+49 123",
    "credit": "@archive",
    "source": "-",
    "rights": "''",
    "taken_at": "1932-05",
    "place": {"name": "Arles", "latitude": -43.67, "longitude": 4.63},
    "published_from": "2001-02-03T04:05:06.789000+00:00",
    "external_id": "=1+1",
}
PLAIN = {"name": "x", "title": "Plain", "place": {"name": "Arles"}, "keywords": ["one", "two"]}


def add(tenant: Tenant, seed: int, **said: object) -> dict:
    media = tenant.client.add(tenant.application, jpeg(seed))
    answer = tenant.client.put(f"media/{media['id']}/", json=said)
    assert answer.status_code == 200, answer.text
    return tenant.client.get(f"media/{media['id']}/", params={"lang": "*"}).json()


def exported(client: Client, **query: str) -> list[dict[str, str]]:
    answer = client.get("media.csv", params=query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.content.decode(), newline="")))


def same(media: dict) -> dict:
    return {name: value for name, value in media.items() if name in (*CHANGEABLE, "attribution")}


@pytest.mark.parametrize("said", [SAID, PLAIN, {"name": "nothing else"}])
def test_a_row_makes_the_same_media_again(tenant: Tenant, said: dict) -> None:
    before = add(tenant, 1, **said)
    (row,) = exported(tenant.client)
    path = f"media/{before['id']}/"
    emptied = tenant.client.put(path, json={name: None for name in said if name not in KEPT})
    answer = tenant.client.put(path, json=properties_of(row))

    assert emptied.status_code == 200, emptied.text
    assert answer.status_code == 200, answer.text
    assert same(tenant.client.get(path, params={"lang": "*"}).json()) == same(before)


KEPT = ("name", "keywords", "metadata")  # cannot be null


def test_no_cell_is_taken_for_a_formula(tenant: Tenant) -> None:
    add(tenant, 1, **SAID)
    (row,) = exported(tenant.client)

    assert list(row) == list(COLUMNS)
    assert not [name for name, cell in row.items() if cell[:1] in tuple("=+-@\t\r\n＝＋－＠")]


CELLS = ["", "a", "=1", "'=1", "''=1", "'", "''", "'a", "-", "\t", "\r\nx", "＝1", " =1", "'\n"]


@pytest.mark.parametrize("text", CELLS)
def test_a_cell_has_the_very_text(text: str) -> None:
    assert from_cell(to_cell(text)) == text


def test_json_lines_have_the_same_columns_with_their_types(tenant: Tenant) -> None:
    media = add(tenant, 1, **SAID)
    answer = tenant.client.get("media.jsonl")
    (line,) = answer.text.splitlines()
    row = json.loads(line)

    assert list(row) == list(COLUMNS)
    assert row["keywords"] == SAID["keywords"]
    assert row["metadata"] == SAID["metadata"]
    assert row["title"] == SAID["title"]
    again = tenant.client.put(f"media/{media['id']}/", json={n: row[n] for n in CHANGEABLE})
    assert again.status_code == 200, again.text
    assert same(again.json()) == same(tenant.client.get(f"media/{media['id']}/").json())


def test_an_export_is_filtered_and_sorted_as_the_list(tenant: Tenant) -> None:
    for seed, name in ((1, "b"), (2, "a"), (3, "c")):
        add(tenant, seed, name=name, keywords=["x"] if name != "c" else [])

    assert [row["name"] for row in exported(tenant.client, keyword="x", sort="name")] == ["a", "b"]
    assert tenant.client.get("media.csv", params={"colour": "x"}).status_code == 400


def test_an_export_has_what_its_reader_may_read(
    portal: Portal, tenant: Tenant, anonymous: Client
) -> None:
    public = new_tenant(portal, public=True)
    secret = add(tenant, 1)
    held, shown = add(public, 1, published_from="2099-01-01"), add(public, 2)
    ids = {row["id"] for row in exported(anonymous)}

    assert shown["id"] in ids
    assert not ids & {secret["id"], held["id"]}
    rows = exported(public.client, application=public.application)
    assert {row["id"] for row in rows} == {held["id"], shown["id"]}


def test_nothing_of_what_the_file_says_is_exported(tenant: Tenant) -> None:
    xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-"
    xmp += b"rdf-syntax-ns#'><rdf:Description rdf:about='' xmlns:dc='http://purl.org/dc/elements/"
    xmp += b"1.1/'><dc:creator>Hidden Person</dc:creator></rdf:Description></rdf:RDF></x:xmpmeta>"
    media = tenant.client.add(tenant.application, encoded(photo(1), "JPEG", xmp=xmp))
    proposed = tenant.client.get(f"media/{media['id']}/embedded/").json()

    assert proposed["creator"] == "Hidden Person"
    for path in ("media.csv", "media.jsonl", "media.jsonld", "media/recent.atom", "media/"):
        assert "Hidden Person" not in tenant.client.get(path).text
