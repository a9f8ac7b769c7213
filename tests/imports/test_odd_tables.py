"""Tables as programs and people of every system write them, and what is no table at all."""

import json
from pathlib import Path

import pytest

from udata_mediadb.sources.tables import lines_of, plain_value, read_csv, same_path

from ..fixtures import Tenant
from ..images import jpeg
from .beginning import PICTURES, begin, done, items, listed, zipped

HEAD = "file;name;metadata.Year\r\n"
ROWS = HEAD + "1.jpg;Küche;1950\r\n2.jpg;a, b;\r\n"
# one table each, which says the same
WRITTEN = {
    "UTF-8": ROWS.encode(),
    "with a mark": ROWS.encode("utf-8-sig"),
    "UTF-16": ROWS.encode("utf-16"),
    "Windows": ROWS.encode("cp1252"),
    "sep": ("sep=;\r\n" + ROWS).encode("utf-8-sig"),
    "tabs": ROWS.replace(";", "\t").encode(),
    "ends of old Macs": ROWS.replace("\r\n", "\r").encode(),
    "large letters": ROWS.replace("file;name;metadata", "File; Name ;Metadata").encode(),
    "rows that nobody filled in": ROWS.replace(HEAD, f"\r\n;;\r\n{HEAD};;\r\n\r\n").encode(),
    "columns that nobody filled in": ROWS.replace("\r\n", ";;\r\n").encode(),
}


@pytest.mark.parametrize("written", WRITTEN)
def test_the_same_table_is_read_however_it_is_written(written: str) -> None:
    found = [row.cells for row in read_csv(WRITTEN[written]).rows]

    assert found == [
        {"file": "1.jpg", "name": "Küche", "metadata.Year": "1950"},
        {"file": "2.jpg", "name": "a, b", "metadata.Year": ""},
    ]


def test_a_row_that_slid_is_a_problem_and_the_others_are_read() -> None:
    rows = list(read_csv(b"file,name,rights\na.jpg,A\nb.jpg,B,mine,more\nc.jpg,C,ours\n").rows)

    assert [row.problem for row in rows] == [
        "line 2 has not as many cells as the first one",
        "line 3 has not as many cells as the first one",
        None,
    ]
    assert rows[2].cells == {"file": "c.jpg", "name": "C", "rights": "ours"}


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (b"file,name,Name\na,b,c\n", "the column name more than once"),
        (b'file,name\na.jpg,"never closed\nb.jpg,B\n', "unexpected end of data"),
        (b"file,name\na.jpg," + b"x" * 1_100_000 + b"\n", "line 2 of the table: field larger"),
    ],
)
def test_what_may_be_read_in_two_ways_is_refused(table: bytes, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        list(read_csv(table).rows)


@pytest.mark.parametrize(
    "text", ["1.10", "007", "1e5", "-0", "1" * 16, "NaN", "[1]", "null", '"a"']
)
def test_a_text_that_a_number_would_change_stays_a_text(text: str) -> None:
    assert plain_value(text) == text


def test_numbers_that_are_written_as_numbers_are_numbers() -> None:
    assert [plain_value(one) for one in ("1950", "-3", "1.5", "true")] == [1950, -3, 1.5, True]


@pytest.mark.parametrize("path", ["über/ä.jpg", "u\u0308ber\\a\u0308.jpg", "./über//ä.jpg"])
def test_a_path_is_the_same_on_every_system(path: str) -> None:
    assert same_path(path) == "über/ä.jpg"


def test_only_a_line_feed_ends_a_line_of_json() -> None:
    rows = [{"name": "a\u2028b\u2029c\x85d"}, {"name": "e"}]
    data = "\r\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()

    assert [json.loads(line) for _, line in lines_of(data)] == rows


def test_a_table_names_files_of_a_zip_as_another_system_writes_them(tenant: Tenant) -> None:
    table = "file,name\nu\u0308ber\\a\u0308.jpg,Über\n./b.jpg,B\n,\nc.jpg\n"
    data = zipped(
        {"über/ä.jpg": PICTURES[0], "b.jpg": PICTURES[1], "table.csv": table.encode()},
    )

    job = done(tenant, begin(tenant, data))

    assert job["counts"] == {"added": 2, "failed": 1}
    assert {one["name"] for one in listed(tenant).values()} == {"Über", "B"}
    (failed,) = items(tenant, job, outcome="failed")
    assert failed["item"] == "row 4"


def test_a_dry_run_sees_what_comes_twice_in_the_same_import(tenant: Tenant) -> None:
    twice = jpeg(77, 200, 150)
    data = zipped({"a.jpg": twice, "broken.jpg": b"x", "broken too.jpg": b"x", "b.jpg": twice})

    dry = done(tenant, begin(tenant, data, dry_run="true"))
    real = done(tenant, begin(tenant, checked=dry["id"]))

    assert dry["counts"] == real["counts"] == {"added": 1, "skipped": 1, "failed": 2}
    assert [one["outcome"] for one in items(tenant, dry)] == [
        "added",
        "failed",
        "failed",
        "skipped",
    ]


NOTHING = {
    "the ZIP holds no file": zipped({"a/": b"", "a/b/": b""}),
    "7-Zip": b"7z\xbc\xaf\x27\x1c" + bytes(100),
    "RAR": b"Rar!\x1a\x07\x00" + bytes(100),
    "gzip": b"\x1f\x8b\x08" + bytes(100),
    "a PDF": b"%PDF-1.7\n1 0 obj\n",
    "one picture": PICTURES[0],
    "a web page": b"<!DOCTYPE html>\n<html><img src=a.jpg></html>",
    "office program": zipped({"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>"}),
    "no table": b"hello",
    "the table has no row": b"file,name\n",
    "no picture is named": b'[{"link": "http://example.org/a.jpg"}]',
    "document type": b'<?xml version="1.0"?><!-- x --><!DOCTYPE a [<!ENTITY b "c">]><rss/>',
}


@pytest.mark.parametrize("said", NOTHING)
def test_what_holds_nothing_to_import_is_no_success(tenant: Tenant, said: str) -> None:
    job = done(tenant, begin(tenant, NOTHING[said]))

    assert job["state"] == "failed"
    assert said in job["message"], job["message"]


def test_a_column_that_is_nearly_one_is_named(tenant: Tenant) -> None:
    job = done(tenant, begin(tenant, b"fil,name\na.jpg,A\n"))

    assert 'did you mean "file"' in job["message"]


def test_lines_of_an_export_come_back_with_every_character(tenant: Tenant, tmp_path: Path) -> None:
    name = "a\u2028b\x85c"
    tenant.client.add(tenant.application, PICTURES[2], name=name, metadata='{"no": "1.10"}')
    asked = {"application": tenant.application}
    lines = tenant.client.get("media.jsonl", params=asked).content
    cells = tenant.client.get("media.csv", params=asked).content

    for data, filename in ((lines, "a.jsonl"), (cells, "a.csv")):
        job = done(tenant, begin(tenant, data, filename=filename, on_duplicate="update"))
        assert job["counts"] == {"updated": 1}, job
        (held,) = tenant.client.get("media/", params=asked).json()["data"]
        assert (held["name"], held["metadata"]) == (name, {"no": "1.10"})
